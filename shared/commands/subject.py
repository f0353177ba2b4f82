"""Commands on subjects that their courses decide: from the words of a request to stored facts."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter

from shared.commands.counter import Collection, Fields, command_routes
from shared.commands.decider import Decider
from shared.commands.deciding import Answer, Desk, Occasion, handle
from shared.commands.numbers import number_of
from shared.contracts.course import Course

Ours = Callable[[Desk, type[Any], Fields], Awaitable[Fields]]
"""Returns what a command does not ask for, because we look it up."""


async def _nothing(_desk: Desk, _command: type[Any], _words: Fields) -> Fields:
    return {}


@dataclass(frozen=True, slots=True)
class Decided:
    """One kind of subject: where its commands are handed in, its course, and who decides."""

    collection: Collection
    course: Course
    decider: Decider[Any, Any]
    ours: Ours = _nothing


@dataclass(frozen=True, slots=True)
class SubjectCommands:
    """A service's side of the commands on one kind of subject; what it answers is durable."""

    desk: Desk
    of: Decided

    async def take(self, command: type[Any], words: Fields, occasion: Occasion) -> Answer:
        """Apply *command*; a first one that names no subject, or may not, is about a new one."""
        of, subject = self.of, self.of.collection.subject
        words = {**words, **await of.ours(self.desk, command, words)}
        name = words.get(subject)
        if of.collection.begins_with(command):
            name = number_of(of.course, name, self.desk.ids.new)
        asked = command(**{**words, subject: name}, at=occasion.at)
        stream = of.course.stream_of(getattr(asked, of.course.named_by))
        return await handle(of.decider, asked, stream, occasion, desk=self.desk)


def subject_routes(subjects: Iterable[Decided], desk: Desk) -> list[APIRouter]:
    """Return the routes for the commands on each of *subjects*."""
    return [command_routes([one.collection], SubjectCommands(desk, one).take) for one in subjects]
