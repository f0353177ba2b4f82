"""What the fold keeps of inspections, referrals, ratings, rectifications and assist tasks."""

from datetime import date, timedelta
from typing import TypeVar

import pytest

from services.metrics.domain.fold import fold_all
from services.metrics.domain.subjects.committee import Referral
from services.metrics.domain.subjects.inspection import Inspection
from services.metrics.domain.subjects.rectification import ROUNDS_MAX, Rectification, Round
from services.metrics.domain.subjects.review import Rating
from services.metrics.domain.subjects.subject import Subject
from services.metrics.domain.subjects.task import ITEMS_MAX, Task
from shared.contracts.assist import facts as assist
from shared.contracts.assist.course import TaskState
from shared.contracts.committee import facts as committee
from shared.contracts.committee.course import ReferralState
from shared.contracts.envelope import Fact
from shared.contracts.inspection import facts as inspecting
from shared.contracts.inspection.course import InspectionState
from shared.contracts.rectification import facts as rectifying
from shared.contracts.rectification.course import RectificationState
from shared.contracts.review import facts as review
from shared.contracts.review.course import RatingState
from tests.support.examples import like_the_example as like
from tests.support.way_of_a_case import CASE, MONDAY, entry

S = TypeVar("S", bound=Subject)

DAY = date(2024, 9, 2)


def kept(kind: type[S], *facts: Fact, anomalies: int = 0) -> S:
    """Return what is kept of the one subject that *facts*, a day apart, are about."""
    dossier = fold_all(CASE, [entry(fact, 24 * days) for days, fact in enumerate(facts)])
    (subject,) = dossier.subjects
    assert isinstance(subject, kind)
    assert dossier.anomalies == anomalies
    return subject


def after(days: int) -> date:
    return DAY + timedelta(days=days)


CREATED = like(inspecting.InspectionCreated)
SCHEDULED = like(inspecting.InspectionScheduled, reschedule_by=None)
STARTED = like(inspecting.VisitStarted)
TO_RECTIFY = like(inspecting.VisitConcluded, result="RECTIFY")
PASSED = like(inspecting.VisitConcluded, result="PASS", evidence=[])
ORDERED = like(inspecting.DefectOrdered)
SUBMITTED = like(inspecting.DefectSubmitted)
EXPIRED = like(inspecting.DefectExpired)
SILENT = like(inspecting.InspectionFollowedUp, answered=False, level=None)
ANSWERED = like(inspecting.InspectionFollowedUp, answered=True, level="SATISFIED")


def test_of_an_inspection_is_kept_who_looks_at_what_and_how() -> None:
    inspection = kept(Inspection, CREATED)

    assert (inspection.mode, inspection.checklist_id) == ("JOINT", "QD-SPJY-03")
    assert inspection.org_code == "11610102MB2X00178C"


def test_a_second_order_for_the_same_inspection_changes_nothing() -> None:
    other = like(inspecting.InspectionCreated, checklist_id="other")

    assert kept(Inspection, CREATED, other, anomalies=1).checklist_id == "QD-SPJY-03"


def test_a_visit_after_a_mended_defect_is_another_attempt() -> None:
    first = (CREATED, SCHEDULED, STARTED, TO_RECTIFY)
    inspection = kept(Inspection, *first, ORDERED, SUBMITTED, SCHEDULED, STARTED, PASSED)

    assert (inspection.attempt_no, inspection.scheduled) == (2, 2)
    assert (inspection.first_result, inspection.result) == ("RECTIFY", "PASS")
    assert (inspection.checked, inspection.evidence) == (2, 0)
    assert inspection.state == InspectionState.CONCLUDED


def test_a_second_attempt_under_a_name_of_its_own_is_no_first_visit() -> None:
    again = like(inspecting.InspectionCreated, attempt_no=2)
    inspection = kept(Inspection, again, SCHEDULED, STARTED, PASSED)

    assert (inspection.attempt_no, inspection.first_result) == (2, "")


def test_who_gives_a_date_up_is_counted() -> None:
    moved = [
        like(inspecting.InspectionScheduled, reschedule_by=by)
        for by in ("BUREAU", "APPLICANT", "BUREAU")
    ]
    inspection = kept(Inspection, CREATED, SCHEDULED, *moved)

    assert inspection.scheduled == 4
    assert (inspection.moved_by_bureau, inspection.moved_by_applicant) == (2, 1)


