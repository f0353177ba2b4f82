"""What may be asked of a rectification."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.rectification import facts
from shared.contracts.rectification.words import VerifyFinding
from shared.contracts.review.words import BadReviewCause, Satisfaction
from shared.contracts.types import ActorId, CaseNo, Identifier, Ordinal, OrgRef, Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationCommand(Command):
    """Something asked of one rectification."""

    rect_id: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRectification(RectificationCommand):
    """转办, which a bad rating asks for by itself; its cause is not yet known."""

    FACT: ClassVar[type[Fact]] = facts.RectificationOpened

    review_id: Identifier
    case_no: CaseNo | None
    level: Satisfaction
    real_name: bool
    responsible_org: OrgRef


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignRectification(RectificationCommand):
    """交办, with the dates that follow from the day of the order."""

    FACT: ClassVar[type[Fact]] = facts.RectificationAssigned

    assignee: ActorId
    due_contact: date
    due_rectify: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordContact(RectificationCommand):
    """联系评价人; each attempt counts."""

    FACT: ClassVar[type[Fact]] = facts.ContactMade

    reached: bool
    method: Literal["PHONE", "FACE", "SMS", "ONLINE"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFinding(RectificationCommand):
    """核实."""

    FACT: ClassVar[type[Fact]] = facts.FindingRecorded

    finding: VerifyFinding
    cause: BadReviewCause
    ledger_no: Identifier | None = None
    attempts_enough: int
    """So many calls in vain are as good as one that reached somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendDeadline(RectificationCommand):
    """整改延期."""

    FACT: ClassVar[type[Fact]] = facts.DeadlineExtended

    days: Ordinal
    reason: Prose
    approved_by: ActorId


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteMeasure(RectificationCommand):
    """整改完成."""

    FACT: ClassVar[type[Fact]] = facts.MeasureCompleted

    measures: Prose
    systemic_fix: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SendFeedback(RectificationCommand):
    """反馈."""

    FACT: ClassVar[type[Fact]] = facts.FeedbackSent

    public_reply: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp(RectificationCommand):
    """回访; whoever was not reached may be asked again."""

    FACT: ClassVar[type[Fact]] = facts.RectificationFollowedUp

    reached: bool
    result: Literal["SATISFIED", "BASICALLY_SATISFIED", "DISSATISFIED"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseRectification(RectificationCommand):
    """整改办结; *on_time* is what the calendar says of the history."""

    FACT: ClassVar[type[Fact]] = facts.RectificationClosed

    on_time: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeOut(RectificationCommand):
    """评价经申诉撤销, so nothing is to be put right; an upheld appeal asks for it by itself."""

    FACT: ClassVar[type[Fact]] = facts.RectificationClosed

    on_time: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenRectification(RectificationCommand):
    """重新整改."""

    FACT: ClassVar[type[Fact]] = facts.RectificationReopened

    reason: Prose


AnyCommand = (
    OpenRectification
    | AssignRectification
    | RecordContact
    | RecordFinding
    | ExtendDeadline
    | CompleteMeasure
    | SendFeedback
    | FollowUp
    | CloseRectification
    | StrikeOut
    | ReopenRectification
)
