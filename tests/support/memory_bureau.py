"""A bureau in memory: a lane that folds, a ticker and a law desk, moved step by step."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.metrics.adapters.memory.deadlines import MemoryDeadlines
from services.metrics.adapters.memory.projection import MemoryProjection
from services.metrics.adapters.memory.tables import MemoryTables
from services.metrics.domain.clocks.alert import reconcile
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.figures.contributions import PartOfDay
from services.metrics.domain.fold import fold_all, known_entries
from services.metrics.domain.picture import Picture, picture_of
from services.metrics.handlers.folding import Folding, Lane
from services.metrics.handlers.ticker import Ticker
from services.metrics.ports.projection import Stretch
from shared.contracts.envelope import Event
from shared.contracts.registry import Owner, decode
from shared.contracts.rules.facts import STREAM
from shared.eventstore.memory import MemoryEventStore
from shared.policy.rules import RuleChange, Rules, shipped
from shared.runtime.clock import VirtualClock
from tests.support.completing import completed
from tests.support.facts import SUPERVISION
from tests.support.metrics_store import arrived

TOPICS = {owner: owner.topic for owner in (Owner.INTAKE, Owner.SUPERVISION)}

Change = Callable[[int], RuleChange]
"""A change of the rules, whichever edition it becomes."""


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
