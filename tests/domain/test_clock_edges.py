"""Clocks at their edges: held open, not ended, extended by too little; and why a card went."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from services.metrics.domain.clocks.deadline import expected
from services.metrics.domain.clocks.reason import Grounds, why_revoked
from services.metrics.domain.reasons.explanation import explain
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.words import AlertLevel
from shared.policy.calendar import ZONE
from shared.policy.counting import HORIZON
from tests.support.clock_facts import (
    ClockFacts,
    clock,
    decision,
    extension,
    hold,
    instant,
    terms,
)
from tests.support.desk import Desk

PLAIN = ClockFacts("XC1", terms("2024-09-02"))  # near on 09-25, due on 09-30
NATURAL = terms("2024-09-02", statutory=10, unit="ND")
BREACHED_AT = instant("2024-10-01")


def test_a_clock_that_is_held_open_is_never_late_and_never_near() -> None:
    found = clock(ClockFacts("XC1", NATURAL, (hold("2024-09-05"),)))

    assert (found.due, found.near_at, found.ended_at) == (None, None, None)
    assert found.overdue(instant("2024-12-31")) == 0


def test_a_limit_of_millions_of_days_ends_with_the_last_day_that_counts() -> None:
    endless = clock(ClockFacts("XC1", terms("2024-09-02", statutory=2**31 - 1)))

    assert (endless.due, endless.provisional) == (HORIZON, True)
    assert endless.due_at == datetime(9999, 1, 1, tzinfo=ZONE)


def test_a_clock_that_starts_on_the_last_days_of_all_can_be_explained() -> None:
    last = clock(ClockFacts("XC1", terms("9999-12-30")))

    assert last.due == date(9999, 12, 30)
    assert [one.date for one in explain(last, instant("2024-09-03")).days] == [date(9999, 12, 30)]


def test_natural_days_that_end_on_a_working_day_do_not_roll() -> None:
    said = explain(clock(ClockFacts("XC1", NATURAL)), instant("2024-09-03")).sentence

    assert said.zh == "9月2日受理，第二日起算；应于9月12日办结。"


def test_an_extension_by_too_little_leaves_one_yellow() -> None:
    facts = replace(PLAIN, extensions=(extension("2024-09-29", days=1),))
    yellows = [one for one in expected(clock(facts)) if one.level is AlertLevel.YELLOW]

    assert [one.raised_at for one in yellows] == [instant("2024-09-25")]


def test_a_limit_that_would_have_been_near_before_it_was_given_is_near_from_then_on() -> None:
    # Two natural days end on a Sunday and so on Monday 10-12, near that day; of three, which are
    # given that day, Sunday would have been the first that is near.
    given = (extension("2026-10-12", days=1),)
    found = clock(ClockFacts("XC1", terms("2026-10-09", statutory=2, unit="ND"), (), given))

    assert found.due == date(2026, 10, 12)
    assert expected(found)[0].raised_at == instant("2026-10-12")


def test_a_card_that_was_resolved_and_is_needed_again_is_a_new_one() -> None:
    desk = Desk()
    desk.tick(clock(replace(PLAIN, ending=decision("2024-10-08"))), instant("2024-10-09"))

    desk.tick(clock(PLAIN), instant("2024-10-09"))

    assert (AlertLevel.RED, BREACHED_AT, AlertState.RAISED) in desk.standing()
    assert {one.reason.code for one in desk.rulings if one.reason} >= {"revoked.reopened"}


REASONS = [
    (replace(PLAIN, extensions=(extension("2024-09-27"),)), Grounds(), "revoked.corrected"),
    (
        replace(PLAIN, holds=(hold("2024-09-27", "2024-09-28"),)),
        Grounds(("H1-opened",)),
        "revoked.hold_closed",
    ),
    (replace(PLAIN, holds=(hold("2024-09-27"),)), Grounds(), "revoked.corrected"),
    (PLAIN, Grounds(policy_version="before"), "revoked.policy_changed"),
]


@pytest.mark.parametrize(("facts", "grounds", "code"), REASONS)
def test_a_card_is_withdrawn_for_what_was_not_known_when_it_was_raised(
    facts: ClockFacts, grounds: Grounds, code: str
) -> None:
    reason = why_revoked(clock(facts), AlertLevel.YELLOW, instant("2024-09-25"), grounds)

    assert reason.code == code
