"""A year of old cases, and the cards that a fold from nothing calls for."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from heapq import merge

from services.metrics.domain.clocks.alert import reconcile
from services.metrics.domain.entry import Entry
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import clocks_of
from shared.contracts.envelope import Event, Fact
from shared.contracts.supervision.facts import (
    AlertEscalated,
    AlertRaised,
    AlertResolved,
    AlertRevoked,
)
from shared.policy.rules import shipped
from tests.support import way_of_a_case as way

YEAR_DAYS = 300
MONDAY = way.MONDAY.date()

Cards = Counter[tuple[str, ...]]
"""Dossier, limit, level and state, as often as it is so."""


def year(cases: int, begins: date = MONDAY, days: int = YEAR_DAYS) -> Iterator[Event]:
    """Yield the facts of so many cases over so many days, in the order of their time."""
    by_place = (_told(place, late, cases, begins, days) for place in range(4) for late in (0, 1))
    return merge(*by_place, key=lambda one: one.time)


def stories(
    cases: int, begins: date = MONDAY, days: int = YEAR_DAYS
) -> Iterator[tuple[str, list[Event]]]:
    """Yield the facts of each of the cases, whose names come before them."""
    for number in range(cases):
        day = _day(number, cases, begins, days)
        told = [_fact(number, place, day) for place in range(_places(number))]
        yield told[0].partitionkey, told


def _told(place: int, late: int, cases: int, begins: date, days: int) -> Iterator[Event]:
    """Yield the facts of one *place* in the story of those that are decided late, or in time."""
    for number in range(cases):
        if (number % 5 == 0) is bool(late) and place < _places(number):
            yield _fact(number, place, _day(number, cases, begins, days))


def _day(number: int, cases: int, begins: date, days: int) -> int:
    return (begins - MONDAY).days + number * days // cases


def _places(number: int) -> int:
    """Return how many facts a case has; every fiftieth is never decided."""
    return 4 if number % 50 else 2


def _fact(number: int, place: int, day: int) -> Event:
    """Return a fact of one case of many, which began on *day*; every fifth is decided late."""
    taken = 3 if number % 5 else 40
    one = (way.RECEIVED, way.ACCEPTED, way.DECIDED, way.CLOSED)[place]
    after, key = (0, 0, taken, taken + 1)[place], f"XC2024{number:08}"
    return way.event(
        _of_case(one.data, key, day + after),
        (day + after) * 24 + place,
        identity=f"{key}-{place}",
        key=key,
    )


def _of_case(fact: Fact, key: str, days: int) -> Fact:
    told = fact.model_dump(mode="json")
    told |= {"case": told["case"] | {"case_no": key}} if "case" in told else {"case_no": key}
    day = (MONDAY + timedelta(days=days)).isoformat()
    dates = ("received_date", "effective_date", "decision_date", "closed_date")
    return type(fact).model_validate(told | {name: day for name in dates if name in told})


def called_for(stories: Iterable[tuple[str, Sequence[Event]]], now: datetime) -> Cards:
    """Return the cards that a fold from nothing calls for by *now*, as they stand in the end."""
    found = Cards()
    for key, told in stories:
        found.update(_cards(key, told, now))
    return found


def _cards(key: str, told: Sequence[Event], now: datetime) -> Iterable[tuple[str, ...]]:
    """Return the cards of one case."""
    rules, cards = shipped(), dict[str, tuple[str, ...]]()
    for clock in clocks_of(fold_all(key, [Entry.of(one) for one in told]), rules):
        for ruling in reconcile(clock, (), now):
            match ruling.fact:
                case AlertRaised() as raised:
                    cards[raised.alert_id] = (key, clock.sla.id, raised.level, "RAISED")
                case AlertResolved() as over:
                    cards[over.alert_id] = (*cards[over.alert_id][:3], "RESOLVED")
                case AlertEscalated() | AlertRevoked():
                    raise AssertionError(ruling)
    return cards.values()