def test_a_defect_has_its_last_day_and_fails_behind_it() -> None:
    told = (CREATED, SCHEDULED, STARTED, TO_RECTIFY, ORDERED)

    assert kept(Inspection, *told).deadline == date(2024, 9, 12)
    assert kept(Inspection, *told, EXPIRED).result == "FAIL"


def test_a_last_day_that_nobody_can_mean_is_none() -> None:
    never = like(inspecting.DefectOrdered, deadline=date(9999, 12, 31))

    assert kept(Inspection, CREATED, never, anomalies=1).deadline is None


def test_whoever_does_not_answer_is_asked_again() -> None:
    told = (CREATED, SCHEDULED, STARTED, PASSED)
    asked = kept(Inspection, *told, SILENT)
    answered = kept(Inspection, *told, SILENT, ANSWERED)

    assert (asked.answered, asked.followed_up_on, asked.level) == (False, after(4), "")
    assert (answered.answered_on, answered.followed_up_on) == (after(5), after(4))
    assert (answered.answered, answered.level) == (True, "SATISFIED")


def test_an_answer_without_a_level_says_nothing_of_satisfaction() -> None:
    unsaid = like(inspecting.InspectionFollowedUp, answered=True, level=None)

    assert kept(Inspection, CREATED, SCHEDULED, STARTED, PASSED, unsaid).level == ""


@pytest.mark.parametrize("told", [(), (ORDERED,), (ORDERED, SUBMITTED, SCHEDULED)])
def test_who_has_something_to_put_right_is_asked_too(told: tuple[Fact, ...]) -> None:
    before = (CREATED, SCHEDULED, STARTED, TO_RECTIFY, *told)

    assert kept(Inspection, *before, ANSWERED).state == kept(Inspection, *before).state


REFERRED = like(committee.ReferralMade)
ADMITTED = like(committee.ReferralScreened, result="ADMITTED")
SENT_BACK = like(committee.ReferralScreened, result="RETURNED")
DELIBERATED = like(committee.ReferralDeliberated)
EXECUTED = like(committee.ResolutionExecuted)


def resolved(outcome: str) -> Fact:
    return like(committee.ResolutionAdopted, outcome=outcome)


def test_of_a_referral_is_kept_why_it_was_made() -> None:
    referral = kept(Referral, REFERRED)

    assert (referral.reason, referral.grade, referral.on_list) == ("DISPUTE", "L3", True)
    assert referral.remaining_days == 6


def test_a_second_referral_under_one_name_changes_nothing() -> None:
    other = like(committee.ReferralMade, reason="SAFETY")

    assert kept(Referral, REFERRED, other, anomalies=1).reason == "DISPUTE"


def test_a_referral_that_is_sent_back_is_over() -> None:
    referral = kept(Referral, REFERRED, SENT_BACK)

    assert (referral.state, referral.screening) == (ReferralState.RETURNED, "RETURNED")
    assert (referral.done_on, referral.resolved_on) == (after(1), None)


def test_a_referral_that_is_put_off_waits_for_another_meeting() -> None:
    waiting = kept(Referral, REFERRED, ADMITTED, DELIBERATED, resolved("DEFER"))
    spoken = kept(Referral, REFERRED, ADMITTED, resolved("DEFER"), resolved("DENY"), EXECUTED)

    assert (waiting.state, waiting.resolved_on) == (ReferralState.ADMITTED, None)
    assert (waiting.screening, waiting.done_on) == ("ADMITTED", None)
    assert (spoken.state, spoken.outcome) == (ReferralState.EXECUTED, "DENY")
    assert (spoken.resolved_on, spoken.done_on) == (after(3), after(4))


def test_the_committee_may_give_a_referral_back() -> None:
    referral = kept(Referral, REFERRED, ADMITTED, resolved("RETURN_TO_SECTION"))

    assert (referral.state, referral.done_on) == (ReferralState.RETURNED, after(2))


POSTED = like(review.RatingPosted)
FILED = like(review.AppealFiled)


def test_of_a_rating_is_kept_what_is_rated() -> None:
    rating = kept(Rating, POSTED)

    assert (rating.phase, rating.real_name, rating.staff) == ("COMPLETION", True, "st-0041")
    assert rating.item_code == "11610102MB2X00178C4000131016000"
    assert rating.org_code == "11610102MB2X00178C"


