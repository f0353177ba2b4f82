"""
Refusals that assist may give.

Rejection
└── AssistRejection
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

from shared.contracts.rejection import Rejection


class AssistRejection(Rejection):
    """A command that assist understood and declined."""


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
