"""The store of metrics, in memory or in PostgreSQL, with a worker and a ticker over it."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, partial

from services.metrics.adapters.chronicles import PostgresChronicles
from services.metrics.adapters.clock_rounds import PostgresClockRounds
from services.metrics.adapters.deadlines import PostgresDeadlines
from services.metrics.adapters.glances import PostgresGlances
from services.metrics.adapters.memory.chronicles import MemoryChronicles
from services.metrics.adapters.memory.clock_rounds import MemoryClockRounds
from services.metrics.adapters.memory.deadlines import MemoryDeadlines
from services.metrics.adapters.memory.glances import MemoryGlances
from services.metrics.adapters.memory.projection import MemoryProjection
from services.metrics.adapters.memory.readings import MemoryReadings
from services.metrics.adapters.memory.rebuilding import MemoryBeside
from services.metrics.adapters.memory.recorded import MemoryRecords
from services.metrics.adapters.memory.supervision import MemoryOrders, MemorySupervision
from services.metrics.adapters.memory.tables import MemoryTables
from services.metrics.adapters.projection import PostgresProjection
from services.metrics.adapters.readings import PostgresReadings
from services.metrics.adapters.rebuilding import join_beside
from services.metrics.adapters.recorded import open_records
from services.metrics.adapters.sight import open_sight
from services.metrics.adapters.supervision import PostgresOrders, PostgresSupervision
from services.metrics.app.fingerprint import our_fingerprint
from services.metrics.app.rules import SEARCH_PATH
from services.metrics.domain.entry import Arrived
from services.metrics.domain.figures import live
from services.metrics.domain.figures.figure import many
from services.metrics.domain.fingerprint import Fingerprint
from services.metrics.handlers.alerts import Alerts
from services.metrics.handlers.folding import Folding, Lane
from services.metrics.handlers.orders import OrderReadings
from services.metrics.handlers.reading import read_records
from services.metrics.handlers.ticker import Ticker
from services.metrics.ports.audit import Records
from services.metrics.ports.chronicles import Chronicles
from services.metrics.ports.clock_rounds import ClockRounds
from services.metrics.ports.deadlines import Deadlines
from services.metrics.ports.glances import Glances
from services.metrics.ports.projection import Changes, Projection, Stretch
from services.metrics.ports.readings import Readings, Section, Sought, Summed
from services.metrics.ports.rebuilding import Beside
from services.metrics.ports.supervision import Orders, Supervision
from shared.contracts.envelope import Event
from shared.contracts.handling.course import Phase
from shared.contracts.registry import Owner, encode
from shared.contracts.rules.facts import STREAM
from shared.contracts.supervision.facts import OrderIssued
from shared.contracts.types import OrgRef
from shared.eventstore.memory import MemoryEventStore
from shared.eventstore.port import EventStore
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.policy.rules import Editions, RuleChange, shipped
from shared.runtime.clock import VirtualClock
from tests.support import way_of_a_case as way
from tests.support.completing import completed
from tests.support.facts import SUPERVISION
from tests.support.fetched import FetchedRecord

TOPIC = "casetrack.intake.v1"
MONTH_LATER = datetime(2024, 10, 9, tzinfo=UTC)
RULES = shipped()
NOTHING = Changes(0)
RECEIPTS = many(live.Part.RECEIVED)
SEPTEMBER = Summed((RECEIPTS,), date(2024, 9, 1), date(2024, 9, 30))
LAST = "\U0010ffff"
FACTS = tuple(
    way.event(one.data, hours, identity=one.id, window=one.windowid)
    for one, hours in zip(way.WAY, (0, 1, 2, 3, 24, 72, 100, 200, 220, 250), strict=True)
)


@dataclass
class Store:
    """All ports over one store, and one worker's lane on it."""

    projection: Projection
    deadlines: Deadlines
    clock_rounds: ClockRounds
    words: Supervision
    """Supervision's streams, as whoever acts on cards has them."""
    orders: Orders
    readings: Readings
    glances: Glances
    beside: Callable[[Fingerprint], AbstractAsyncContextManager[Beside]]
    records: Callable[[], AbstractAsyncContextManager[Records]]
    intake: EventStore
    supervision: EventStore
    clock: VirtualClock
    chronicles: Chronicles
    next_offset: int = 0
    lane: Lane | None = None

    async def claim(self) -> Lane:
        await self.projection.begin(TOPIC, 0, 0)
        claim = (await self.projection.claim([0]))[0]
        self.lane = Lane(0, claim.epoch, edition=claim.edition)
        return self.lane

    def stretch(self, facts: int) -> Stretch:
        following = self.next_offset + facts
        return Stretch(TOPIC, 0, self.next_offset, following, following)

    async def fold(self, *events: Event) -> int:
        """Fold *events* as a worker does; return how many were new."""
        lane = await self.lane_of()
        stretch = self.stretch(len(events))
        new = await Folding(self.projection, RULES).handle(lane, stretch, arrived(events))
        self.next_offset = stretch.following
        return new

    async def sweep(self) -> None:
        """Judge anew, as a worker does that was started just now."""
        await Folding(self.projection, RULES).sweep(await self.lane_of())

    async def lane_of(self) -> Lane:
        """Return the lane, which a worker has."""
        return self.lane or await self.claim()

    async def complete(self) -> None:
        """Let the lane be complete up to now."""
        assert await completed(self.projection, await self.lane_of(), self.clock.now())

    async def tick(self) -> int:
        """Let the ticker look, with the lane complete; return what was due."""
        await self.complete()
        return await self.ticker.handle(self.clock.now())

    @cached_property
    def ticker(self) -> Ticker:
        return Ticker(self.deadlines, RULES, self.clock, SUPERVISION)

    def alerts(self, editions: Editions) -> Alerts:
        """Return cards as readers see them who see everything."""
        orders = OrderReadings(self.orders, self.clock)
        return Alerts(self.readings, editions, self.clock, self.words, orders)

    async def publish(self, *changes: RuleChange) -> None:
        """Record new editions of the rules."""
        version = (await self.supervision.load(STREAM)).version
        events = [
            Event.of(one, id=f"rules-{one.edition}", source=SUPERVISION, time=self.clock.now())
            for one in changes
        ]
        await self.supervision.append(STREAM, events, expected_version=version)