def test_a_rating_is_given_once() -> None:
    better = like(review.RatingPosted, level="SATISFIED")

    assert kept(Rating, POSTED, better, anomalies=1).level == "DISSATISFIED"


def test_a_supplement_names_the_rating_to_which_it_adds() -> None:
    added = like(review.RatingSupplemented, prior_review_id="PJ1")

    assert kept(Rating, added).prior == "PJ1"


@pytest.mark.parametrize(
    ("level", "channel", "bad"),
    [
        ("DISSATISFIED", "SMS", True),
        ("BASICALLY_SATISFIED", "SMS", False),
        ("VERY_DISSATISFIED", "SYSTEM_DEFAULT", False),
    ],
)
def test_a_rating_is_bad_where_somebody_is_dissatisfied(
    level: str,
    channel: str,
    bad: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert kept(Rating, like(review.RatingPosted, level=level, channel=channel)).is_bad is bad


@pytest.mark.parametrize(
    ("upheld", "state", "bad"),
    [(True, RatingState.APPEAL_UPHELD, False), (False, RatingState.APPEAL_REJECTED, True)],
)
def test_an_appeal_decides_whether_a_bad_rating_counts(
    upheld: bool,  # noqa: FBT001 - a column of the table
    state: RatingState,
    bad: bool,  # noqa: FBT001 - a column of the table
) -> None:
    rating = kept(Rating, POSTED, FILED, like(review.AppealDecided, upheld=upheld))

    assert (rating.state, rating.is_bad) == (state, bad)


OPENED = like(rectifying.RectificationOpened)
MISSED = like(rectifying.ContactMade, reached=False, attempt_no=1)
THIRD = like(rectifying.ContactMade, reached=False, attempt_no=3)
REACHED = like(rectifying.ContactMade, reached=True, attempt_no=2)
SIMPLE = like(rectifying.FindingRecorded, finding="FIX_NOW", cause="ATTITUDE", ledger_no=None)
COMPLEX = like(rectifying.FindingRecorded, finding="LEDGER", ledger_no="1")
LATER = like(rectifying.DeadlineExtended, days=5)
REMOVED = like(rectifying.MeasureCompleted)
TOLD = like(rectifying.FeedbackSent)
UNREACHED = like(rectifying.RectificationFollowedUp, reached=False)
UNHAPPY = like(rectifying.RectificationFollowedUp, reached=True, result="DISSATISFIED")
REOPENED = like(rectifying.RectificationReopened)
CLOSED = like(rectifying.RectificationClosed, on_time=True)


def test_of_a_rectification_is_kept_who_answers_for_which_rating() -> None:
    order = kept(Rectification, OPENED)

    assert (order.review_id, order.level, order.real_name) == (
        "PJ20240918000052",
        "DISSATISFIED",
        True,
    )
    assert (order.cause, order.org_code) == ("EFFICIENCY", "11610102MB2X00178C")


def test_an_order_is_given_once() -> None:
    other = like(rectifying.RectificationOpened, review_id="PJ2")

    assert kept(Rectification, OPENED, other, anomalies=1).review_id == "PJ20240918000052"


def test_the_first_call_that_reaches_somebody_is_in_touch() -> None:
    missed = kept(Rectification, OPENED, MISSED)
    touched = kept(Rectification, OPENED, MISSED, REACHED, REACHED)

    assert (missed.state, missed.contacted_at) == (RectificationState.OPENED, None)
    assert (touched.state, touched.attempts) == (RectificationState.CONTACTED, 3)
    assert touched.contacted_at == MONDAY + timedelta(days=2)


def test_each_round_has_its_finding_its_extension_and_its_end() -> None:
    first = (OPENED, REACHED, COMPLEX, LATER, LATER, REMOVED, TOLD, UNHAPPY)
    order = kept(Rectification, *first, REOPENED, SIMPLE)

    assert order.rounds == (Round("LEDGER", 10, after(5)), Round("FIX_NOW"))
    assert (order.cause, order.reopened_times) == ("ATTITUDE", 1)
    assert (order.answer, order.followed_up_on) == ("DISSATISFIED", after(7))


def test_of_very_many_rounds_the_first_and_the_last_are_kept() -> None:
    reopened = [REOPENED] * (ROUNDS_MAX + 3)
    order = kept(Rectification, OPENED, *reopened, LATER, anomalies=len(reopened) + 1)

    assert len(order.rounds) == ROUNDS_MAX
    assert order.round == Round(extension_days=5)
    assert order.reopened_times == ROUNDS_MAX + 3


def test_whoever_is_not_reached_gives_no_answer() -> None:
    order = kept(Rectification, OPENED, REACHED, SIMPLE, REMOVED, TOLD, UNREACHED, CLOSED)

    assert (order.answer, order.followed_up_on, order.on_time) == ("", after(5), True)


REQUESTED = like(assist.AssistRequested)
ACCEPTED = like(assist.AssistAccepted)
ASSIGNED = like(assist.AgentAssigned)
MANDATED = like(assist.MandateSigned)
VISITED = like(assist.AssistVisitMade, place="HOME")
BLOCKED = like(assist.AssistBlocked, blocker="SUPERIOR")
UNBLOCKED = like(assist.AssistUnblocked)
TERMINATED = like(assist.AssistTerminated)
COMPLETED = like(assist.AssistCompleted, on_time=False)
RATED = like(assist.AssistRated, level="VERY_SATISFIED")


def logged(stage: str) -> Fact:
    return like(assist.AssistStepLogged, stage=stage)


def test_of_a_task_is_kept_who_is_helped_with_what() -> None:
    task = kept(Task, REQUESTED)

    assert (task.kind, task.mode, task.system) == ("FIVE_UP_ENTERPRISE", "PROXY", "XIAN_BANGBAN")
    assert (task.party, task.five_up) == ("pt_7f3c9a51e0b24d68", "TRADE_CATERING")
    assert task.item_codes == ("11610102MB2X00178C4000131016000",)
    assert not task.special_group


def test_help_for_nobody_in_particular_is_kept_without_a_class() -> None:
    party = {"party_token": "pt_1", "party_type": "NATURAL_PERSON", "special_group": True}
    task = kept(Task, like(assist.AssistRequested, party=party, kind="SPECIAL_GROUP"))

    assert (task.five_up, task.special_group) == ("", True)


def test_of_very_many_items_the_first_are_kept() -> None:
    items = [f"item-{number}" for number in range(ITEMS_MAX + 1)]

    assert len(kept(Task, like(assist.AssistRequested, item_codes=items)).item_codes) == ITEMS_MAX


def test_help_is_asked_for_once() -> None:
    other = like(assist.AssistRequested, kind="GENERAL")

    assert kept(Task, REQUESTED, other, anomalies=1).kind == "FIVE_UP_ENTERPRISE"


def test_the_first_agent_is_the_first_contact_and_the_last_one_answers() -> None:
    other = like(assist.AgentAssigned, agent_id="st-0900", tier="BLOCK_POINT", site_id=None)
    task = kept(Task, REQUESTED, ACCEPTED, ASSIGNED, other)

    assert (task.accepted_on, task.contacted_on) == (after(1), after(2))
    assert (task.agent, task.tier, task.site) == ("st-0900", "BLOCK_POINT", "")


def test_notes_and_visits_of_the_work_are_kept() -> None:
    work = (logged("TRACKING"), logged("PRE_GUIDANCE"), logged("TRACKING"), VISITED, VISITED)
    task = kept(Task, REQUESTED, ACCEPTED, ASSIGNED, MANDATED, *work)

    assert task.stages == ("PRE_GUIDANCE", "TRACKING")
    assert (task.visits, task.visited_on, task.place) == (2, after(7), "HOME")


@pytest.mark.parametrize("freed", [UNBLOCKED, TERMINATED])
def test_a_task_waits_for_somebody_until_it_goes_on_or_ends(freed: Fact) -> None:
    waiting = (REQUESTED, ACCEPTED, ASSIGNED, MANDATED, BLOCKED)

    assert kept(Task, *waiting).blocker == "SUPERIOR"
    assert kept(Task, *waiting, freed).blocker == ""


def test_of_the_end_is_kept_whether_it_was_in_time_and_welcome() -> None:
    task = kept(Task, REQUESTED, ACCEPTED, ASSIGNED, MANDATED, COMPLETED, RATED)

    assert (task.state, task.on_time) == (TaskState.RATED, False)
    assert (task.level, task.rated_on, task.done_on) == ("VERY_SATISFIED", after(5), after(4))
