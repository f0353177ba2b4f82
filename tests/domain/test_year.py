"""A year of every kind of subject, counted twice: 0 differences, whoever counts."""

import os
from collections import Counter
from datetime import date

import pytest

from services.metrics.domain.clocks.deadline import expected
from shared.contracts.intake.facts import ApplicationReceived
from shared.contracts.publishing import example_of
from shared.contracts.supervision.words import AlertLevel
from shared.policy.supervision import SupervisionProfile
from tests.support.supervised import rules_of
from tests.support.year.compare import checker, explained, in_two_readings, ours
from tests.support.year.story import dossiers

ITEM: str = example_of(ApplicationReceived.TYPE)["data"]["case"]["item_code"]
GUIDES = {ITEM: {"stationed": True}}
RULES = rules_of(SupervisionProfile.DEFAULT, GUIDES)
DOSSIERS = int(os.environ.get("CASETRACK_YEAR_DOSSIERS", "600"))
"""In three years and under both profiles together; 30,000 are the whole of it, in some minutes."""
SEED = os.environ.get("CASETRACK_YEAR_SEED", "1")
YEARS = [date(2024, 1, 10), date(2025, 1, 10), date(2026, 1, 10)]
"""The last of them runs into one whose notice has not appeared."""
SHOWN_MAX = 5
OFTEN = 50
"""A limit that ran so often was broken at least once."""

PROFILES = {supervision: rules_of(supervision, GUIDES) for supervision in SupervisionProfile}
SEEN = {SupervisionProfile.DEFAULT: {AlertLevel.YELLOW, AlertLevel.RED}}
"""The levels of a profile that has not all of them."""

EACH = DOSSIERS // len(YEARS) // len(PROFILES)
"""In one year, under one profile."""

of_a_year = pytest.mark.parametrize("first", YEARS, ids=lambda first: str(first.year))
by_each_profile = pytest.mark.parametrize("supervision", SupervisionProfile)


@by_each_profile
@of_a_year
def test_a_porter_who_counts_minute_by_minute_agrees_with_every_run(
    first: date, supervision: SupervisionProfile
) -> None:
    rules = PROFILES[supervision]
    found = [
        difference
        for key, events in dossiers(SEED, first, EACH)
        for difference in in_two_readings(key, events, rules, supervision, {ITEM})
    ]

    assert found[:SHOWN_MAX] == [], f"{len(found)} differences"


@by_each_profile
@of_a_year
def test_a_stranger_finds_every_deadline_again_in_its_explanation(
    first: date, supervision: SupervisionProfile
) -> None:
    stranger, rules = checker(), PROFILES[supervision]
    found = [
        difference
        for key, events in dossiers(SEED, first, EACH)
        for clock in ours(key, events, rules).values()
        for told in explained(clock)
        for difference in stranger.differences(told)
    ]

    assert found[:SHOWN_MAX] == [], f"{len(found)} differences"


@by_each_profile
def test_every_level_of_a_profile_is_told_of_in_these_years(
    supervision: SupervisionProfile,
) -> None:
    told = {
        card.level
        for key, events in dossiers(SEED, YEARS[0], EACH)
        for clock in ours(key, events, PROFILES[supervision]).values()
        for card in expected(clock)
    }

    assert told == SEEN.get(supervision, {*AlertLevel})


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
