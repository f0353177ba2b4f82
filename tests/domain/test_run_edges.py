"""Runs at their edges: of what is not known, told late, judged by another policy, or too long."""

from dataclasses import replace
from datetime import date, datetime

from msgspec import structs

from services.metrics.domain.clocks.alert import AlertRecord
from services.metrics.domain.clocks.reading import moved
from services.metrics.domain.clocks.reason import Grounds
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.fold import fold, fold_all
from services.metrics.domain.picture import clocks_of, picture_of
from services.metrics.domain.reasons.explanation import explain
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.subject import STEPS_MAX, CourseStep
from shared.contracts.assist.facts import AssistCompleted, AssistRequested, AssistStepLogged
from shared.contracts.intake.facts import (
    ApplicationAccepted,
    ApplicationReceived,
    CorrectionReceived,
    CorrectionRequested,
)
from shared.contracts.review.facts import RatingPosted
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.words import AlertLevel
from shared.contracts.words import ClockName
from shared.policy.rules import shipped
from shared.policy.sla import bureau_policy
from tests.support.clock_facts import ClockFacts, clock, hold, instant, terms
from tests.support.examples import like_the_example
from tests.support.way_of_a_case import (
    ACCEPTED,
    CASE,
    DECIDED,
    RECEIVED,
    REFERRED,
    entry,
)

RULES = shipped()
STARTED = instant("2024-09-02T10:00")


def known_by(*facts: str) -> Dossier:
    """Return a case of which no more is known than that *facts* happened."""
    steps = tuple(CourseStep(fact, STARTED, fact) for fact in facts)
    return Dossier(key=CASE, subjects=(Case(name=CASE, steps=steps),))


def test_a_limit_that_nobody_has_named_does_not_run() -> None:
    assert clocks_of(known_by(ApplicationAccepted.TYPE), RULES) == ()


def test_a_receipt_without_a_day_of_its_own_counts_from_its_instant() -> None:
    (silence,) = clocks_of(known_by(ApplicationReceived.TYPE), RULES)

    assert (silence.started_on, silence.due) == (date(2024, 9, 2), date(2024, 9, 9))


def test_what_is_told_late_makes_the_picture_that_it_would_have_made_in_time() -> None:
    rated = entry(like_the_example(RatingPosted), 90)
    late = entry(REFERRED.data, 80)
    before = picture_of(fold_all(CASE, [RECEIVED, rated, DECIDED]), None, RULES)
    dossier = fold_all(CASE, [RECEIVED, ACCEPTED, rated, DECIDED, late])

    assert picture_of(dossier, before, RULES) == picture_of(dossier, None, RULES)


def test_a_step_that_is_told_late_is_seen_although_nothing_else_is_new() -> None:
    logged = entry(like_the_example(CorrectionRequested, case_no=CASE), 5)
    late = entry(like_the_example(CorrectionReceived, case_no=CASE, complete=False), 3)
    before = picture_of(fold_all(CASE, [RECEIVED, logged]), None, RULES)
    dossier = fold_all(CASE, [RECEIVED, logged, late])

    assert picture_of(dossier, before, RULES) == picture_of(dossier, None, RULES)


def test_steps_in_another_order_are_looked_at_again() -> None:
    (case,) = known_by(ApplicationReceived.TYPE, CorrectionReceived.TYPE).subjects
    turned = structs.replace(case, steps=tuple(reversed(case.steps)))

    assert moved(turned, case, bureau_policy())
    assert not moved(structs.replace(case), case, bureau_policy())


def test_a_fact_about_a_card_changes_no_clock() -> None:
    before = picture_of(fold_all(CASE, [RECEIVED]), None, RULES)
    same = picture_of(fold(before.dossier, []), before, RULES)

    assert same.by_subject is before.by_subject


def test_a_run_is_judged_by_the_policy_of_the_day_on_which_it_began() -> None:
    policy = bureau_policy()
    quicker = tuple(
        limit.model_copy(update={"limit": 3}) if limit.id == "SLA-01" else limit
        for limit in policy.limits
    )
    later = (date(2024, 9, 3), policy.amended(limits=quicker))
    rules = replace(RULES, policies=(*RULES.policies, later))
    tomorrow = entry(RECEIVED.data.model_copy(update={"received_date": date(2024, 9, 3)}), 24)
    (old,) = clocks_of(fold_all(CASE, [RECEIVED]), rules)
    (new,) = clocks_of(fold_all(CASE, [tomorrow]), rules)

    assert (old.limit, new.limit) == (5, 3)
    assert (old.due, new.due) == (date(2024, 9, 9), date(2024, 9, 6))
    assert old.policy is policy


def test_of_very_many_steps_the_first_of_a_kind_is_kept_however_late_it_comes() -> None:
    begun = entry(like_the_example(AssistRequested), 0)
    task_id = begun.data.task_id
    logged = [
        entry(like_the_example(AssistStepLogged, task_id=task_id), number)
        for number in range(1, STEPS_MAX)
    ]
    done = entry(like_the_example(AssistCompleted, task_id=task_id), STEPS_MAX)
    (task,) = fold_all(CASE, [begun, *logged, done]).subjects

    assert [step.by for step in (task.steps[0], task.steps[-1])] == [begun.id, done.id]
    assert len(task.steps) == STEPS_MAX + 1


def test_a_hold_by_the_bureaus_own_rule_is_explained_by_that_rule() -> None:
    held = hold("2024-09-10", "2024-09-12", reason="ONSITE_VERIFICATION", basis="LOCAL_RULE")
    one = clock(ClockFacts(CASE, terms("2024-09-02"), (held,)), ClockName.COMMITTED)
    days = explain(one, instant("2024-09-13"), language="en").days

    assert {day.law for day in days if day.kind == "stopped"} == {"the item's published guide"}


def test_a_stored_alert_is_what_was_said_of_its_clock() -> None:
    key = ClockKey(CASE, "I1", "SLA-13a", 1)
    raised_at = datetime.fromisoformat("2024-09-03T00:00:00+08:00")
    record = AlertRecord(
        alert_id="a1",
        key=key,
        clock="INSPECT_SCHEDULE",
        level=AlertLevel.YELLOW,
        severity=1,
        raised_at=raised_at,
        recorded_at=raised_at,
        lateness_ms=0,
        due=date(2024, 9, 3),
        grounds=Grounds(),
        state=AlertState.ACKNOWLEDGED,
    )

    assert (record.dossier, record.sla) == (CASE, "SLA-13a")
    assert (record.alert.state, record.alert.raised_at) == (AlertState.ACKNOWLEDGED, raised_at)
    assert replace(record, state=AlertState.REVOKED).alert.state is AlertState.REVOKED
