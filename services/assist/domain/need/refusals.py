"""
Refusals around one need.

AssistRejection
├── NeedAlreadyRaised
├── NeedUnknown
└── NeedAlreadyResolved
"""

from services.assist.domain.refusals import AssistRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.outreach import facts
from shared.contracts.outreach.course import NEED, NeedState


class NeedAlreadyRaised(AssistRejection):
    """The need's number is taken, though it is ours."""

    code = "need_already_raised"
    field = "need_id"


class NeedUnknown(AssistRejection):
    """Nobody raised such a need."""

    code = "need_unknown"


class NeedAlreadyResolved(AssistRejection):
    """It was met before."""

    code = "need_already_resolved"


OFF_COURSE = off_course(
    NEED,
    Refused(NeedAlreadyRaised, (facts.NeedRaised,)),
    Refused(NeedUnknown, states=(NeedState.ABSENT,)),
    Refused(NeedAlreadyResolved),
)
"""Why nothing comes of it where the course has no row."""
