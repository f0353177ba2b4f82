"""Clocks that facts set running, by limit, and the cards that they call for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.deadline import expected
from services.metrics.domain.entry import Entry
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import clocks_of
from shared.contracts.envelope import Event, Fact
from shared.contracts.supervision.words import AlertLevel
from shared.policy.rules import shipped
from shared.policy.sla import bureau_policy
from tests.support.clock_facts import instant
from tests.support.examples import like_the_example
from tests.support.way_of_a_case import CASE

RULES = shipped()
YELLOW, RED = AlertLevel.YELLOW, AlertLevel.RED


def at(when: str, kind: type[Fact], /, **words: object) -> Entry:
    """Return a fact like the published example, of our case and at a local time."""
    if "case_no" in kind.model_fields:
        words = {"case_no": CASE, **words}
    event = Event.of(
        like_the_example(kind, **words),
        id=f"{kind.__name__}-{when}-{'-'.join(map(str, words.values()))}",
        source="urn:test",
        time=instant(when),
        partitionkey=CASE,
    )
    return Entry.of(event)


def running(*entries: Entry) -> dict[tuple[str, str, int], Clock]:
    """Return by limit, subject and episode what *entries* set running."""
    clocks = clocks_of(fold_all(CASE, entries), RULES)
    return {(clock.sla.id, clock.subject, clock.run.episode): clock for clock in clocks}


def clocks_by(
    guides: Mapping[str, object] | None, *entries: Entry, receiving: Sequence[str] = ()
) -> dict[str, Clock]:
    """Return the clocks of a case by the shipped rows, where *receiving* is hall and platform."""
    shipped_now = bureau_policy()
    bureau = shipped_now.bureau.model_dump() | {"receiving": receiving}
    policy = shipped_now.amended(guides=guides, bureau=bureau)
    rules = replace(RULES, policies=((date.min, policy),))
    return {one.sla.id: one for one in clocks_of(fold_all(CASE, entries), rules)}


def cards(clock: Clock) -> list[tuple[AlertLevel, datetime, datetime | None]]:
    return [(one.level, one.raised_at, one.over_at) for one in expected(clock)]
