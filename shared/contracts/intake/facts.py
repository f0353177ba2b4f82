"""What intake says of an application until it is accepted or refused, and of its hall (4.3)."""

from typing import ClassVar, Literal

from shared.contracts.envelope import Contract, Fact
from shared.contracts.handling.words import Step
from shared.contracts.intake.words import (
    AcceptanceMode,
    Channel,
    CrossRegionMode,
    RejectReason,
    Terminal,
    Tool,
)
from shared.contracts.moments import Day, Instant
from shared.contracts.types import (
    CaseNo,
    CaseRef,
    Count,
    Doc,
    Identifier,
    ItemCode,
    LongName,
    Name,
    Note,
    Ordinal,
    OrgRef,
    PartyRef,
    Prose,
    Several,
    VaultToken,
)
from shared.contracts.words import GradeLevel, LimitUnit


class CaseFact(Fact):
    """A fact of one case's history that names the case by its number."""

    STREAM: ClassVar[str] = "case"
    ABOUT: ClassVar[str] = "case_no"

    case_no: CaseNo


class Material(Contract):
    """One of the materials (申请材料) that an item asks for."""

    name: LongName
    required: bool
    provided: bool
    form: Literal["PAPER", "ELECTRONIC", "SHARED"]


class ApplicationReceived(Fact):
    """The materials were received (收件); the five working days of art. 32 begin."""

    TYPE: ClassVar[str] = "casetrack.intake.application.received.v1"
    STREAM: ClassVar[str] = "case"
    ABOUT: ClassVar[str] = "case.case_no"

    case: CaseRef
    party: PartyRef
    channel: Channel
    terminal: Terminal
    agent_present: bool
    received_date: Day
    item_name: LongName
    handling_org: OrgRef
    materials: Several[Material]
    appointment_id: Identifier | None = None
    cross_region: CrossRegionMode | None = None
    weekend: bool


class ApplicationPrechecked(CaseFact):
    """The online pre-check is done (网上预审)."""

    TYPE: ClassVar[str] = "casetrack.intake.application.prechecked.v1"

    result: Literal["PASS", "REFUSE", "NEED_CORRECTION"]
    reason: Prose | None = None


class Defect(Contract):
    """What is wrong with one material."""

    material: LongName
    problem: Note


class CorrectionRequested(CaseFact):
    """The applicant was told once, of everything that is to be corrected (一次性告知, art. 32)."""

    TYPE: ClassVar[str] = "casetrack.intake.correction.requested.v1"

    round: Ordinal
    items: Several[Defect]
    notice: Doc
    deadline: Day | None = None
    on_the_spot: bool


class CorrectionReceived(CaseFact):
    """The applicant handed in corrected materials (补正)."""

    TYPE: ClassVar[str] = "casetrack.intake.correction.received.v1"

    round: Ordinal
    complete: bool
    delivered_date: Day


class CorrectionExpired(CaseFact):
    """The applicant's time for the correction passed (补正逾期)."""

    TYPE: ClassVar[str] = "casetrack.intake.correction.expired.v1"

    round: Ordinal
    deadline: Day


class StepLimit(Contract):
    """How many working days a step of the examination may take (环节时限)."""

    step: Step
    limit: Count


class ApplicationAccepted(Fact):
    """The application was accepted (受理); both limits run from *effective_date*."""

    TYPE: ClassVar[str] = "casetrack.intake.application.accepted.v1"
    STREAM: ClassVar[str] = "case"
    ABOUT: ClassVar[str] = "case.case_no"

    case: CaseRef
    mode: AcceptanceMode
    effective_date: Day
    accept_doc: Doc
    statutory_limit: Count
    statutory_unit: LimitUnit
    committed_limit: Count
    committed_unit: LimitUnit
    promise_date: Day
    grade: GradeLevel
    steps: Several[StepLimit]
    forward_up: bool | None = None
    """Whether a superior authority decides, and we only look at it first (上报件, art. 43)."""


class ApplicationRejected(CaseFact):
    """Acceptance was refused, with reason and document (不予受理)."""

    TYPE: ClassVar[str] = "casetrack.intake.application.rejected.v1"

    reason: RejectReason
    explanation: Prose
    right_agency: Name | None = None
    document: Doc


class ApplicationWithdrawn(CaseFact):
    """The applicant took the application back before the decision (撤回)."""

    TYPE: ClassVar[str] = "casetrack.intake.application.withdrawn.v1"

    by: Literal["APPLICANT", "AGENT"]
    reason: Note | None = None
    document: Doc


class AppointmentFact(Fact):
    """A fact of one appointment's history; a case that it names is only mentioned."""

    STREAM: ClassVar[str] = "appointment"
    ABOUT: ClassVar[str] = "appointment_id"
    KEYED_BY_CASE: ClassVar[bool] = False

    appointment_id: Identifier


class AppointmentBooked(AppointmentFact):
    """Somebody has a slot at the hall (预约)."""

    TYPE: ClassVar[str] = "casetrack.intake.appointment.booked.v1"

    item_code: ItemCode
    slot_start: Instant
    slot_end: Instant
    weekend: bool
    """Whether others rest on the day of the slot (周末不打烊); a swapped weekend is none."""
    channel: Channel


class AppointmentCancelled(AppointmentFact):
    """Nobody will come, or nobody will be there (取消预约)."""

    TYPE: ClassVar[str] = "casetrack.intake.appointment.cancelled.v1"

    by: Literal["APPLICANT", "BUREAU"]
    reason: Prose | None = None


class AppointmentServed(AppointmentFact):
    """Whoever booked came and was served (预约已办)."""

    TYPE: ClassVar[str] = "casetrack.intake.appointment.served.v1"

    case_no: CaseNo | None = None
    served_at: Instant


class AppointmentMissed(AppointmentFact):
    """The slot passed, and nobody came (爽约)."""

    TYPE: ClassVar[str] = "casetrack.intake.appointment.missed.v1"


VisitPurpose = Literal["CONSULT", "APPLY", "SUPPLEMENT", "COLLECT", "OTHER"]
"""咨询, 申请, 补交材料, 领证, 其他."""
VisitOutcome = Literal["DONE", "UNFINISHED", "REDIRECTED"]
"""办成, 未办成, 转至他处."""


class VisitRecorded(Fact):
    """Somebody was at the hall (到厅), as was told last: of one visit more may be known later."""

    TYPE: ClassVar[str] = "casetrack.intake.visit.recorded.v1"
    STREAM: ClassVar[str] = "visit"
    ABOUT: ClassVar[str] = "visit_id"
    KEYED_BY_CASE: ClassVar[bool] = False

    visit_id: Identifier
    site_id: Identifier
    window_id: Identifier | None = None
    party_token: VaultToken | None = None
    case_no: CaseNo | None = None
    purpose: VisitPurpose
    waiting_seconds: Count
    service_seconds: Count
    outcome: VisitOutcome


class ToolUsed(Fact):
    """Somebody used a tool, as was told last of this tool in this session (智能工具使用)."""

    TYPE: ClassVar[str] = "casetrack.intake.tool.used.v1"
    STREAM: ClassVar[str] = "tooluse"
    ABOUT: ClassVar[str] = "session_id"

    tool: Tool
    session_id: Identifier
    resolved: bool | None = None
    handed_to_human: bool | None = None
