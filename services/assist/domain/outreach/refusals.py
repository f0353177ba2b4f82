"""
Refusals around one visit.

AssistRejection
└── OutreachAlreadyHeld
"""

from services.assist.domain.refusals import AssistRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.outreach.course import OUTREACH


class OutreachAlreadyHeld(AssistRejection):
    """The visit's number is taken, though it is ours."""

    code = "outreach_already_held"
    field = "outreach_id"


OFF_COURSE = off_course(OUTREACH, Refused(OutreachAlreadyHeld))
"""Why nothing comes of it where the course has no row."""
