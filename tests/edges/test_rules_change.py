"""Rules change, promises hold: the projection is what a fold from nothing makes under them."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import reduce

from hypothesis import given, settings
from hypothesis import strategies as st

from services.metrics.adapters.memory.deadlines import MemoryDeadlines
from services.metrics.adapters.memory.projection import MemoryProjection
from services.metrics.adapters.memory.tables import MemoryTables
from services.metrics.domain.clocks.alert import reconcile
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.figures.contributions import PartOfDay
from services.metrics.domain.fold import fold_all, known_entries
from services.metrics.domain.picture import Picture, picture_of
from services.metrics.handlers import folding
from services.metrics.handlers.folding import Folding, Lane
from services.metrics.handlers.ticker import Ticker
from services.metrics.ports.projection import Stretch
from shared.contracts.envelope import Event, Fact
from shared.contracts.handling.facts import CaseClosed, DecisionMade, HoldClosed, HoldOpened
from shared.contracts.intake.facts import ApplicationAccepted, ApplicationReceived
from shared.contracts.registry import Owner, decode
from shared.contracts.rules.facts import STREAM, CalendarPublished, PublisherRegistered
from shared.eventstore.memory import MemoryEventStore
from shared.policy.calendar import ZONE
from shared.policy.rules import RuleChange, Rules, evolve, shipped
from shared.policy.sla import bureau_policy
from shared.runtime.clock import VirtualClock
from tests.support import way_of_a_case as way
from tests.support.completing import completed
from tests.support.facts import SUPERVISION
from tests.support.metrics_store import arrived
from tests.support.rule_changes import policy_fact

TOPICS = {owner: owner.topic for owner in (Owner.INTAKE, Owner.SUPERVISION)}
CASES = [f"XC2026120100000{number}" for number in range(4)]
BEGIN = date(2026, 11, 23)
SWEPT_AT_ONCE = 2
ENTRY = PublisherRegistered(
    edition=1,
    publisher_id="water-company",
    name="自来水公司",
    sources=("urn:xincheng:water-company:",),
    types=("casetrack.intake.*",),
)

Change = Callable[[int], RuleChange]
"""A change of the rules, whichever edition it becomes."""


def facts_of(case_no: str, day: date, limit: int) -> list[tuple[Fact, date]]:
    """Return the way of a case that is accepted on *day*, each fact with the day it happens."""
    ref = {**way.REF, "case_no": case_no}

    def later(days: int) -> date:
        return day + timedelta(days)

    receipt = way.RECEIVED.data.model_dump() | {"case": ref, "received_date": day}
    acceptance = way.ACCEPTED.data.model_dump() | {
        "case": ref,
        "effective_date": day,
        "committed_limit": limit,
        "statutory_limit": limit + 10,
        "promise_date": later(30),
    }
    hold = way.HELD.data.model_dump() | {"case_no": case_no}
    decision = way.DECIDED.data.model_dump() | {"case_no": case_no, "decision_date": later(20)}
    closing = way.CLOSED.data.model_dump() | {"case_no": case_no, "closed_date": later(21)}
    return [
        (ApplicationReceived.model_validate(receipt), day),
        (ApplicationAccepted.model_validate(acceptance), day),
        (HoldOpened.model_validate(hold), later(3)),
        (HoldClosed.model_validate({"hold_id": "h1", "case_no": case_no}), later(9)),
        (DecisionMade.model_validate(decision), later(20)),
        (CaseClosed.model_validate(closing), later(21)),
    ]


def told(case_no: str, day: date, limit: int, number: int) -> Event:
    fact, happened = facts_of(case_no, day, limit)[number]
    at = datetime(happened.year, happened.month, happened.day, 9, number, tzinfo=ZONE)
    return Event.of(fact, id=f"{case_no}-{number}", source="urn:test", time=at)


@dataclass
class Bureau:
    """A store in memory, with one worker, one ticker and a law desk over it."""

    clock: VirtualClock = field(
        default_factory=lambda: VirtualClock(datetime(2026, 12, 31, 4, tzinfo=UTC))
    )
    supervision: MemoryEventStore = field(default_factory=MemoryEventStore)
    told: list[Event] = field(default_factory=list)
    sent: int = 0

    def __post_init__(self) -> None:
        self.tables = MemoryTables(self.supervision, self.clock)
        self.projection = MemoryProjection(self.tables)
        self.offsets = dict.fromkeys(TOPICS.values(), 0)
        self.restart_ticker()

    async def begin(self) -> None:
        for topic in TOPICS.values():
            await self.projection.begin(topic, 0, 0)
        await self.restart_worker()

    async def restart_worker(self) -> None:
        """Lose everything in memory, as a kill does."""
        claim = (await self.projection.claim([0]))[0]
        self.folding = Folding(self.projection, shipped())
        self.lane = Lane(0, claim.epoch, claim.recent, claim.edition)

    def restart_ticker(self) -> None:
        # A new one has seen no jump of the clock.
        self.ticker = Ticker(MemoryDeadlines(self.tables), shipped(), self.clock, SUPERVISION)

    async def fold(self, events: Sequence[Event], owner: Owner = Owner.INTAKE) -> None:
        topic, first = owner.topic, self.offsets[owner.topic]
        stretch = Stretch(topic, 0, first, first + len(events), first + len(events))
        await self.folding.handle(self.lane, stretch, arrived(events))
        self.offsets[topic] = stretch.following

    async def publish(self, change: Change) -> None:
        version = (await self.supervision.load(STREAM)).version
        event = Event.of(
            change(version + 1),
            id=f"rules-{version + 1}",
            source=SUPERVISION,
            time=self.clock.now(),
        )
        await self.supervision.append(STREAM, [event], expected_version=version)

    async def tick(self) -> None:
        self.restart_ticker()
        await completed(self.projection, self.lane, self.clock.now())
        # The first look may learn of other rules, and leaves what is due to the next.
        await self.ticker.handle(self.clock.now())
        while await self.ticker.handle(self.clock.now()):
            pass

    async def hear_supervision(self) -> None:
        fresh = self.supervision.published(self.sent, 1_000)
        self.sent += len(fresh)
        if fresh:
            await self.fold([decode(one.body) for one in fresh], Owner.SUPERVISION)

    async def settle(self) -> None:
        """Let everybody do what is left to do."""
        edition = await self.projection.edition()
        while self.lane.edition < edition:
            await self.folding.sweep(self.lane)
        await self.tick()
        await self.hear_supervision()


def different(bureau: Bureau, rules: Rules, now: datetime) -> list[object]:
    """Return where the projection is not what a fold from nothing makes under *rules*."""
    tables = bureau.tables
    bodies: dict[str, list[bytes]] = {}
    for (key, _), body in tables.timeline.items():
        bodies.setdefault(key, []).append(body)
    pictures = {
        key: picture_of(fold_all(key, known_entries(facts)), None, rules)
        for key, facts in bodies.items()
    }
    clocks = {clock.key: clock for one in pictures.values() for clock in one.clocks}
    found: list[object] = [
        key for key, one in pictures.items() if tables.dossiers.get(key) != one.dossier
    ]
    found += [key for key, made_by in tables.made_by.items() if made_by != rules.judging]
    stored, sums = tables.figures, _sums(pictures.values())
    found += [place for place in {*stored, *sums} if stored[place] != sums[place]]
    kept = {key for key, one in tables.clocks.items() if not one.gone}
    unsettled = {clock.key for one in pictures.values() for clock in one.unsettled}
    found += [place for place in unsettled | kept if not _alike(tables, clocks, place)]
    for place, clock in clocks.items():
        said = [one.alert for one in tables.alerts_of([place.dossier]) if one.key == place]
        found += reconcile(clock, said, now)
    return found


def _sums(pictures: Iterable[Picture]) -> Counter[PartOfDay]:
    sums: Counter[PartOfDay] = Counter()
    for picture in pictures:
        sums.update(picture.contributions)
    return sums


def _alike(tables: MemoryTables, clocks: Mapping[ClockKey, Clock], key: ClockKey) -> bool:
    stored, mine = tables.clocks.get(key), clocks.get(key)
    return stored is not None and mine is not None and _days(stored.clock) == _days(mine)


def _days(clock: Clock) -> tuple[object, ...]:
    return clock.due, clock.near_at, clock.due_at, clock.provisional


DAYS = st.dates(BEGIN, date(2027, 1, 20))
WEEKDAYS = st.dates(date(2027, 1, 1), date(2027, 2, 28)).filter(lambda day: day.weekday() < 5)
WEEKENDS = st.dates(date(2027, 1, 1), date(2027, 2, 28)).filter(lambda day: day.weekday() > 4)


def notice(year: int, off: Iterable[date], on: Iterable[date]) -> Change:
    return lambda edition: CalendarPublished(
        edition=edition, years=(year,), days_off=tuple(sorted(off)), workdays=tuple(sorted(on))
    )


def policy(since: date, extensions: int, fraction: str) -> Change:
    shipped_one = bureau_policy()
    document = shipped_one.model_dump(mode="json")
    for limit in document["limits"]:
        if limit["extensions"] is not None:
            limit["extensions"]["times_max"] = extensions
        if limit["yellow"] is not None and limit["yellow"]["by"] == "share":
            limit["yellow"]["fraction"] = fraction
    changed = type(shipped_one).model_validate_json(json.dumps(document))
    return lambda edition: policy_fact(edition, since, changed)


CHANGES: st.SearchStrategy[Change] = st.one_of(
    st.builds(notice, st.just(2027), st.sets(WEEKDAYS, max_size=12), st.sets(WEEKENDS, max_size=3)),
    st.builds(policy, DAYS, st.integers(1, 3), st.sampled_from(["0.1", "0.2", "0.5"])),
    st.just(lambda edition: ENTRY.model_copy(update={"edition": edition})),
)
FACTS = st.lists(
    st.tuples(st.sampled_from(CASES), st.integers(0, 5)), min_size=1, max_size=6, unique=True
)
STEPS = st.lists(
    st.one_of(
        FACTS.map(lambda names: ("fold", names)),
        FACTS.map(lambda names: ("fold", names)),
        CHANGES.map(lambda change: ("publish", change)),
        st.sampled_from([("sweep", None), ("tick", None), ("hear", None), ("kill", None)]),
        st.integers(1, 9).map(lambda days: ("wait", days)),
    ),
    max_size=24,
)
COURSES = st.fixed_dictionaries({case: st.tuples(DAYS, st.integers(1, 20)) for case in CASES})


@settings(deadline=None, max_examples=150)
@given(COURSES, STEPS)
def test_in_any_interleaving_the_projection_is_a_fold_under_the_final_rules(
    courses: dict[str, tuple[date, int]], steps: list[tuple[str, object]]
) -> None:
    asyncio.run(_live(courses, steps))


async def _live(courses: dict[str, tuple[date, int]], steps: list[tuple[str, object]]) -> None:
    bureau = Bureau()
    await bureau.begin()
    swept_at_once, folding.DOSSIERS_PER_SWEEP_MAX = folding.DOSSIERS_PER_SWEEP_MAX, SWEPT_AT_ONCE
    try:
        for name, what in steps:
            await _step(bureau, courses, name, what)
        await bureau.settle()
    finally:
        folding.DOSSIERS_PER_SWEEP_MAX = swept_at_once
    changes = [event.data for event in (await bureau.supervision.load(STREAM)).events]
    final = reduce(evolve, changes, shipped())  # type: ignore[arg-type]  # nothing else is there

    assert different(bureau, final, bureau.clock.now()) == []


async def _step(
    bureau: Bureau, courses: dict[str, tuple[date, int]], name: str, what: object
) -> None:
    match name, what:
        case "fold", list(names):
            await bureau.fold([told(case, *courses[case], number) for case, number in names])
        case "publish", change if callable(change):
            await bureau.publish(change)
        case "wait", int(days):
            bureau.clock.advance(timedelta(days))
        case "sweep", _:
            await bureau.folding.sweep(bureau.lane)
        case "tick", _:
            await bureau.tick()
        case "hear", _:
            await bureau.hear_supervision()
        case _:
            await bureau.restart_worker()
