"""Cards: raised when due, resolved when done, withdrawn when a late fact heals them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.metrics.domain.clocks.alert import Alert, AlertRecord, next_at, reconcile
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.deadline import expected, first_at
from services.metrics.domain.clocks.instants import midnight
from services.metrics.domain.clocks.reason import Grounds
from services.metrics.domain.clocks.run import ClockKey
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.facts import AlertRaised, AlertRevoked
from shared.contracts.supervision.words import AlertLevel
from shared.contracts.words import ClockName
from shared.policy.calendar import official_calendar
from tests.support.clock_facts import (
    ClockFacts,
    clock,
    day,
    decision,
    extension,
    hold,
    instant,
    terms,
)
from tests.support.desk import Desk

PLAIN = ClockFacts("XC1", terms("2024-09-02"))  # near on 09-25, due on 09-30
LATE = instant("2024-10-08T09:00:00")
YELLOW, RED = AlertLevel.YELLOW, AlertLevel.RED
OPEN, OVER = AlertState.RAISED, AlertState.RESOLVED
NEAR_AT, BREACHED_AT = instant("2024-09-25"), instant("2024-10-01")


def test_nothing_is_raised_before_its_instant() -> None:
    desk = Desk()

    assert desk.tick(clock(PLAIN), NEAR_AT - timedelta(seconds=1)) == []
    assert next_at(clock(PLAIN), (), instant("2024-09-02")) == NEAR_AT


def test_yellow_comes_on_its_day_and_gives_way_to_red() -> None:
    desk = Desk()
    desk.tick(clock(PLAIN), NEAR_AT)
    assert desk.standing() == {(YELLOW, NEAR_AT, OPEN)}

    desk.tick(clock(PLAIN), BREACHED_AT)

    assert desk.standing() == {(YELLOW, NEAR_AT, OVER), (RED, BREACHED_AT, OPEN)}
    assert next_at(clock(PLAIN), desk.alerts.values(), BREACHED_AT) is None


def test_an_alert_is_raised_at_its_due_instant_whenever_somebody_looks() -> None:
    early, late = Desk(), Desk()
    early.tick(clock(PLAIN), NEAR_AT)
    early.tick(clock(PLAIN), BREACHED_AT)
    late.tick(clock(PLAIN), LATE)

    assert late.standing() == early.standing()
    assert late.alerts.keys() == early.alerts.keys()


def test_a_red_alert_says_what_was_broken_and_by_what() -> None:
    fact = Desk().tick(clock(PLAIN, ClockName.STATUTORY), LATE)[-1].fact

    assert isinstance(fact, AlertRaised)
    assert (fact.level, fact.severity, fact.basis, fact.sla_id) == (RED, 2, "STATUTORY", "SLA-05")
    assert (fact.concerns, fact.due, fact.causes) == ("XC1", day("2024-09-30"), ("accepted",))
    assert "DIRECTOR" in fact.recipients


def test_a_decision_on_the_due_day_is_in_time() -> None:
    desk = Desk()
    desk.tick(clock(PLAIN), NEAR_AT)

    desk.tick(clock(replace(PLAIN, ending=decision("2024-09-30"))), LATE)

    assert desk.standing() == {(YELLOW, NEAR_AT, OVER)}
    assert desk.rulings[-1].at == instant("2024-09-30T15:00:00")


def test_red_is_resolved_when_the_work_is_done_and_never_deleted() -> None:
    desk = Desk()
    desk.tick(clock(PLAIN), BREACHED_AT)

    desk.tick(clock(replace(PLAIN, ending=decision("2024-10-08"))), LATE + timedelta(days=1))

    assert (RED, BREACHED_AT, OVER) in desk.standing()


HEALINGS = [
    (replace(PLAIN, ending=decision("2024-09-24")), "2024", "已于9月24日办理完毕", "decided"),
    (replace(PLAIN, holds=(hold("2024-09-10", "2024-09-20"),)), "", "编号H1", "H1-opened"),
    (replace(PLAIN, extensions=(extension("2024-09-20"),)), "", "9月20日批准", "extended"),
    (replace(PLAIN, terms=terms("2024-09-20", by="amended")), "", "已更正", "amended"),
]


@pytest.mark.parametrize(("facts", "_", "words", "event_id"), HEALINGS)
def test_a_late_fact_withdraws_the_card_that_it_heals_with_the_reason(
    facts: ClockFacts, _: str, words: str, event_id: str
) -> None:
    desk = Desk()
    desk.tick(clock(PLAIN), BREACHED_AT)

    rulings = desk.tick(clock(facts), LATE)

    revoked = [one for one in rulings if isinstance(one.fact, AlertRevoked)]
    assert (RED, BREACHED_AT, OPEN) not in desk.standing()
    assert len(revoked) == 2
    for one in revoked:
        assert isinstance(one.fact, AlertRevoked)
        assert words in one.fact.reason
        assert one.reason is not None
        assert one.reason.event_id == event_id
        assert one.reason.text("en").isascii()


def test_a_new_calendar_withdraws_what_it_moves() -> None:
    facts = ClockFacts("XC1", terms("2026-12-21"))
    published = official_calendar().published(
        [2027], {date(2027, 1, n): "春节" for n in range(11, 19)}, {}
    )
    desk = Desk()
    desk.tick(clock(facts), instant("2027-01-19"))

    desk.tick(clock(facts, calendar=published), instant("2027-01-19"))

    assert desk.standing() == set()
    assert desk.rulings[-1].reason is not None
    assert desk.rulings[-1].reason.code == "revoked.calendar_published"


def test_a_hold_over_the_yellow_day_raises_it_later() -> None:
    paused = clock(replace(PLAIN, holds=(hold("2024-09-24", "2024-09-26"),)))

    assert [one.raised_at for one in expected(paused)] == [
        instant("2024-09-27"),
        instant("2024-10-10"),
    ]


def test_an_open_hold_raises_nothing() -> None:
    assert expected(clock(replace(PLAIN, holds=(hold("2024-09-24"),)))) == ()


def test_an_extension_after_the_yellow_day_resolves_the_yellow_and_does_not_withdraw_it() -> None:
    extended = clock(replace(PLAIN, extensions=(extension("2024-09-27"),)))
    desk = Desk()
    desk.tick(clock(PLAIN), NEAR_AT)

    desk.tick(extended, LATE)

    assert desk.standing() == {(YELLOW, NEAR_AT, OVER)}
    assert desk.rulings[-1].at == instant("2024-09-27")
    assert next_at(extended, desk.alerts.values(), LATE) == instant("2024-10-12")


def test_a_breach_that_was_healed_and_breaks_again_is_a_new_episode() -> None:
    desk = Desk()
    healed = clock(replace(PLAIN, holds=(hold("2024-09-10"),)))
    again = clock(replace(PLAIN, holds=(hold("2024-09-10", "2024-09-10"),)))
    desk.tick(clock(PLAIN), BREACHED_AT)

    desk.tick(healed, LATE)
    desk.tick(again, LATE)

    reds = [alert for alert in desk.alerts.values() if alert.level is RED]
    assert {alert.state for alert in reds} == {OPEN, AlertState.REVOKED}
    assert len({alert.alert_id for alert in reds}) == 2


def test_an_immediate_case_decided_on_its_day_raises_nothing() -> None:
    facts = ClockFacts("XC1", terms("2024-09-02", committed=0), ending=decision("2024-09-02"))

    assert expected(clock(facts, ClockName.COMMITTED)) == ()


# What may become known of a case, in any order and more than once.
Change = Callable[[ClockFacts], ClockFacts]
DAYS = st.integers(0, 60).map(lambda n: date(2024, 8, 30) + timedelta(n))
INSTANTS = st.integers(0, 24 * 90).map(lambda n: midnight(date(2024, 8, 30)) + timedelta(hours=n))


def opening(name: str, opened: date) -> Change:
    one = hold(opened.isoformat(), name=name)

    def known(facts: ClockFacts) -> ClockFacts:
        others = [other for other in facts.holds if other.hold_id != name]
        closed = [other for other in facts.holds if other.hold_id == name and other.closed_on]
        return replace(facts, holds=(*others, *(closed or [one])))

    return known


def closing(name: str, opened: date, length: int) -> Change:
    one = hold(opened.isoformat(), (opened + timedelta(length)).isoformat(), name=name)

    def known(facts: ClockFacts) -> ClockFacts:
        others = (other for other in facts.holds if other.hold_id != name)
        return replace(facts, holds=(*others, one))

    return known


def ending(on: date) -> Change:
    return lambda facts: replace(facts, ending=decision(on.isoformat()))


def extending(on: date) -> Change:
    return lambda facts: replace(facts, extensions=(extension(on.isoformat()),))


@st.composite
def stories(draw: st.DrawFn) -> tuple[ClockFacts, list[Change]]:
    """Draw a case and the facts about it."""
    limit = draw(st.integers(0, 25))
    changes: list[Change] = []
    for name in draw(st.sampled_from([(), ("H1",), ("H1", "H2")])):
        opened = draw(DAYS)
        changes.append(opening(name, opened))
        if draw(st.booleans()):
            changes.append(closing(name, opened, draw(st.integers(0, 15))))
    changes += [ending(on) for on in draw(st.lists(DAYS, max_size=1))]
    changes += [extending(on) for on in draw(st.lists(DAYS, max_size=1))]
    return ClockFacts("XC1", terms("2024-09-02", statutory=limit)), changes


def final(facts: ClockFacts, changes: list[Change]) -> Clock:
    for change in changes:
        facts = change(facts)
    return clock(facts)


@given(stories(), st.data())
def test_no_order_of_facts_and_ticks_changes_what_stands_in_the_end(
    story: tuple[ClockFacts, list[Change]], data: st.DataObject
) -> None:
    facts, changes = story
    arrivals = data.draw(st.permutations(changes + changes[:2]))
    ticks = sorted(data.draw(st.lists(INSTANTS, max_size=2 * len(arrivals) + 2)))
    desk, known = Desk(), facts
    for change in arrivals:
        for _ in range(data.draw(st.integers(0, 2))):
            if ticks:
                desk.tick(clock(known), ticks.pop(0))
        known = change(known)
    end = instant("2025-06-01")
    desk.tick(clock(known), end)
    prompt = Desk()
    prompt.tick(final(facts, changes), end)

    assert desk.standing() == prompt.standing()
    assert len(desk.standing()) == len({place[:2] for place in desk.standing()})


@given(stories(), st.lists(INSTANTS, max_size=12))
def test_every_breach_has_exactly_one_red_card_and_nothing_else_has(
    story: tuple[ClockFacts, list[Change]], ticks: list[datetime]
) -> None:
    found = final(*story)
    desk = Desk()
    for now in [*sorted(ticks), instant("2025-06-01")]:
        desk.tick(found, now)
    reds = [alert for alert in desk.alerts.values() if alert.level is RED]
    late = found.due is not None and (found.ending is None or found.ending.ended_on > found.due)

    assert len(reds) == late
    assert [alert.raised_at for alert in reds] == [found.due_at for _ in range(late)]
    assert all(not isinstance(one.fact, AlertRevoked) for one in desk.rulings)


def by_hand(desk: Desk) -> None:
    """Let people withdraw all that stands."""
    for name, alert in desk.alerts.items():
        if alert.state is not AlertState.REVOKED:
            desk.alerts[name] = replace(alert, state=AlertState.REVOKED, by_hand=True)


def test_what_people_have_withdrawn_is_not_claimed_again_and_what_follows_is() -> None:
    desk = Desk()
    desk.tick(clock(PLAIN), NEAR_AT)
    by_hand(desk)

    assert next_at(clock(PLAIN), desk.alerts.values(), NEAR_AT) == BREACHED_AT
    desk.tick(clock(PLAIN), LATE)
    assert desk.standing() == {(RED, BREACHED_AT, OPEN)}


def test_a_due_date_that_moves_is_another_claim() -> None:
    desk = Desk()
    desk.tick(clock(PLAIN), LATE)
    by_hand(desk)
    moved = clock(replace(PLAIN, extensions=(extension("2024-09-20"),)))

    desk.tick(moved, instant("2024-11-30"))
    assert {level for level, _, _ in desk.standing()} == {YELLOW, RED}
    desk.tick(clock(PLAIN), instant("2024-11-30"))
    assert desk.standing() == set()


@given(stories(), st.data())
def test_what_is_withdrawn_by_hand_stays_so_whatever_comes(
    story: tuple[ClockFacts, list[Change]], data: st.DataObject
) -> None:
    facts, changes = story
    desk, known = Desk(), facts
    ticks = sorted(data.draw(st.lists(INSTANTS, min_size=2, max_size=8)))
    at = data.draw(st.integers(0, len(ticks) - 1))
    denied: set[tuple[AlertLevel, datetime]] = set()
    for number, now in enumerate(ticks):
        desk.tick(clock(known), now)
        if number == at:
            denied = {place[:2] for place in desk.standing()}
            by_hand(desk)
        if changes:
            known = changes.pop(0)(known)
    desk.tick(clock(known), instant("2025-06-01"))
    wanted = {(one.level, one.raised_at) for one in expected(clock(known))}

    assert {place[:2] for place in desk.standing()} == wanted - denied


@given(stories())
def test_what_a_clock_calls_for_is_told_in_the_order_of_time(
    story: tuple[ClockFacts, list[Change]],
) -> None:
    called_for = expected(final(*story))
    instants = [one.raised_at for one in called_for]

    assert instants == sorted(instants)
    assert first_at(final(*story)) == min(instants, default=None)
    assert all(one.over_at is None or one.over_at >= one.raised_at for one in called_for)
    assert reconcile(final(*story), (), instant("2024-08-30")) == []


@pytest.mark.parametrize("state", AlertState)
def test_a_card_that_somebody_has_seen_still_stands_until_it_is_over(state: AlertState) -> None:
    at = instant("2024-09-13")
    record = AlertRecord(
        alert_id="a-1",
        key=ClockKey("XC1", "XC1", "SLA-04", 0),
        clock="COMMITTED",
        level=AlertLevel.RED,
        severity=2,
        raised_at=at,
        recorded_at=at,
        lateness_ms=0,
        due=day("2024-09-12"),
        grounds=Grounds(),
        state=state,
    )

    assert record.alert == Alert("a-1", AlertLevel.RED, at, state, Grounds())
    assert state.stands is (state in {"RAISED", "ACKNOWLEDGED", "ESCALATED"})
    assert (record.dossier, record.sla) == ("XC1", "SLA-04")
