"""Decisions whose clocks have no end, and pictures of which little has changed."""

from services.metrics.domain.figures.contributions import contributions
from services.metrics.domain.figures.figure import About
from services.metrics.domain.fold import fold, fold_all
from services.metrics.domain.picture import picture_of
from shared.contracts.handling.facts import ResultIssued
from shared.policy.rules import shipped
from tests.support.examples import like_the_example
from tests.support.way_of_a_case import ACCEPTED, CASE, DECIDED, RECEIVED, STARTED, entry

RULES = shipped()
ISSUED = entry(like_the_example(ResultIssued, case_no=CASE), 210)


def test_a_decision_is_neither_in_time_nor_late_where_no_clock_has_an_end() -> None:
    dossier = fold_all(CASE, [RECEIVED, ACCEPTED, STARTED, DECIDED])
    sums = contributions(About(dossier, RULES.calendar))

    assert not any(part.startswith("K23.2") for part, _ in sums)
    assert "L03/decided:APPROVED" in {part for part, _ in sums}


def test_clocks_that_no_fact_has_touched_are_not_computed_again() -> None:
    before = picture_of(fold_all(CASE, [RECEIVED, ACCEPTED, STARTED, DECIDED]), None, RULES)
    issued = fold(before.dossier, [ISSUED])

    after = picture_of(issued, before, RULES)

    assert after.clocks is before.clocks
    assert after.contributions == picture_of(issued, None, RULES).contributions


def test_a_step_on_which_no_limit_stands_moves_no_clock() -> None:
    before = picture_of(fold_all(CASE, [RECEIVED, ACCEPTED]), None, RULES)
    started = fold(before.dossier, [STARTED])

    after = picture_of(started, before, RULES)

    assert started.subjects is not before.dossier.subjects
    assert after.clocks is before.clocks


def test_a_step_that_begins_a_limit_moves_the_clocks_of_its_subject() -> None:
    before = picture_of(fold_all(CASE, [RECEIVED]), None, RULES)
    accepted = fold(before.dossier, [ACCEPTED])

    after = picture_of(accepted, before, RULES)

    assert len(after.clocks) > len(before.clocks)
    assert after.clocks == picture_of(accepted, None, RULES).clocks
