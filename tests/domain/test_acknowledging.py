"""A card waits for somebody to acknowledge it (SLA-37), and goes up a level when nobody does."""

from datetime import datetime

import pytest
from msgspec.structs import replace

from services.metrics.domain.clocks.alert import (
    Alert,
    by_name,
    next_at,
    reconcile,
    said_of,
)
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.deadline import expected, first_at
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.entry import Entry
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import clocks_of, every_clock, picture_of
from shared.contracts.envelope import Event, Fact
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.facts import (
    AlertAcknowledged,
    AlertEscalated,
    AlertRaised,
    AlertResolved,
)
from shared.contracts.supervision.words import AlertLevel
from shared.policy.rules import shipped
from tests.support.clock_facts import ClockFacts, instant, terms
from tests.support.clock_facts import clock as late
from tests.support.examples import like_the_example as like

RULES = shipped()
CARD, CASE = "al_1", "XC1"
DUE = instant("2024-09-10T00:00:00")
"""When the matter was late: a Tuesday."""
TOLD = instant("2024-09-10T15:00:00")
"""When the card was recorded, two hall hours before the hall closes."""
BY_NOON = instant("2024-09-11T11:00:00")
"""Four hall hours later."""
RED, YELLOW = AlertLevel.RED, AlertLevel.YELLOW


def said(fact: Fact, at: datetime, learned: datetime | None = None) -> Entry:
    return Entry.of(
        Event.of(
            fact,
            id=f"{type(fact).__name__}-{at.isoformat()}",
            source="urn:casetrack:610102:supervision",
            time=at,
            recordedtime=learned or at,
            partitionkey=CASE,
        )
    )


def raised(level: AlertLevel = RED) -> Entry:
    return said(like(AlertRaised, alert_id=CARD, level=level), DUE, TOLD)


def up(at: str, to_level: int | None = None) -> Entry:
    return said(AlertEscalated(alert_id=CARD, by="supervision", to_level=to_level), instant(at))


SEEN = said(AlertAcknowledged(alert_id=CARD, by="st-1"), instant("2024-09-10T16:00:00"))
DONE = said(AlertResolved(alert_id=CARD, by="supervision"), DUE, TOLD)


def waiting(*entries: Entry) -> dict[str, Clock]:
    """Return by their rows the clocks that wait for an acknowledgement."""
    dossier = fold_all(CASE, entries)
    assert clocks_of(dossier, RULES) == ()
    assert picture_of(dossier, None, RULES).clocks == every_clock(dossier, RULES)
    return {clock.sla.id: clock for clock in every_clock(dossier, RULES)}


def card(escalated: int = 0, state: AlertState = AlertState.RAISED) -> Alert:
    return Alert(CARD, RED, DUE, state, escalated=escalated)


def test_a_red_card_waits_four_hall_hours_from_when_it_was_told() -> None:
    clock = waiting(raised())["SLA-37a"]

    assert clock.due_at == BY_NOON
    assert first_at(clock) == BY_NOON
    assert expected(clock) == ()
    assert next_at(clock, [card()], TOLD) == BY_NOON
    assert reconcile(clock, [card()], TOLD) == []


def test_a_yellow_card_waits_a_working_day_and_climbs_once() -> None:
    clocks = waiting(raised(YELLOW), up("2024-09-12"))

    assert {name: clock.due_at for name, clock in clocks.items()} == {
        "SLA-37b": instant("2024-09-12T00:00:00")
    }


def test_what_nobody_acknowledges_goes_up_once_at_its_instant() -> None:
    clock, late = waiting(raised())["SLA-37a"], instant("2024-10-08")
    (ruling,) = reconcile(clock, [card()], late)

    assert (ruling.event_id, ruling.at) == (f"{CARD}:escalated:1", BY_NOON)
    assert ruling.fact == AlertEscalated(alert_id=CARD, by="supervision", to_level=1)
    assert next_at(clock, [card()], late) == BY_NOON
    assert reconcile(clock, [card(1, AlertState.ESCALATED)], late) == []
    assert next_at(clock, [card(1, AlertState.ESCALATED)], late) is None


@pytest.mark.parametrize(
    "state", [AlertState.ACKNOWLEDGED, AlertState.RESOLVED, AlertState.REVOKED]
)
def test_what_somebody_has_seen_meanwhile_goes_up_no_more(state: AlertState) -> None:
    assert reconcile(waiting(raised())["SLA-37a"], [card(0, state)], instant("2024-10-08")) == []


