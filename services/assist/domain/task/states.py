"""Where an assist task stands, and what assist remembers of it."""

from dataclasses import dataclass, replace

from shared.contracts.assist.course import TASK, TaskState
from shared.contracts.assist.facts import AssistBlocked, AssistRequested, Blocker
from shared.contracts.assist.words import AssistMode
from shared.contracts.envelope import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task, as its facts made it."""

    state: str = TaskState.ABSENT
    mode: AssistMode | None = None
    blocker: Blocker | None = None
    """For whom it waits, or did last."""

    @property
    def awaits_mandate(self) -> bool:
        """Whether an agent may do nothing yet: to act for somebody (代办) takes a mandate."""
        return self.state == TaskState.ASSIGNED and self.mode is AssistMode.PROXY


INITIAL = Task()


def evolve(task: Task, fact: Fact) -> Task:
    """Return the task after *fact*; one without a legal transition leaves it."""
    state = TASK.target(task.state, fact)
    if state is None:
        return task
    return replace(_noted(task, fact), state=state)


def _noted(task: Task, fact: Fact) -> Task:
    match fact:
        case AssistRequested():
            return replace(task, mode=fact.mode)
        case AssistBlocked():
            return replace(task, blocker=fact.blocker)
        case _:
            return task
