"""
Refusals around one agency.

AssistRejection
├── AgencyAlreadyApplied
├── AgencyUnknown
├── AgencyAlreadyAnswered
└── AgencyNotAdmitted
"""

from services.assist.domain.refusals import AssistRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.intermediary import facts
from shared.contracts.intermediary.course import AGENCY, AgencyState


class AgencyAlreadyApplied(AssistRejection):
    """The agency waits for an answer, or was let in."""

    code = "agency_already_applied"


class AgencyUnknown(AssistRejection):
    """No such agency has asked to be let in."""

    code = "agency_unknown"


class AgencyAlreadyAnswered(AssistRejection):
    """The agency was let in or not before."""

    code = "agency_already_answered"


class AgencyNotAdmitted(AssistRejection):
    """Only who was let in is removed."""

    code = "agency_not_admitted"


OFF_COURSE = off_course(
    AGENCY,
    Refused(AgencyAlreadyApplied, (facts.AgencyApplied,)),
    Refused(AgencyUnknown, states=(AgencyState.ABSENT,)),
    Refused(AgencyAlreadyAnswered, AGENCY.within((AgencyState.APPLIED,))),
    Refused(AgencyNotAdmitted),
)
"""Why nothing comes of it where the course has no row."""
