"""Commands on assist tasks: from the words of a request to the facts of a history."""

from dataclasses import dataclass
from typing import Any

from services.assist.domain.task.decide import decide
from services.assist.domain.task.states import INITIAL, evolve
from shared.commands.counter import Fields
from shared.commands.deciding import Answer, Decider, Desk, Occasion, handle

TASK = Decider(INITIAL, decide, evolve)


@dataclass(frozen=True, slots=True)
class Commands:
    """Assist's side of every command; what it answers is durable."""

    desk: Desk

    async def take(self, command: type[Any], words: Fields, occasion: Occasion) -> Answer:
        """Apply *command*; a request without an id is for a new task."""
        task_id = words["task_id"] or f"BB{self.desk.ids.new()}"
        asked = command(**{**words, "task_id": task_id}, at=occasion.at)
        return await handle(TASK, asked, f"assist-{task_id}", occasion, desk=self.desk)
