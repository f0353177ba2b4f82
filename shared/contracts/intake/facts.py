"""What intake says about an application until it is accepted or refused (catalogue 4.3)."""

from typing import ClassVar, Literal

from shared.contracts.envelope import Contract, Fact
from shared.contracts.handling.words import Step
from shared.contracts.intake.words import (
    AcceptanceMode,
    Channel,
    CrossRegionMode,
    RejectReason,
    Terminal,
)
from shared.contracts.moments import Day
from shared.contracts.types import (
    CaseNo,
    CaseRef,
    Count,
    Doc,
    Identifier,
    LongName,
    Name,
    Note,
    Ordinal,
    OrgRef,
    PartyRef,
    Prose,
    Several,
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
