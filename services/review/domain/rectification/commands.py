"""What may be asked of a rectification."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.commands.command import Command
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

    review_id: Identifier
    case_no: CaseNo | None
    level: Satisfaction
    real_name: bool
    responsible_org: OrgRef


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignRectification(RectificationCommand):
    """交办, with the dates that follow from the day of the order."""

    assignee: ActorId
    due_contact: date
    due_rectify: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordContact(RectificationCommand):
    """联系评价人; each attempt counts."""

    reached: bool
    method: Literal["PHONE", "FACE", "SMS", "ONLINE"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFinding(RectificationCommand):
    """核实."""

    finding: VerifyFinding
    cause: BadReviewCause
    ledger_no: Identifier | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendDeadline(RectificationCommand):
    """整改延期."""

    days: Ordinal
    reason: Prose
    approved_by: ActorId


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteMeasure(RectificationCommand):
    """整改完成."""

    measures: Prose
    systemic_fix: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SendFeedback(RectificationCommand):
    """反馈."""

    public_reply: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp(RectificationCommand):
    """回访; whoever was not reached may be asked again."""

    reached: bool
    result: Literal["SATISFIED", "BASICALLY_SATISFIED", "DISSATISFIED"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseRectification(RectificationCommand):
    """整改办结; *on_time* is what the calendar says of the history."""

    on_time: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenRectification(RectificationCommand):
    """重新整改."""

    reason: Prose


Step = (
    AssignRectification
    | RecordContact
    | RecordFinding
    | ExtendDeadline
    | CompleteMeasure
    | SendFeedback
    | FollowUp
    | CloseRectification
    | ReopenRectification
)
"""What people ask of an order that is under way."""

AnyCommand = OpenRectification | Step
