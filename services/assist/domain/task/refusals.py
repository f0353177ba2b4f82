"""
Refusals around one assist task.

AssistRejection
├── TaskAlreadyRequested
├── TaskUnknown
├── TaskAlreadyAnswered
├── TaskNotAccepted
├── MandateNotAwaited
├── MandateMissing
├── TaskBlocked
├── TaskNotBlocked
├── TaskOver
├── TaskNotTerminated
├── TaskNotCompleted
└── TaskAlreadyRated
"""

from services.assist.domain.refusals import AssistRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.assist.course import TASK, TaskState


class TaskAlreadyRequested(AssistRejection):
    """The task's id is taken."""

    code = "task_already_requested"
    field = "task_id"


class TaskUnknown(AssistRejection):
    """Nobody asked for help under this id."""

    code = "task_unknown"


class TaskAlreadyAnswered(AssistRejection):
    """The centre has taken or declined the task before."""

    code = "task_already_answered"


class TaskNotAccepted(AssistRejection):
    """Work begins when the centre has taken the task and an agent answers for it."""

    code = "task_not_accepted"


class MandateNotAwaited(AssistRejection):
    """Only acting for somebody takes a mandate, once, and an agent to give it to."""

    code = "mandate_not_awaited"


class MandateMissing(AssistRejection):
    """Nobody acts for an applicant (代办) without a mandate."""

    code = "mandate_missing"


class TaskBlocked(AssistRejection):
    """The task waits for somebody."""

    code = "task_blocked"


class TaskNotBlocked(AssistRejection):
    """The task waits for nobody."""

    code = "task_not_blocked"


class TaskOver(AssistRejection):
    """The task was declined, ended early or is done."""

    code = "task_over"


class TaskNotTerminated(AssistRejection):
    """Only what ended early is taken up again."""

    code = "task_not_terminated"


class TaskNotCompleted(AssistRejection):
    """Help is rated when it is done."""

    code = "task_not_completed"


class TaskAlreadyRated(AssistRejection):
    """Help is rated once."""

    code = "task_already_rated"


T = TaskState

WORK = TASK.within((T.ACCEPTED, T.ASSIGNED, T.MANDATED, T.ACTIVE, T.BLOCKED))

OFF_COURSE = off_course(
    TASK,
    Refused(TaskAlreadyRequested, TASK.within((T.ABSENT,))),
    Refused(TaskUnknown, states=(T.ABSENT,)),
    Refused(TaskAlreadyAnswered, TASK.within((T.REQUESTED,))),
    Refused(MandateNotAwaited, TASK.within((T.ASSIGNED,))),
    Refused(TaskNotBlocked, TASK.within((T.BLOCKED,))),
    Refused(TaskNotAccepted, WORK, (T.REQUESTED, T.ACCEPTED)),
    Refused(TaskBlocked, WORK, (T.BLOCKED,)),
    Refused(TaskOver, WORK),
    Refused(TaskNotTerminated, TASK.within((T.TERMINATED,))),
    Refused(TaskAlreadyRated, states=(T.RATED,)),
    Refused(TaskNotCompleted, TASK.within((T.COMPLETED,))),
)
"""Why nothing comes of it where the course has no row."""