@pytest.mark.parametrize("end", [SEEN, DONE])
def test_a_card_that_is_seen_or_over_waits_for_nobody(end: Entry) -> None:
    clock = waiting(raised(), end)["SLA-37a"]

    assert first_at(clock) is None
    assert next_at(clock, [card()], instant("2024-10-08")) is None


def test_a_red_card_climbs_a_level_each_working_day_to_the_end_of_the_ladder() -> None:
    entries, at = [raised()], BY_NOON
    instants = []
    for level in (1, 2, 3):
        clocks = waiting(*entries)
        running = [one for one in every_clock(fold_all(CASE, entries), RULES) if not one.ending]
        (ruling,) = reconcile(running[0], [card(level - 1)], instant("2024-10-08"))
        assert isinstance(ruling.fact, AlertEscalated)
        assert ruling.fact.to_level == level
        assert set(clocks) <= {"SLA-37a", "SLA-37c"}
        at = ruling.at
        instants.append(at)
        entries.append(said(ruling.fact, at))
    top = [one for one in every_clock(fold_all(CASE, entries), RULES) if not one.ending]

    assert instants == [
        BY_NOON,
        instant("2024-09-13T00:00:00"),
        # The day of the festival's make-up is a Saturday on which everybody works.
        instant("2024-09-15T00:00:00"),
    ]
    assert reconcile(top[0], [card(3)], instant("2024-10-08")) == []
    assert next_at(top[0], [card(3)], instant("2024-10-08")) is None


def test_a_level_that_a_person_has_skipped_is_not_climbed_to_again() -> None:
    clock = waiting(raised(), up("2024-09-11T09:00:00", 2))["SLA-37c"]
    (ruling,) = reconcile(clock, [card(2, AlertState.ESCALATED)], instant("2024-10-08"))

    assert isinstance(ruling.fact, AlertEscalated)
    assert ruling.fact.to_level == 3


@pytest.mark.parametrize("late", [up("2024-09-12"), SEEN])
def test_what_was_said_of_a_card_that_was_over_by_then_is_no_oddity(late: Entry) -> None:
    over = said(AlertResolved(alert_id=CARD, by="supervision"), DUE, instant("2024-09-20"))
    dossier = fold_all(CASE, [raised(), over, late])

    assert dossier.anomalies == 0
    assert dossier.cards[0].state == AlertState.RESOLVED
    assert fold_all(CASE, [late]).anomalies == 1


def test_the_card_is_what_was_said_of_a_clock_that_waits_for_it() -> None:
    clock = waiting(raised())["SLA-37a"]
    other = ClockKey(CASE, CASE, "SLA-04", 0)
    everything = {other: [card()]}

    assert said_of(clock, everything, by_name(everything)) == [card()]
    assert said_of(clock, {}, {}) == ()
    ordinary = late(ClockFacts("XC1", terms("2024-09-02")))
    assert said_of(ordinary, {ordinary.key: [card()]}, {}) == [card()]
    assert said_of(ordinary, {}, by_name(everything)) == ()


def test_cards_that_are_as_they_were_keep_their_clocks() -> None:
    first = fold_all(CASE, [raised()])
    before = picture_of(first, None, RULES)
    two = said(like(AlertRaised, alert_id="al_2", level=RED), DUE, TOLD)
    after = picture_of(fold_all(CASE, [raised(), two]), before, RULES)
    same = picture_of(first, before, RULES)

    assert same.clocks is before.clocks
    assert len(after.clocks) == 2
    assert after.clocks[0] == before.clocks[0]


def test_a_card_beside_a_known_one_leaves_its_clock_alone() -> None:
    first = fold_all(CASE, [raised()])
    before = picture_of(first, None, RULES)
    (known,) = first.cards
    more = Dossier(key=CASE, cards=(known, replace(known, name="al_2")))

    assert picture_of(more, before, RULES).clocks[0] is before.clocks[0]


def test_nobody_is_late_before_the_ladder_has_a_rung() -> None:
    clock = waiting(raised())["SLA-37a"]
    bureau = clock.policy.bureau.model_copy(update={"ladder": ("HANDLER",)})
    flat = clock.policy.model_copy(update={"bureau": bureau})

    assert clock.policy.bureau.top_level == 3
    assert reconcile(replace(clock, policy=flat), [card()], instant("2024-10-08")) == []
