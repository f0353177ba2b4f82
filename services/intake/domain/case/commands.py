"""What can be asked of a case; every command carries its instant, none asks for the time."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from services.intake.domain.case.aids import ApplyCreditMode, RecordInstrumentUse
from services.intake.domain.case.command import CaseCommand, DatedCommand
from services.intake.domain.case.holds import AnnounceHearing, CloseHold, OfferHearing, OpenHold
from services.intake.domain.commitment.commands import AnyCommand as CommitmentCommand
from shared.contracts.envelope import Fact
from shared.contracts.handling import facts as handling
from shared.contracts.handling.words import (
    Decision,
    DeliveryMode,
    DigitalInstrument,
    ResultType,
    Step,
    StepAction,
)
from shared.contracts.intake import facts as intake
from shared.contracts.intake.words import (
    AcceptanceMode,
    Channel,
    CrossRegionMode,
    RejectReason,
    Terminal,
)
from shared.contracts.moments import MeantDay
from shared.contracts.types import (
    ActorId,
    Count,
    Doc,
    Identifier,
    ItemCode,
    LongName,
    LongProse,
    Name,
    Note,
    Ordinal,
    OrgRef,
    PartyRef,
    Prose,
    Several,
    ShortCode,
    VaultToken,
)
from shared.contracts.words import CaseType, GradeLevel, LimitUnit
from shared.policy.calendar import WorkCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveApplication(DatedCommand):
    """收件."""

    FACT: ClassVar[type[Fact]] = intake.ApplicationReceived

    item_code: ItemCode
    item_version: Count
    item_name: LongName
    case_type: CaseType
    joint_case_id: ShortCode | None = None
    project_code: Annotated[str, Field(min_length=1, max_length=24)] | None = None
    party: PartyRef
    channel: Channel
    terminal: Terminal
    agent_present: bool
    handling_org: OrgRef
    materials: Several[intake.Material] = ()
    appointment_id: Identifier | None = None
    cross_region: CrossRegionMode | None = None
    weekend: bool = False
    received_date: MeantDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecheckApplication(CaseCommand):
    """预审."""

    FACT: ClassVar[type[Fact]] = intake.ApplicationPrechecked

    result: Literal["PASS", "REFUSE", "NEED_CORRECTION"]
    reason: Prose | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCorrection(CaseCommand):
    """一次性告知; *answer_by* is the day that holds where the notice names no *deadline*."""

    FACT: ClassVar[type[Fact]] = intake.CorrectionRequested

    answer_by: date
    items: Annotated[Several[intake.Defect], Field(min_length=1)]
    notice: Doc
    deadline: MeantDay | None = None
    on_the_spot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveCorrection(CaseCommand):
    """补正; *delivered_date* is the day the material came, not the day it is entered."""

    FACT: ClassVar[type[Fact]] = intake.CorrectionReceived

    complete: bool
    delivered_date: MeantDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireCorrection(CaseCommand):
    """补正逾期."""

    FACT: ClassVar[type[Fact]] = intake.CorrectionExpired


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptApplication(CaseCommand):
    """受理, in one of four modes."""

    FACT: ClassVar[type[Fact]] = intake.ApplicationAccepted

    calendar: WorkCalendar
    silence_days: int
    """How long the bureau might have said nothing."""
    mode: AcceptanceMode
    accept_doc: Doc
    statutory_limit: Count
    statutory_unit: LimitUnit
    committed_limit: Count
    committed_unit: LimitUnit
    grade: GradeLevel
    steps: Several[intake.StepLimit] = ()
    forward_up: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectApplication(CaseCommand):
    """不予受理."""

    FACT: ClassVar[type[Fact]] = intake.ApplicationRejected

    reason: RejectReason
    explanation: Annotated[Prose, Field(min_length=1)]
    right_agency: Name | None = None
    document: Doc


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawApplication(CaseCommand):
    """撤回, in writing."""

    FACT: ClassVar[type[Fact]] = intake.ApplicationWithdrawn

    by: Literal["APPLICANT", "AGENT"]
    reason: Note | None = None
    document: Doc


@dataclass(frozen=True, slots=True, kw_only=True)
class StartStep(CaseCommand):
    """环节开始."""

    FACT: ClassVar[type[Fact]] = handling.StepStarted

    step: Step
    org: OrgRef
    assignee: ActorId
    limit: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteStep(CaseCommand):
    """环节办结."""

    FACT: ClassVar[type[Fact]] = handling.StepCompleted

    step_no: Ordinal
    action: StepAction
    opinion: Prose | None = None
    return_to: Ordinal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestExtension(CaseCommand):
    """申请延期."""

    FACT: ClassVar[type[Fact]] = handling.ExtensionRequested

    days: handling.ExtensionDays
    reason: Annotated[Prose, Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveExtension(CaseCommand):
    """批准延期, by the head of the agency."""

    FACT: ClassVar[type[Fact]] = handling.ExtensionApproved

    calendar: WorkCalendar
    days: handling.ExtensionDays
    approver: ActorId
    notice_to_applicant: Doc


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyExtension(CaseCommand):
    """不予延期."""

    FACT: ClassVar[type[Fact]] = handling.ExtensionDenied

    approver: ActorId
    reason: Annotated[Prose, Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeDecision(DatedCommand):
    """准予 or 不予许可."""

    FACT: ClassVar[type[Fact]] = handling.DecisionMade

    decision: Decision
    document: Doc
    reasons: LongProse | None = None
    remedies_told: bool
    committee_id: Identifier | None = None
    instant: bool = False
    decision_date: MeantDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardCase(CaseCommand):
    """转报."""

    FACT: ClassVar[type[Fact]] = handling.CaseForwarded

    to_org: OrgRef
    document: Doc


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminateCase(CaseCommand):
    """终止, without a decision."""

    FACT: ClassVar[type[Fact]] = handling.CaseTerminated

    cause: Literal["CORRECTION_ABANDONED", "TOLERANCE_BROKEN", "VOID", "DELETED_ERROR", "OTHER"]
    reason: Annotated[Prose, Field(min_length=1)]
    approved_by: ActorId


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCase(DatedCommand):
    """办结."""

    FACT: ClassVar[type[Fact]] = handling.CaseClosed

    result_type: ResultType
    explanation: LongProse | None = None
    onsite_visits: Count
    closed_date: MeantDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueResult(CaseCommand):
    """制证."""

    FACT: ClassVar[type[Fact]] = handling.ResultIssued

    instrument: DigitalInstrument | Literal["PAPER"]
    licence_name: LongName
    licence_no_token: VaultToken
    valid_until: MeantDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverResult(DatedCommand):
    """送达."""

    FACT: ClassVar[type[Fact]] = handling.ResultDelivered

    mode: DeliveryMode
    tracking_no: Identifier | None = None
    delivered_date: MeantDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscloseDecision(DatedCommand):
    """双公示."""

    FACT: ClassVar[type[Fact]] = handling.DecisionDisclosed

    platform: ShortCode
    published_date: MeantDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PushLink(CaseCommand):
    """审管联动推送; once more when the department has it."""

    FACT: ClassVar[type[Fact]] = handling.LinkPushed

    to_org: OrgRef
    acknowledged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveCase(CaseCommand):
    """归档."""

    FACT: ClassVar[type[Fact]] = handling.CaseArchived

    electronic: bool
    archive_no: ShortCode


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendCase(CaseCommand):
    """数据更正: *old* and *new* are shown side by side for ever."""

    FACT: ClassVar[type[Fact]] = handling.CaseAmended

    field: Identifier
    old: Prose
    new: Prose
    reason: Annotated[Prose, Field(min_length=1)]
    approved_by: ActorId
    is_error: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeDecision(CaseCommand):
    """撤销许可."""

    FACT: ClassVar[type[Fact]] = handling.DecisionRevoked

    cause: Literal["FALSE_COMMITMENT", "FRAUD", "LEGAL_ERROR", "OTHER"]
    document: Doc


AnyCommand = (
    ReceiveApplication
    | PrecheckApplication
    | RequestCorrection
    | ReceiveCorrection
    | ExpireCorrection
    | AcceptApplication
    | RejectApplication
    | WithdrawApplication
    | StartStep
    | CompleteStep
    | OpenHold
    | CloseHold
    | OfferHearing
    | AnnounceHearing
    | RequestExtension
    | ApproveExtension
    | DenyExtension
    | MakeDecision
    | ForwardCase
    | TerminateCase
    | CloseCase
    | IssueResult
    | DeliverResult
    | DiscloseDecision
    | PushLink
    | ArchiveCase
    | AmendCase
    | RevokeDecision
    | ApplyCreditMode
    | RecordInstrumentUse
    | CommitmentCommand
)
