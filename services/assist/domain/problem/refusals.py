"""
Refusals around one problem.

AssistRejection
├── ProblemAlreadyFound
├── ProblemUnknown
└── ProblemAlreadyResolved
"""

from services.assist.domain.refusals import AssistRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.activity import facts
from shared.contracts.activity.course import PROBLEM, ProblemState


class ProblemAlreadyFound(AssistRejection):
    """The problem's id is taken."""

    code = "problem_already_found"
    field = "problem_id"


class ProblemUnknown(AssistRejection):
    """No such problem was found."""

    code = "problem_unknown"


class ProblemAlreadyResolved(AssistRejection):
    """It was removed before."""

    code = "problem_already_resolved"


OFF_COURSE = off_course(
    PROBLEM,
    Refused(ProblemAlreadyFound, (facts.ProblemFound,)),
    Refused(ProblemUnknown, states=(ProblemState.ABSENT,)),
    Refused(ProblemAlreadyResolved),
)
"""Why nothing comes of it where the course has no row."""