@asynccontextmanager
async def opened(name: str, role_dsn: Callable[[str], str] = str) -> AsyncIterator[Store]:
    """Give the store *name*; only the one in PostgreSQL needs a place to be."""
    clock, ours = VirtualClock(MONTH_LATER), our_fingerprint()
    if name == "memory":
        stores = {owner: MemoryEventStore() for owner in Owner}
        supervision = stores[Owner.SUPERVISION]
        tables = MemoryTables(supervision, clock)
        yield Store(
            MemoryProjection(tables),
            MemoryDeadlines(tables),
            MemoryClockRounds(tables),
            MemorySupervision(tables),
            MemoryOrders(tables),
            MemoryReadings(tables),
            MemoryGlances(tables),
            lambda fingerprint: nullcontext(MemoryBeside(tables, fingerprint)),
            lambda: nullcontext(MemoryRecords(tables, stores, ours)),
            stores[Owner.INTAKE],
            supervision,
            clock,
            MemoryChronicles(tables),
        )
        return
    dsn = role_dsn("casetrack_metrics")
    async with (
        await open_pool(dsn, SEARCH_PATH) as pool,
        open_sight(role_dsn("casetrack_metrics_api"), SEARCH_PATH) as sight,
        await open_pool(role_dsn("casetrack_intake"), "intake") as intake,
    ):
        yield Store(
            PostgresProjection(pool, ours),
            PostgresDeadlines(pool, ours),
            PostgresClockRounds(pool, ours),
            PostgresSupervision(sight).within(None),
            PostgresOrders(sight).within(None),
            PostgresReadings(sight).within(None),
            PostgresGlances(sight.bureau, ours),
            partial(join_beside, dsn),
            partial(open_records, role_dsn("casetrack_auditor")),
            PostgresEventStore(intake),
            PostgresEventStore(pool),
            clock,
            PostgresChronicles(sight.bureau),
        )


async def issue_order(store: Store, order_id: str, org_code: str) -> Event:
    """Issue an order to *org_code*, and return the fact."""
    fact = OrderIssued(
        order_id=order_id,
        content="请说明。",
        to_org=OrgRef(org_code=org_code, org_name="某局"),
    )
    event = Event.of(
        fact, id=order_id, source=SUPERVISION, time=store.clock.now(), actorid="supervisor-1"
    )
    await store.words.append(event.stream, [event], expected_version=0)
    return event


def arrived(events: Sequence[Event]) -> list[Arrived]:
    records = [FetchedRecord(event.partitionkey.encode(), encode(event)) for event in events]
    return [one for one in read_records(records) if isinstance(one, Arrived)]


def sought(below: str = LAST, **narrowed: object) -> Sought:
    wanted = {"phases": tuple(Phase), "source": None, "rows_max": 10} | narrowed
    return Sought(below, **wanted)  # type: ignore[arg-type]  # named as they are


def keys(section: Section) -> list[str]:
    return [dossier.key for dossier in section.dossiers]


def by_terminal(event: Event, learned: datetime | None = None) -> Event:
    """Return *event* as the hall's terminals tell it, of which we learn at once or later."""
    heard = {"publisher": "hall-terminal", "recordedtime": learned or event.time}
    return event.model_copy(update=heard)


def received(case_no: str, on: str = "2024-09-02", org_code: str = "") -> Event:
    """Return the receipt of one more case, of the bureau or of *org_code*."""
    receipt = way.RECEIVED.data
    ref = receipt.case.model_copy(update={"case_no": case_no})
    said: dict[str, object] = {"case": ref, "received_date": date.fromisoformat(on)}
    if org_code:
        said["handling_org"] = OrgRef(org_code=org_code, org_name="某单位")
    data = receipt.model_copy(update=said)
    return way.event(data, 0, identity=f"{case_no}-0", window="W12", key=case_no)
