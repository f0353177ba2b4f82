"""Figures of what happens beside the case, and of decisions that came too late for the law."""

from datetime import date

import pytest

from services.metrics.domain.contributions import contributions
from services.metrics.domain.fold import fold, fold_all
from services.metrics.domain.picture import picture_of
from shared.contracts.assist.facts import AssistCompleted, AssistRequested
from shared.contracts.envelope import Fact
from shared.contracts.inspection.facts import InspectionCreated, VisitConcluded
from shared.contracts.rectification.facts import RectificationClosed, RectificationOpened
from shared.contracts.supervision.facts import AlertRaised
from shared.policy.rules import shipped
from tests.support.examples import like_the_example
from tests.support.way_of_a_case import (
    ACCEPTED,
    CASE,
    CLOSED,
    DECIDED,
    RECEIVED,
    STARTED,
    entry,
)

RULES = shipped()
MONDAY, TUESDAY = date(2024, 9, 2), date(2024, 9, 3)


OPENED = like_the_example(RectificationOpened, rect_id="z1")
RECTIFIED = like_the_example(RectificationClosed, rect_id="z1")
CREATED = like_the_example(InspectionCreated, inspection_id="n1")
CONCLUDED = like_the_example(VisitConcluded, inspection_id="n1", result="PASS")
REQUESTED = like_the_example(AssistRequested, task_id="t1")
HELPED = like_the_example(AssistCompleted, task_id="t1")

BESIDE = [
    ([OPENED], {("K12.1", "opened", MONDAY)}),
    ([OPENED, RECTIFIED], {("K12.1", "opened", MONDAY), ("K12.1", "closed", TUESDAY)}),
    ([CREATED], set()),
    ([CREATED, CONCLUDED], {("K24.5", "concluded", TUESDAY), ("K24.5", "PASS", TUESDAY)}),
    ([REQUESTED], {("K05.2", "requested", MONDAY)}),
    ([REQUESTED, HELPED], {("K05.2", "requested", MONDAY), ("K05.2", "completed", TUESDAY)}),
]


@pytest.mark.parametrize(("facts", "told"), BESIDE)
def test_what_stands_beside_the_case_is_counted_on_its_day(
    facts: list[Fact], told: set[tuple[str, str, date]]
) -> None:
    dossier = fold_all("z1", [entry(fact, 24 * days) for days, fact in enumerate(facts)])
    sums = picture_of(dossier, None, RULES).contributions

    assert {place[:3] for place in sums if place[0] != "L08"} == told


def test_a_card_is_counted_on_the_day_on_which_it_was_raised() -> None:
    raised = entry(like_the_example(AlertRaised, level="RED", basis="COMMITTED"), 24)
    sums = picture_of(fold_all(CASE, [raised]), None, RULES).contributions

    assert {place[:3] for place in sums} == {("K12.4", "RED:COMMITTED:RAISED", TUESDAY)}


def test_a_decision_after_the_legal_limit_is_late_by_law_too() -> None:
    late = entry(DECIDED.data.model_copy(update={"decision_date": date(2024, 10, 9)}), 900)
    sums = picture_of(fold_all(CASE, [RECEIVED, ACCEPTED, STARTED, late]), None, RULES)

    assert {place[1] for place in sums.contributions if place[0] == "K23.2"} == {
        "late",
        "late_by_law",
    }


def test_a_decision_is_neither_in_time_nor_late_where_no_clock_has_an_end() -> None:
    dossier = fold_all(CASE, [RECEIVED, ACCEPTED, STARTED, DECIDED])
    sums = contributions(dossier, {}, RULES.calendar)

    assert "K23.2" not in {place[0] for place in sums}
    assert ("L03", "decided") in {place[:2] for place in sums}


def test_clocks_that_no_fact_has_touched_are_not_computed_again() -> None:
    before = picture_of(fold_all(CASE, [RECEIVED, ACCEPTED, STARTED, DECIDED]), None, RULES)
    closed = fold(before.dossier, [CLOSED])

    after = picture_of(closed, before, RULES)

    assert after.clocks is before.clocks
    assert after.contributions == picture_of(closed, None, RULES).contributions
