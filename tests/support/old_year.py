"""A year of old cases, and the cards that a fold from nothing calls for."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

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


def year(cases: int, begins: date = MONDAY, days: int = YEAR_DAYS) -> list[Event]:
    """Return the facts of so many cases over so many days, in the order of their time."""
    told = (fact for number in range(cases) for fact in _story(number, cases, begins, days))
    return sorted(told, key=lambda one: one.time)


def _story(number: int, cases: int, begins: date, days: int) -> Iterator[Event]:
    """Yield the facts of one case of many; every fifth is decided late, every fiftieth never."""
    day = (begins - MONDAY).days + number * days // cases
    taken = 3 if number % 5 else 40
    facts = ((way.RECEIVED, 0), (way.ACCEPTED, 0), (way.DECIDED, taken), (way.CLOSED, taken + 1))
    key = f"XC2024{number:08}"
    for place, (one, after) in enumerate(facts[: 4 if number % 50 else 2]):
        yield way.event(
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


def called_for(facts: Sequence[Event], now: datetime) -> Cards:
    """Return the cards that a fold from nothing calls for by *now*, as they stand in the end."""
    rules, stories = shipped(), dict[str, list[Entry]]()
    for fact in facts:
        stories.setdefault(fact.partitionkey, []).append(Entry.of(fact))
    cards: dict[str, tuple[str, ...]] = {}
    for key, told in stories.items():
        for clock in clocks_of(fold_all(key, told), rules):
            for ruling in reconcile(clock, (), now):
                match ruling.fact:
                    case AlertRaised() as raised:
                        cards[raised.alert_id] = (key, clock.sla.id, raised.level, "RAISED")
                    case AlertResolved() as over:
                        cards[over.alert_id] = (*cards[over.alert_id][:3], "RESOLVED")
                    case AlertEscalated() | AlertRevoked():
                        raise AssertionError(ruling)
    return Counter(cards.values())
