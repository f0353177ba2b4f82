"""
Refusals around one unfinished matter.

ReviewRejection
├── MatterAlreadyRecorded
├── MatterUnknown
├── MatterAlreadyResolved
├── MatterNotResolved
└── MatterAlreadyFollowedUp
"""

from services.review.domain.refusals import ReviewRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.unfinished import facts
from shared.contracts.unfinished.course import MATTER, OPEN, MatterState


class MatterAlreadyRecorded(ReviewRejection):
    """The matter's id is taken."""

    code = "matter_already_recorded"
    field = "matter_id"


class MatterUnknown(ReviewRejection):
    """No such matter was recorded."""

    code = "matter_unknown"


class MatterAlreadyResolved(ReviewRejection):
    """It is done or explained."""

    code = "matter_already_resolved"


class MatterNotResolved(ReviewRejection):
    """Whoever came is asked when it is done or explained."""

    code = "matter_not_resolved"


class MatterAlreadyFollowedUp(ReviewRejection):
    """Whoever came was asked before."""

    code = "matter_already_followed_up"


M = MatterState

OFF_COURSE = off_course(
    MATTER,
    Refused(MatterAlreadyRecorded, (facts.MatterRecorded,)),
    Refused(MatterUnknown, states=(M.ABSENT,)),
    Refused(MatterAlreadyResolved, MATTER.within(OPEN)),
    Refused(MatterAlreadyFollowedUp, states=(M.FOLLOWED_UP,)),
    Refused(MatterNotResolved, (facts.MatterFollowedUp,)),
)
"""Why nothing comes of it where the course has no row."""
