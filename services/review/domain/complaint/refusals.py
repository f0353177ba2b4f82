"""
Refusals around one complaint in the hall.

ReviewRejection
├── ComplaintAlreadyReceived
├── ComplaintUnknown
└── ComplaintAlreadyConcluded
"""

from services.review.domain.refusals import ReviewRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.hall import facts
from shared.contracts.hall.course import COMPLAINT, ComplaintState


class ComplaintAlreadyReceived(ReviewRejection):
    """The number is taken, though it is ours."""

    code = "complaint_already_received"
    field = "complaint_id"


class ComplaintUnknown(ReviewRejection):
    """Nobody has made such a complaint."""

    code = "complaint_unknown"


class ComplaintAlreadyConcluded(ReviewRejection):
    """It was looked into before."""

    code = "complaint_already_concluded"


OFF_COURSE = off_course(
    COMPLAINT,
    Refused(ComplaintAlreadyReceived, (facts.ComplaintReceived,)),
    Refused(ComplaintUnknown, states=(ComplaintState.ABSENT,)),
    Refused(ComplaintAlreadyConcluded),
)
"""Why nothing comes of it where the course has no row."""
