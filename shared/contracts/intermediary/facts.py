"""What becomes of an agency that wants to offer its services (中介机构入驻, catalogue 4.11)."""

from typing import ClassVar

from shared.contracts.envelope import Fact
from shared.contracts.moments import Day
from shared.contracts.types import Code, Prose, Several, VaultToken


class AgencyFact(Fact):
    """A fact of one agency's history, by token; *date* is the day on which it happened."""

    STREAM: ClassVar[str] = "agency"
    ABOUT: ClassVar[str] = "agency_token"

    agency_token: VaultToken
    service_codes: Several[Code]
    date: Day
    reason: Prose | None = None


class AgencyApplied(AgencyFact):
    """An agency asks to be let in (申请入驻)."""

    TYPE: ClassVar[str] = "casetrack.intermediary.agency.applied.v1"


class AgencyAdmitted(AgencyFact):
    """It may offer its services (准予入驻)."""

    TYPE: ClassVar[str] = "casetrack.intermediary.agency.admitted.v1"


class AgencyRefused(AgencyFact):
    """It is not let in (不予入驻)."""

    TYPE: ClassVar[str] = "casetrack.intermediary.agency.refused.v1"


class AgencyRemoved(AgencyFact):
    """It may no longer offer them (清退)."""

    TYPE: ClassVar[str] = "casetrack.intermediary.agency.removed.v1"
