"""What is done about a bad rating (差评整改), from the order to the call back (catalogue 4.7)."""

from typing import ClassVar, Literal

from shared.contracts.envelope import Fact
from shared.contracts.moments import Day
from shared.contracts.rectification.words import VerifyFinding
from shared.contracts.review.words import BadReviewCause, Satisfaction
from shared.contracts.types import (
    ActorId,
    CaseNo,
    Count,
    Identifier,
    Ordinal,
    OrgRef,
    Prose,
)


class RectificationFact(Fact):
    """A fact of one rectification's history."""

    STREAM: ClassVar[str] = "rectification"
    ABOUT: ClassVar[str] = "rect_id"

    rect_id: Identifier


class RectificationOpened(RectificationFact):
    """A bad rating became an order to put things right (差评转办)."""

    TYPE: ClassVar[str] = "casetrack.rectification.case.opened.v1"

    review_id: Identifier
    case_no: CaseNo | None = None
    cause: BadReviewCause
    level: Satisfaction
    real_name: bool
    responsible_org: OrgRef


class RectificationAssigned(RectificationFact):
    """Somebody answers for it, with two dates (交办)."""

    TYPE: ClassVar[str] = "casetrack.rectification.case.assigned.v1"

    assignee: ActorId
    due_contact: Day
    due_rectify: Day


class ContactMade(RectificationFact):
    """The reviewer was called (联系评价人)."""

    TYPE: ClassVar[str] = "casetrack.rectification.contact.made.v1"

    reached: bool
    attempt_no: Ordinal
    method: Literal["PHONE", "FACE", "SMS", "ONLINE"]


class FindingRecorded(RectificationFact):
    """What the rating was about was verified (核实)."""

    TYPE: ClassVar[str] = "casetrack.rectification.finding.recorded.v1"

    finding: VerifyFinding
    cause: BadReviewCause
    ledger_no: Identifier | None = None


class DeadlineExtended(RectificationFact):
    """More time was granted (整改延期)."""

    TYPE: ClassVar[str] = "casetrack.rectification.deadline.extended.v1"

    days: Ordinal
    reason: Prose
    approved_by: ActorId


class MeasureCompleted(RectificationFact):
    """The cause was removed (整改完成)."""

    TYPE: ClassVar[str] = "casetrack.rectification.measure.completed.v1"

    measures: Prose
    systemic_fix: bool


class FeedbackSent(RectificationFact):
    """The reviewer was told what was done (反馈)."""

    TYPE: ClassVar[str] = "casetrack.rectification.feedback.sent.v1"

    public_reply: bool


class RectificationFollowedUp(RectificationFact):
    """The reviewer was asked whether it helped (回访)."""

    TYPE: ClassVar[str] = "casetrack.rectification.followup.completed.v1"

    reached: bool
    result: Literal["SATISFIED", "BASICALLY_SATISFIED", "DISSATISFIED"]


class RectificationClosed(RectificationFact):
    """The order is done with (整改办结)."""

    TYPE: ClassVar[str] = "casetrack.rectification.case.closed.v1"

    on_time: bool
    reopened_times: Count
    struck_out: bool = False
    """Whether it ended because an appeal struck out the rating, and not because it is done."""


class RectificationReopened(RectificationFact):
    """The reviewer was not satisfied, so it starts again (重新整改)."""

    TYPE: ClassVar[str] = "casetrack.rectification.case.reopened.v1"

    reason: Prose
