"""Short stories of the bureau: between them they make every part of every figure."""

from collections.abc import Mapping, Sequence

from services.metrics.domain.entry import Entry
from shared.contracts.assist import facts as assist
from shared.contracts.assist.words import AssistStage
from shared.contracts.commitment import facts as commitment
from shared.contracts.committee import facts as committee
from shared.contracts.envelope import Fact
from shared.contracts.handling import facts as handling
from shared.contracts.inspection import facts as inspection
from shared.contracts.intake import facts as intake
from shared.contracts.rectification import facts as rectification
from shared.contracts.review import facts as review
from shared.contracts.supervision import facts as supervision
from tests.support.examples import like_the_example
from tests.support.way_of_a_case import (
    ACCEPTED,
    CASE,
    CLOSED,
    DECIDED,
    RATED,
    RECEIVED,
    REFERRED,
    STARTED,
    WAY,
    entry,
)

DAY = 24.0
LATE = 40 * DAY
"""Hours after which everything is late."""

PARTY = {"party_token": "pt-9", "party_type": "ENTERPRISE", "five_up": "INDUSTRY"}


def card(
    sla: str,
    concerns: str = CASE,
    level: str = "RED",
    basis: str = "COMMITTED",
    *,
    at: float = LATE,
    overdue: int = 0,
) -> Entry:
    """Return a card of the limit *sla* on the subject *concerns*."""
    fact = like_the_example(
        supervision.AlertRaised,
        alert_id=f"{sla}-{level}-{concerns}",
        sla_id=sla,
        subject=concerns,
        level=level,
        basis=basis,
        overdue_days=overdue,
    )
    return entry(fact, at)


def but(known: Entry, at: float, *, window: str | None = None, **changes: object) -> Entry:
    """Return what *known* says with a few changes, *at* another hour."""
    fact = type(known.data).model_validate({**known.data.model_dump(by_alias=True), **changes})
    return entry(fact, at, window=window)


def turned(kind: type[Fact], of: Entry, at: float = LATE + 1) -> Entry:
    """Return what becomes of a card."""
    return entry(like_the_example(kind, alert_id=of.data.alert_id), at)


def told(*facts: Fact, after: float = 0, every: float = DAY) -> list[Entry]:
    """Return *facts*, one a day."""
    return [entry(fact, after + every * number) for number, fact in enumerate(facts)]


def requested(**changes: object) -> Fact:
    return like_the_example(
        assist.AssistRequested, **{"task_id": "t1", "party": PARTY, "project_id": None, **changes}
    )


def task(kind: type[Fact], **changes: object) -> Fact:
    return like_the_example(kind, task_id="t1", **changes)


def order(kind: type[Fact], **changes: object) -> Fact:
    return like_the_example(kind, rect_id="z1", **changes)


def visit(kind: type[Fact], **changes: object) -> Fact:
    return like_the_example(kind, inspection_id="n1", **changes)


def promise(kind: type[Fact], **changes: object) -> Fact:
    return like_the_example(kind, commit_id="c1", **changes)


OPENED = order(rectification.RectificationOpened, review_id="v1", real_name=True, cause="ATTITUDE")
FOLLOWED_UP = order(rectification.RectificationFollowedUp, reached=True)
RECTIFIED = order(rectification.RectificationClosed, on_time=True)
TOO_LATE = order(rectification.RectificationClosed, on_time=False)
APPEALED = like_the_example(review.AppealFiled, review_id="v1")
UPHELD = like_the_example(review.AppealDecided, review_id="v1", upheld=True)

HELP = (
    task(assist.AssistAccepted),
    task(assist.AgentAssigned, agent_id="st-7", tier="BLOCK_POINT"),
)
HELPED = (
    *HELP,
    task(assist.AssistVisitMade, place="ENTERPRISE"),
    *(task(assist.AssistStepLogged, stage=stage) for stage in AssistStage),
    task(assist.AssistCompleted),
)
INSPECTED = (
    visit(inspection.InspectionCreated, attempt_no=1),
    visit(inspection.InspectionScheduled, reschedule_by="BUREAU"),
    visit(inspection.VisitStarted),
)
PASSED = visit(inspection.VisitConcluded, result="PASS")
TOLERATED = promise(
    commitment.PromiseSigned, mode="TOLERANCE", promise_date="2024-09-05", case_no=CASE
)

RED, YELLOW = card("SLA-04"), card("SLA-04", level="YELLOW", at=9 * DAY)
PROMPT = card("SLA-04", level="PROMPT", at=9 * DAY)
MISTAKEN = entry(
    like_the_example(handling.CaseAmended, case_no=CASE, field="note", is_error=True), 400
)

