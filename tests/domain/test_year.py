"""A year of every kind of subject, counted twice: 0 differences, whoever counts."""

import os
from collections import Counter
from datetime import date

import pytest

from shared.policy.rules import shipped
from tests.support.year.compare import checker, explained, in_two_readings, ours
from tests.support.year.story import dossiers

RULES = shipped()
DOSSIERS = int(os.environ.get("CASETRACK_YEAR_DOSSIERS", "600"))
"""In three years together; 30,000 are the whole of it, in some minutes."""
SEED = os.environ.get("CASETRACK_YEAR_SEED", "1")
YEARS = [date(2024, 1, 10), date(2025, 1, 10), date(2026, 1, 10)]
"""The last of them runs into one whose notice has not appeared."""
SHOWN_MAX = 5
OFTEN = 50
"""A limit that ran so often was broken at least once."""

of_a_year = pytest.mark.parametrize("first", YEARS, ids=lambda first: str(first.year))


@of_a_year
def test_a_porter_who_counts_minute_by_minute_agrees_with_every_run(first: date) -> None:
    found = [
        difference
        for key, events in dossiers(SEED, first, DOSSIERS // len(YEARS))
        for difference in in_two_readings(key, events, RULES)
    ]

    assert found[:SHOWN_MAX] == [], f"{len(found)} differences"


@of_a_year
def test_a_stranger_finds_every_deadline_again_in_its_explanation(first: date) -> None:
    stranger = checker()
    found = [
        difference
        for key, events in dossiers(SEED, first, DOSSIERS // len(YEARS))
        for clock in ours(key, events, RULES).values()
        for told in explained(clock)
        for difference in stranger.differences(told)
    ]

    assert found[:SHOWN_MAX] == [], f"{len(found)} differences"


def test_every_limit_that_anybody_hears_of_runs_ends_and_is_broken_in_these_years() -> None:
    ran, ended, late = Counter[str](), Counter[str](), Counter[str]()
    for first in YEARS:
        for key, events in dossiers(SEED, first, DOSSIERS // len(YEARS)):
            for clock in ours(key, events, RULES).values():
                ran[clock.sla.id] += 1
                ended[clock.sla.id] += clock.ended_at is not None
                late[clock.sla.id] += clock.due_at is not None and (
                    clock.ended_at is None or clock.ended_at >= clock.due_at
                )
    heard = {row.id for _, policy in RULES.policies for row in policy.limits if row.recipients}

    assert heard - ran.keys() == set()
    assert {row for row in heard if not ended[row]} <= {"RULE-02"}
    assert {row for row in heard if ran[row] >= OFTEN and not late[row]} == set()
