"""A bad rating and what became of it, readable and fixed, for review's tests."""

from datetime import UTC, date, datetime, timedelta

from services.review.domain.names import rectification_of
from shared.contracts.envelope import Event, Fact
from shared.contracts.rectification.facts import (
    ContactMade,
    DeadlineExtended,
    FeedbackSent,
    FindingRecorded,
    MeasureCompleted,
    RectificationClosed,
    RectificationFollowedUp,
    RectificationOpened,
    RectificationReopened,
)
from shared.contracts.rectification.words import VerifyFinding
from shared.contracts.review.facts import RatingPosted
from shared.contracts.review.words import BadReviewCause, ReviewChannel, ReviewPhase, Satisfaction
from shared.contracts.types import OrgRef

NINE = datetime(2024, 9, 18, 1, 0, tzinfo=UTC)
"""Nine o'clock in Xi'an, on a Wednesday after a holiday."""
CASE = "XC20240902000017"
REVIEW = "PJ20240918000052"
RECT = rectification_of(REVIEW)
BUREAU = OrgRef(org_code="11610102MB0000000F", org_name="新城区行政审批服务局")

POSTED = RatingPosted(
    review_id=REVIEW,
    case_no=CASE,
    phase=ReviewPhase.COMPLETION,
    scope="MATTER",
    channel=ReviewChannel.SMS,
    level=Satisfaction.DISSATISFIED,
    indicators=(),
    has_text=False,
    real_name=True,
    rated_org=BUREAU,
    assess_no=1,
    reported_upstream=False,
)
OPENED = RectificationOpened(
    rect_id=RECT,
    review_id=REVIEW,
    case_no=CASE,
    cause=BadReviewCause.OTHER,
    level=Satisfaction.DISSATISFIED,
    real_name=True,
    responsible_org=BUREAU,
)
CALLED = ContactMade(rect_id=RECT, reached=True, attempt_no=1, method="PHONE")
FOUND = FindingRecorded(
    rect_id=RECT, finding=VerifyFinding.FIX_NOW, cause=BadReviewCause.EFFICIENCY
)
LEDGER = FindingRecorded(
    rect_id=RECT,
    finding=VerifyFinding.LEDGER,
    cause=BadReviewCause.EFFICIENCY,
    ledger_no="TZ-7",
)
EXTENDED = DeadlineExtended(rect_id=RECT, days=5, reason="需协调供应商", approved_by="st-0001")
REMOVED = MeasureCompleted(rect_id=RECT, measures="增设取件窗口", systemic_fix=True)
TOLD = FeedbackSent(rect_id=RECT, public_reply=False)
SATISFIED = RectificationFollowedUp(rect_id=RECT, reached=True, result="SATISFIED")
DISSATISFIED = RectificationFollowedUp(rect_id=RECT, reached=True, result="DISSATISFIED")
UNREACHED = RectificationFollowedUp(rect_id=RECT, reached=False, result="DISSATISFIED")
CLOSED = RectificationClosed(rect_id=RECT, on_time=True, reopened_times=0)
REOPENED = RectificationReopened(rect_id=RECT, reason="取件仍需排队")


def dated(*facts: tuple[date, Fact]) -> list[Event]:
    """Return *facts* as events at nine o'clock of their days."""
    return [
        Event.of(
            fact,
            id=f"e-{number}",
            source="urn:example:reviews",
            time=NINE + timedelta(days=(day - NINE.date()).days),
            sequence=str(number),
        )
        for number, (day, fact) in enumerate(facts, start=1)
    ]
