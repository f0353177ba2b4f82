"""What is said about a case from its examination to the archive (catalogue 4.4)."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from shared.contracts.handling.words import (
    Decision,
    DeliveryMode,
    DigitalInstrument,
    HoldBasis,
    HoldReason,
    ResultType,
    Step,
    StepAction,
)
from shared.contracts.intake.facts import CaseFact
from shared.contracts.moments import Day
from shared.contracts.types import (
    ITEMS_MAX,
    ActorId,
    Count,
    Doc,
    Identifier,
    LongName,
    LongProse,
    Ordinal,
    OrgRef,
    Prose,
    Several,
    VaultToken,
)
from shared.contracts.words import ClockName

EXTENSION_DAYS_MAX = 15
"""Ten by art. 42 of the Licensing Law, fifteen where authorities decide jointly."""

ExtensionDays = Annotated[int, Field(ge=1, le=EXTENSION_DAYS_MAX)]


class StepStarted(CaseFact):
    """A step of the examination begins (环节开始)."""

    TYPE: ClassVar[str] = "casetrack.handling.step.started.v1"

    step: Step
    step_no: Ordinal
    org: OrgRef
    assignee: ActorId
    limit: Count | None = None


class StepCompleted(CaseFact):
    """A step ends: passed on, or returned to an earlier one (环节办结)."""

    TYPE: ClassVar[str] = "casetrack.handling.step.completed.v1"

    step: Step
    step_no: Ordinal
    action: StepAction
    opinion: Prose | None = None
    return_to: Ordinal | None = None


class HoldOpened(CaseFact):
    """Work on the case pauses, with a written notice (特别程序, art. 45 and others)."""

    TYPE: ClassVar[str] = "casetrack.handling.hold.opened.v1"

    hold_id: Identifier
    reason: HoldReason
    basis: HoldBasis
    pauses: Several[ClockName]
    expected_days: Count | None = None
    written_notice: Doc
    requested_by: ActorId
    approved_by: ActorId


class HoldClosed(CaseFact):
    """A pause ends (特别程序结束)."""

    TYPE: ClassVar[str] = "casetrack.handling.hold.closed.v1"

    hold_id: Identifier
    result: LongProse | None = None
    opinion: LongProse | None = None


class HearingOffered(CaseFact):
    """The applicant was told of the right to a hearing (告知听证权利, art. 47)."""

    TYPE: ClassVar[str] = "casetrack.handling.hearing.offered.v1"

    told_date: Day
    """The day on which the applicant was told: from then on there are five days to ask for one."""
    notice: Doc


class HearingAnnounced(CaseFact):
    """Whoever takes part in a hearing was told its time and place (听证通知, art. 48)."""

    TYPE: ClassVar[str] = "casetrack.handling.hearing.announced.v1"

    hold_id: Identifier
    hearing_date: Day
    notified_date: Day
    """The day on which they were told."""
    notice: Doc


class ExtensionRequested(CaseFact):
    """More time is asked for (申请延期)."""

    TYPE: ClassVar[str] = "casetrack.handling.extension.requested.v1"

    days: ExtensionDays
    reason: Prose


class ExtensionApproved(CaseFact):
    """The head of the agency granted more time and told the applicant why (批准延期, art. 42)."""

    TYPE: ClassVar[str] = "casetrack.handling.extension.approved.v1"

    days: ExtensionDays
    approver: ActorId
    notice_to_applicant: Doc
    approved_date: Day


class ExtensionDenied(CaseFact):
    """More time was not granted (不予延期)."""

    TYPE: ClassVar[str] = "casetrack.handling.extension.denied.v1"

    approver: ActorId
    reason: Prose


class DecisionMade(CaseFact):
    """The licence is granted or refused (决定); the moment that both limits are judged by."""

    TYPE: ClassVar[str] = "casetrack.handling.decision.made.v1"

    decision: Decision
    decision_date: Day
    document: Doc
    reasons: LongProse | None = None
    remedies_told: bool
    committee_id: Identifier | None = None
    instant: bool


class CaseClosed(CaseFact):
    """The case is registered as closed (办结)."""

    TYPE: ClassVar[str] = "casetrack.handling.case.closed.v1"

    result_type: ResultType
    closed_date: Day
    explanation: LongProse | None = None
    onsite_visits: Count


class CaseForwarded(CaseFact):
    """The case went on to a superior authority (转报, art. 43)."""

    TYPE: ClassVar[str] = "casetrack.handling.case.forwarded.v1"

    to_org: OrgRef
    document: Doc


class CaseTerminated(CaseFact):
    """The case ends without a decision (终止)."""

    TYPE: ClassVar[str] = "casetrack.handling.case.terminated.v1"

    cause: Literal["CORRECTION_ABANDONED", "TOLERANCE_BROKEN", "VOID", "DELETED_ERROR", "OTHER"]
    reason: Prose
    approved_by: ActorId


class ResultIssued(CaseFact):
    """The certificate was made (制证)."""

    TYPE: ClassVar[str] = "casetrack.handling.result.issued.v1"

    instrument: DigitalInstrument | Literal["PAPER"]
    licence_name: LongName
    licence_no_token: VaultToken
    valid_until: Day | None = None


class ResultDelivered(CaseFact):
    """The result was served or collected (送达, art. 44)."""

    TYPE: ClassVar[str] = "casetrack.handling.result.delivered.v1"

    mode: DeliveryMode
    delivered_date: Day
    tracking_no: Identifier | None = None


class DecisionDisclosed(CaseFact):
    """The decision was published (双公示)."""

    TYPE: ClassVar[str] = "casetrack.handling.decision.disclosed.v1"

    platform: Annotated[str, StringConstraints(min_length=1, max_length=50)]
    published_date: Day


class LinkPushed(CaseFact):
    """The decision went to the department that supervises what it allows (审管联动)."""

    TYPE: ClassVar[str] = "casetrack.handling.link.pushed.v1"

    to_org: OrgRef
    acknowledged: bool
    """Whether that department has it."""


class CaseArchived(CaseFact):
    """The file was archived (归档)."""

    TYPE: ClassVar[str] = "casetrack.handling.case.archived.v1"

    electronic: bool
    archive_no: Annotated[str, StringConstraints(min_length=1, max_length=50)]


class CaseAmended(CaseFact):
    """A recorded value was corrected, old beside new (数据更正)."""

    TYPE: ClassVar[str] = "casetrack.handling.case.amended.v1"

    field: Identifier
    old: Prose
    new: Prose
    reason: Prose
    approved_by: ActorId
    is_error: bool


class DecisionRevoked(CaseFact):
    """The licence was revoked after the fact (撤销许可, art. 69)."""

    TYPE: ClassVar[str] = "casetrack.handling.decision.revoked.v1"

    cause: Literal["FALSE_COMMITMENT", "FRAUD", "LEGAL_ERROR", "OTHER"]
    document: Doc


class ActivityRecorded(CaseFact):
    """Something of an imported log happened that has no name in our language (活动)."""

    TYPE: ClassVar[str] = "casetrack.handling.activity.recorded.v1"

    activity: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    resource: Annotated[str, StringConstraints(min_length=1, max_length=256)] | None = None
    attributes: dict[LongName, Prose] = Field(default_factory=dict, max_length=ITEMS_MAX)
