"""
Refusals around one walk.

AssistRejection
└── WalkthroughAlreadyCompleted
"""

from services.assist.domain.refusals import AssistRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.activity.course import WALKTHROUGH


class WalkthroughAlreadyCompleted(AssistRejection):
    """The walk's id is taken."""

    code = "walkthrough_already_completed"
    field = "walk_id"


OFF_COURSE = off_course(WALKTHROUGH, Refused(WalkthroughAlreadyCompleted))
"""Why nothing comes of it where the course has no row."""
