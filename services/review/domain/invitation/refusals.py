"""
Refusals around one invitation to rate.

ReviewRejection
└── InvitationAlreadySent
"""

from services.review.domain.refusals import ReviewRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.review.course import INVITATION


class InvitationAlreadySent(ReviewRejection):
    """The invitation's id is taken."""

    code = "invitation_already_sent"
    field = "invitation_id"


OFF_COURSE = off_course(INVITATION, Refused(InvitationAlreadySent))
"""Why nothing comes of it where the course has no row."""
