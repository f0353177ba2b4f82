"""What becomes of an agency of the supermarket, and of its work for applicants (catalogue 4.11)."""

from typing import ClassVar

from shared.contracts.envelope import Fact
from shared.contracts.moments import Day
from shared.contracts.review.words import Satisfaction
from shared.contracts.types import (
    CaseNo,
    Code,
    Identifier,
    Ordinal,
    Prose,
    Several,
    VaultToken,
)


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


class EngagementFact(Fact):
    """A fact of one engagement of an agency; the case for which it works is only mentioned."""

    STREAM: ClassVar[str] = "engagement"
    ABOUT: ClassVar[str] = "order_id"
    KEYED_BY_CASE: ClassVar[bool] = False

    order_id: Identifier
    case_no: CaseNo | None = None
    service_code: Code
    limit_days: Ordinal | None = None
    """Within so many working days from its opening the work is to be delivered."""


class EngagementOpened(EngagementFact):
    """An applicant engaged an agency in the supermarket (中介服务委托)."""

    TYPE: ClassVar[str] = "casetrack.intermediary.order.opened.v1"


class EngagementDelivered(EngagementFact):
    """The agency delivered its work (成果交付)."""

    TYPE: ClassVar[str] = "casetrack.intermediary.order.delivered.v1"

    delivered_on_time: bool | None = None
    """Whether it came within its limit; None where there was none."""


class EngagementRated(EngagementFact):
    """Whoever engaged the agency rated its work (中介服务评价)."""

    TYPE: ClassVar[str] = "casetrack.intermediary.order.rated.v1"

    level: Satisfaction
