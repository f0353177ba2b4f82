"""Facts of every kind of subject, in any order and any repetition: the same comes of them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.deliveries.notification import CardTold, Notification
from services.metrics.domain.deliveries.profile import DeliveryProfile
from services.metrics.domain.deliveries.routing import Routing
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.entry import Entry
from services.metrics.domain.fold import fold, fold_all, is_late
from services.metrics.domain.picture import clocks_of
from shared.contracts.envelope import Event
from shared.contracts.supervision.facts import AlertRaised
from shared.policy.organisations import organisations
from shared.policy.rules import shipped
from tests.support.desk import Desk
from tests.support.year.story import PLOTS, dossier

RULES = shipped()
FIRST = date(2024, 1, 10)
EVER = timedelta(days=500)
"""Behind its last fact everything of a dossier that can be late is late."""

ROBOT = {"kind": "wecom", "url": "https://qyapi.weixin.qq.com"}
PROFILE = DeliveryProfile.model_validate_json(
    json.dumps(
        {
            "channels": {"hall": ROBOT, "yard": ROBOT},
            "routes": [
                {"channel": "hall", "when": "working_hours"},
                {"channel": "yard", "levels": ["RED"], "when": "always"},
            ],
        }
    )
)


class Phase(NamedTuple):
    """What is told before somebody looks, and when that is."""

    told: Sequence[Entry]
    look: datetime


@dataclass
class Office:
    """A lane that folds what arrives, and a desk for each limit that ran."""

    key: str
    dossier: Dossier
    known: dict[str, Entry] = field(default_factory=dict)
    desks: dict[ClockKey, Desk] = field(default_factory=dict)

    def hear(self, batch: Sequence[Entry]) -> None:
        """Fold *batch* as a lane does: what is known is nothing, what is late is folded anew."""
        fresh = {one.id: one for one in batch if one.id not in self.known}
        if not fresh:
            return
        self.known |= fresh
        entries = sorted(fresh.values(), key=lambda one: one.order)
        late = is_late(self.dossier, entries)
        self.dossier = (
            fold_all(self.key, self.known.values()) if late else fold(self.dossier, entries)
        )

    @property
    def clocks(self) -> dict[ClockKey, Clock]:
        return {clock.key: clock for clock in clocks_of(self.dossier, RULES)}

    def look(self, now: datetime) -> None:
        """Say what is to be said by *now*."""
        clocks = self.clocks
        for key in {*self.desks, *clocks}:
            desk = self.desks.setdefault(key, Desk())
            if key in clocks:
                desk.tick(clocks[key], now)
            else:
                desk.close(now)

    @property
    def said(self) -> dict[ClockKey, list[tuple[str, datetime, object]]]:
        """Every ruling on every limit: raised, resolved and revoked, with its reason."""
        return {
            key: sorted((one.event_id, one.at, one.fact) for one in desk.rulings)
            for key, desk in self.desks.items()
            if desk.rulings
        }

    @property
    def standing(self) -> dict[ClockKey, set[object]]:
        return {key: {*one.standing()} for key, one in self.desks.items() if one.standing()}

    def deliveries(self, now: datetime) -> set[Notification]:
        """Return what is due to whom of all that was raised."""
        routing = Routing(PROFILE, RULES.calendar, RULES.policy_on(date.max), organisations())
        return {
            one
            for desk in self.desks.values()
            for ruling in desk.rulings
            if isinstance(ruling.fact, AlertRaised)
            for one in routing.of(
                ruling.fact.alert_id, ruling.at, _told(self.key, ruling.fact), now
            )
        }


def _told(key: str, fact: AlertRaised) -> CardTold:
    return CardTold(
        case_no=key,
        item_name="",
        sla=fact.sla_id or fact.rule_id,
        level=fact.level,
        due=fact.due,
        overdue_days=fact.overdue_days,
        org_code=fact.responsible_org.org_code,
        org_name=fact.responsible_org.org_name,
        roles=tuple(fact.recipients),
    )


def phases(entries: Sequence[Entry], chance: Random) -> list[Phase]:
    """Tell *entries* in up to four parts, whichever happened first, and look behind each."""
    parts: list[list[Entry]] = [[] for _ in range(chance.randint(1, 4))]
    for one in entries:
        chance.choice(parts).append(one)
    first, last = entries[0].time, entries[-1].time + EVER
    looks = sorted(first + (last - first) * chance.random() for _ in parts[1:])
    return [Phase(*one) for one in zip(parts, [*looks, last], strict=True)]


def lived(key: str, story: Sequence[Phase], chance: Random) -> Office:
    """Return the office in which each phase came in another order, and some of it again."""
    office = Office(key, Dossier(key=key))
    for told, look in story:
        arriving = [
            *told,
            *(one for one in (*told, *office.known.values()) if chance.random() < 0.3),
        ]
        chance.shuffle(arriving)
        for batch in _batches(arriving, chance):
            office.hear(batch)
        office.look(look)
    return office


def _batches(arriving: Sequence[Entry], chance: Random) -> Iterator[Sequence[Entry]]:
    begun = 0
    while begun < len(arriving):
        size = chance.randint(1, 6)
        yield arriving[begun : begun + size]
        begun += size


def entries_of(events: Sequence[Event]) -> list[Entry]:
    return [Entry.of(one) for one in events]


@pytest.mark.parametrize("plot", range(len(PLOTS)), ids=lambda plot: "+".join(PLOTS[plot]))
@settings(max_examples=10, deadline=None)
@given(st.integers(0, 400), st.integers(0, 2**32))
def test_the_same_runs_cards_deliveries_and_revocations_come_of_it(
    plot: int, number: int, seed: int
) -> None:
    anything = bool(number % 2)
    key, events = dossier("order", FIRST, plot + number * len(PLOTS), anything=anything)
    story = phases(entries_of(events), Random(seed)) if events else []  # noqa: S311 - a story
    one = lived(key, story, Random(seed + 1))  # noqa: S311 - a story
    other = lived(key, story, Random(seed + 2))  # noqa: S311 - a story
    prompt = lived(key, [Phase([], FIRST_LOOK), *_at_once(story)], Random(seed + 3))  # noqa: S311

    assert one.dossier == other.dossier == prompt.dossier
    assert one.clocks == other.clocks
    assert one.said == other.said
    assert one.standing == other.standing == prompt.standing
    for _, look in story[-1:]:
        assert one.deliveries(look) == other.deliveries(look)


def _at_once(story: Sequence[Phase]) -> list[Phase]:
    return [Phase([one for told, _ in story for one in told], look) for _, look in story[-1:]]


FIRST_LOOK = datetime.fromisoformat("2023-12-01T00:00:00+08:00")