STORIES: Mapping[str, Sequence[Entry]] = {
    "a case from receipt to rating": WAY,
    "an open case past its limit": [RECEIVED, ACCEPTED, YELLOW, RED],
    "a case whose limit is near by three tiers": [RECEIVED, ACCEPTED, PROMPT],
    "a prompt that was wrong": [
        RECEIVED,
        ACCEPTED,
        PROMPT,
        turned(supervision.AlertRevoked, PROMPT),
    ],
    "a card that was wrong": [RECEIVED, ACCEPTED, RED, turned(supervision.AlertRevoked, RED)],
    "a card of a limit that was kept after all": [
        RECEIVED,
        ACCEPTED,
        RED,
        turned(supervision.AlertResolved, RED),
    ],
    "a decision after both limits": [
        RECEIVED,
        ACCEPTED,
        STARTED,
        but(DECIDED, 1400, decision_date="2024-10-30"),
    ],
    "a certificate that is published in time": [
        RECEIVED,
        ACCEPTED,
        STARTED,
        DECIDED,
        entry(like_the_example(handling.ResultIssued, case_no=CASE, instrument="E_LICENCE"), 210),
        entry(
            like_the_example(handling.DecisionDisclosed, case_no=CASE, published_date="2024-09-12"),
            241,
        ),
    ],
    "a decision that is published late": [
        RECEIVED,
        ACCEPTED,
        STARTED,
        DECIDED,
        entry(
            like_the_example(handling.DecisionDisclosed, case_no=CASE, published_date="2024-10-30"),
            1400,
        ),
    ],
    "a decision that nobody publishes": [
        RECEIVED,
        ACCEPTED,
        STARTED,
        DECIDED,
        card("SLA-35", basis="DISCLOSURE"),
    ],
    "a decision of which nobody speaks": [RECEIVED, ACCEPTED, STARTED, DECIDED, CLOSED],
    "a case for which everybody waits in turn": [
        RECEIVED,
        entry(like_the_example(intake.CorrectionRequested, case_no=CASE, round=1), 1),
        entry(
            like_the_example(
                intake.CorrectionReceived,
                case_no=CASE,
                complete=True,
                delivered_date="2024-09-05",
            ),
            3 * DAY,
        ),
        but(ACCEPTED, 3 * DAY + 1),
        but(STARTED, 3 * DAY + 2),
        entry(
            like_the_example(
                handling.HoldOpened, case_no=CASE, hold_id="h1", reason="TESTING", expected_days=9
            ),
            8 * DAY,
        ),
        entry(like_the_example(handling.HoldClosed, case_no=CASE, hold_id="h1"), 11 * DAY),
        but(REFERRED, 16 * DAY),
        entry(
            like_the_example(committee.ReferralScreened, referral_id="r1", result="RETURNED"),
            18 * DAY,
        ),
        but(DECIDED, 20 * DAY, decision_date="2024-09-22"),
    ],
    "a case that is wrong in three ways": [
        RECEIVED,
        entry(like_the_example(intake.CorrectionRequested, case_no=CASE, round=2), 0.5),
        ACCEPTED,
        entry(like_the_example(intake.ApplicationRejected, case_no=CASE), 30),
        MISTAKEN,
    ],
    "a weekend's case": [
        but(RECEIVED, 0, window="W12", weekend=True),
    ],
    "a fact that contradicts its case": [DECIDED],
    "a referral within its limit": [RECEIVED, ACCEPTED, REFERRED],
    "a referral that the list does not ask for": [
        RECEIVED,
        ACCEPTED,
        entry(
            like_the_example(committee.ReferralMade, referral_id="r1", case_no=CASE, on_list=False),
            30,
        ),
        entry(
            like_the_example(committee.ReferralScreened, referral_id="r1", result="ADMITTED"),
            40,
        ),
        card("SLA-04", at=20 * DAY),
        entry(
            like_the_example(committee.ResolutionAdopted, referral_id="r1", outcome="APPROVE"),
            21 * DAY,
        ),
    ],
    "a referral that was sent back": [
        RECEIVED,
        ACCEPTED,
        REFERRED,
        entry(
            like_the_example(committee.ReferralScreened, referral_id="r1", result="RETURNED"), 110
        ),
        RED,
    ],
    "two referrals of one case": [
        RECEIVED,
        ACCEPTED,
        REFERRED,
        but(REFERRED, 120, referral_id="r2"),
    ],
    "a referral of a difficult matter": [
        RECEIVED,
        ACCEPTED,
        but(REFERRED, 100, on_list=False, grade="L4"),
    ],
    "a good rating from a telephone": [
        but(RECEIVED, 0, channel="MOBILE", terminal="MOBILE"),
        but(RATED, 250, level="SATISFIED"),
    ],
    "a default rating": [
        RECEIVED,
        but(RATED, 250, channel="SYSTEM_DEFAULT"),
    ],
    "a rating of somebody at a window": [
        but(RATED, 250, window="W3", case_no=None, rated_staff="st-3", item_code="116101020001")
    ],
    "a case that two examined, of whom one is rated": [
        RECEIVED,
        ACCEPTED,
        STARTED,
        but(STARTED, 5, step="CHECK", step_no=2, assignee="st-2"),
        but(STARTED, 6, step_no=3),
        DECIDED,
        CLOSED,
        but(RATED, 250, rated_staff="st-2"),
    ],
    "a text that was added to a rating": [
        entry(like_the_example(review.RatingSupplemented, review_id="v9"), 300)
    ],
    "a bad review within its limit": told(OPENED),
    "a bad review that was answered in time": told(OPENED, FOLLOWED_UP, RECTIFIED),
    "a bad review that was answered late, and nobody called": told(OPENED, TOO_LATE),
    "a bad review that waits too long": [
        *told(OPENED),
        card("SLA-20", "z1", basis="RECTIFICATION"),
    ],
    "a bad review that was struck out": [RATED, *told(OPENED, APPEALED, UPHELD, after=260)],
    "a request within its limit": told(requested(system="XIAN_ZHUQI", kind="GENERAL")),
    "a request that was answered in time": told(
        requested(system="XIAN_ZHUQI", kind="FIVE_UP_ENTERPRISE"), *HELPED, every=2
    ),
    "a request that was answered late": told(
        requested(system="XIAN_ZHUQI", kind="GENERAL"), *HELP, every=5 * DAY
    ),
    "a request that nobody answers": [
        *told(requested(system="XIAN_ZHUQI", kind="GENERAL")),
        card("SLA-27", "t1", basis="ASSIST"),
    ],
    "a request that was declined": told(
        requested(system="XIAN_ZHUQI", mode="HOME_VISIT"), task(assist.AssistDeclined)
    ),
    "a visit at home in time": told(
        requested(mode="HOME_VISIT", kind="SPECIAL_GROUP", system="XIAN_BANGBAN"),
        *HELPED,
        task(assist.AssistRated, level="VERY_SATISFIED"),
        every=2,
    ),
    "a visit at home that comes late": told(
        requested(mode="HOME_VISIT", system="PHONE"), *HELPED, every=5 * DAY
    ),
    "a visit at home that is waited for": told(requested(mode="HOME_VISIT", system="PHONE")),
    "a visit at home for which somebody waits too long": [
        *told(requested(mode="HOME_VISIT", system="PHONE")),
        card("SLA-28", "t1", basis="ASSIST"),
    ],
    "a key project": told(
        requested(kind="KEY_PROJECT", project_id="p1"),
        *HELPED,
        task(assist.AssistRated, level="DISSATISFIED"),
    ),
    "a key project with a gap": told(
        requested(kind="KEY_PROJECT"), *HELP, task(assist.AssistCompleted)
    ),
    "an enterprise that is helped from afar": told(
        requested(kind="FIVE_UP_ENTERPRISE", system="PHONE"),
        task(assist.AssistAccepted),
        task(assist.AgentAssigned, tier="DISTRICT"),
        task(assist.AssistCompleted),
    ),
    "a promise that was kept": [
        *told(TOLERATED, promise(commitment.SupplementReceived, complete=True))
    ],
    "a promise that was kept late": [
        *told(TOLERATED, promise(commitment.SupplementReceived, complete=True), every=9 * DAY)
    ],
    "a promise that was broken": told(TOLERATED, promise(commitment.SupplementExpired)),
    "a promise that is waited for": told(TOLERATED),
    "a promise that is overdue": [*told(TOLERATED), card("SLA-29", "c1", basis="COMMITMENT")],
    "a promise that was taken back": told(TOLERATED, promise(commitment.PromiseWithdrawn)),
    "a promise without a day": told(
        promise(commitment.PromiseSigned, mode="COMMITMENT", promise_date=None, case_no=CASE)
    ),
    "a promise of which only the end is known": told(
        promise(commitment.SupplementReceived, complete=True)
    ),
    "an inspection within its limit": told(*INSPECTED[:1]),
    "an inspection that nobody makes": [
        *told(*INSPECTED[:1]),
        card("SLA-13b", "n1", basis="INSPECTION"),
    ],
    "an inspection passed at once": told(
        *INSPECTED,
        PASSED,
        visit(inspection.InspectionFollowedUp, answered=True, level="SATISFIED"),
    ),
    "an inspection about which somebody complains": told(
        *INSPECTED,
        PASSED,
        visit(inspection.InspectionFollowedUp, answered=True, level="DISSATISFIED"),
    ),
    "an inspection that was late": [
        card("SLA-14", "n1", basis="INSPECTION", at=3 * DAY),
        *told(*INSPECTED, visit(inspection.VisitConcluded, result="FAIL", evidence=[])),
    ],
    "an inspection that was made twice": told(
        *INSPECTED,
        visit(inspection.VisitConcluded, result="RECTIFY"),
        visit(inspection.DefectOrdered),
        visit(inspection.DefectSubmitted),
        *INSPECTED[1:],
        PASSED,
        visit(inspection.InspectionFollowedUp, answered=False, level=None),
    ),
}
