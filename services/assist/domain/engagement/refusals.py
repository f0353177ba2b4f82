"""
Refusals around one engagement of an agency.

AssistRejection
├── EngagementAlreadyOpened
├── EngagementUnknown
├── WorkAlreadyDelivered
├── WorkNotDelivered
└── WorkAlreadyRated
"""

from services.assist.domain.refusals import AssistRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.intermediary import facts
from shared.contracts.intermediary.course import ENGAGEMENT, EngagementState


class EngagementAlreadyOpened(AssistRejection):
    """The engagement's id is taken."""

    code = "engagement_already_opened"
    field = "order_id"


class EngagementUnknown(AssistRejection):
    """Nobody engaged an agency under this number."""

    code = "engagement_unknown"


class WorkAlreadyDelivered(AssistRejection):
    """What was delivered is delivered once."""

    code = "work_already_delivered"


class WorkNotDelivered(AssistRejection):
    """An agency's work is rated when it is there."""

    code = "work_not_delivered"


class WorkAlreadyRated(AssistRejection):
    """An agency's work is rated once."""

    code = "work_already_rated"


E = EngagementState

OFF_COURSE = off_course(
    ENGAGEMENT,
    Refused(EngagementAlreadyOpened, (facts.EngagementOpened,)),
    Refused(EngagementUnknown, states=(E.ABSENT,)),
    Refused(WorkNotDelivered, states=(E.OPENED,)),
    Refused(WorkAlreadyDelivered, (facts.EngagementDelivered,)),
    Refused(WorkAlreadyRated),
)
"""Why nothing comes of it where the course has no row."""
