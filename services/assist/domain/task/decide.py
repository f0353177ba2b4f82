"""What assist decides about a task."""

from services.assist.domain.task.commands import (
    AnyCommand,
    BlockTask,
    CompleteTask,
    LogStep,
    MakeVisit,
    SignMandate,
    TerminateTask,
    UnblockTask,
)
from services.assist.domain.task.refusals import OFF_COURSE, MandateMissing, MandateNotAwaited
from services.assist.domain.task.states import INITIAL, Task, evolve
from shared.commands.decider import Decider
from shared.commands.off_course import require_on_course
from shared.contracts.assist.course import TASK
from shared.contracts.envelope import Fact


def decide(task: Task, command: AnyCommand) -> list[Fact]:
    """Return what *command* adds to the task, or raise what stands in its way."""
    require_on_course(TASK, task.state, command, OFF_COURSE)
    match command:
        case SignMandate() if not task.awaits_mandate:
            raise MandateNotAwaited
        case LogStep() | MakeVisit() | BlockTask() | TerminateTask() | CompleteTask() if (
            task.awaits_mandate
        ):
            raise MandateMissing
        case CompleteTask():
            return [command.stated(completed_date=command.on)]
        case UnblockTask():
            return [command.stated(blocker=task.blocker)]
        case _:
            return [command.stated()]


DECIDER = Decider(INITIAL, decide, evolve)
