"""The lanes: one task for each partition number, from fetched records to a committed batch."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import structlog

from services.metrics.consumer.fetch import Fetch, Steering
from services.metrics.consumer.letters import letter_of
from services.metrics.domain.entry import Arrived
from services.metrics.handlers.folding import PICTURES_MAX, Folding, Lane
from services.metrics.handlers.reading import RefusedRecord, read_records
from services.metrics.ports.projection import Claim, Fenced, Projection, ProjectionOutdated, Stretch
from shared.eventstore.port import StoreUnavailable
from shared.kafka.letters import LETTERS_AT_ONCE_MAX
from shared.kafka.limits import FaultLimit, FaultTally
from shared.kafka.port import OffsetLost, Partition, Sender, SendUnknown
from shared.kafka.seal import Seal
from shared.kafka.topics import dead_letter_topic
from shared.runtime.clock import Clock
from shared.runtime.lifecycle import Watchdog, crash
from shared.runtime.measures import EVENTS_DEAD_LETTERED
from shared.runtime.pulse import pulse_of
from shared.runtime.traces import CAUSES_MAX, SpanKind, causes_in, span

log = structlog.get_logger()

GROUP = "casetrack-metrics"
BATCHES_WAITING_MAX = 4
"""
Fetched and not yet folded, for each lane: a bound on memory.

One full lane holds up what was fetched for its neighbours, so it is more than a lane needs.
"""
RETRY_SECONDS_FIRST = 0.1
RETRY_SECONDS_MAX = 5.0
SEEKS_MAX = 20
"""
After so many seeks to one offset that brought a later one, the records before it are gone.

More than there can be batches on the way that were fetched before the first seek.
"""


class Unfoldable(Exception):
    """A fault of ours with one record, after others: it is tried again before it is buried."""


class LaneRunner:
    """Folds one partition number of every topic; see Lanes."""

    def __init__(self, lanes: "Lanes", number: int) -> None:
        self._lanes = lanes
        self._number = number
        self.waiting: asyncio.Queue[Fetch | None] = asyncio.Queue(BATCHES_WAITING_MAX)
        """None wakes a lane that has nothing to fold, and something to judge anew."""
        self.lane: Lane | None = None
        self._tallies: dict[Partition, FaultTally] = {}
        self._seeks: dict[Partition, int] = {}
        self._passed_over: set[Partition] = set()
        self._held = False

    async def run(self) -> None:
        while True:
            if (fetch := await self._next()) is not None:
                await self._fold_until_done(fetch)
            if (lane := self._outdated()) is not None:
                await self._sweep(lane)

    def wake(self) -> None:
        """Go on where there is something to judge anew; a lane that is busy does so anyway."""
        if self._outdated() and self.waiting.empty():
            self.waiting.put_nowait(None)

    async def _next(self) -> Fetch | None:
        """Return what is to be folded next: nothing where there is time to judge anew."""
        if self._outdated() and self.waiting.empty():
            return None
        return await self.waiting.get()

    def _outdated(self) -> Lane | None:
        """Return our lane if an older edition has made some of it."""
        lane = self.lane
        return lane if lane is not None and lane.edition < self._lanes.edition else None

    async def _fold_until_done(self, fetch: Fetch) -> None:
        pause, rest = RETRY_SECONDS_FIRST, await self._attempt(fetch, RETRY_SECONDS_FIRST)
        while rest is not None:
            pause = min(pause * 2, RETRY_SECONDS_MAX)
            rest = await self._attempt(rest, pause)
        self._lanes.pulse.release(self._name)
        self._lanes.watchdog.progressed()
        await self._catch_up()

    async def _sweep(self, lane: Lane) -> None:
        """Judge anew a part of what an older edition has made."""
        try:
            crash("metrics.before_sweep")
            await self._lanes.folding.sweep(lane)
            crash("metrics.after_sweep")
        except Fenced:
            await self._lanes.give_way([self._number])
        except StoreUnavailable as fault:
            log.warning("sweep_postponed", partition=self._number, fault=repr(fault))
            lane.pictures.clear()
            await self._lanes.clock.sleep(RETRY_SECONDS_FIRST)
        self._lanes.watchdog.progressed()
        self._lanes.changed.set()

    async def put(self, fetch: Fetch) -> None:
        """
        Hand on *fetch*, waiting while the lane is busy.

        A lane that is held by a fault of its own lets it go instead, so that its
        neighbours are fetched; it seeks it again once it goes on.
        """
        if self._held and self.waiting.full():
            self._passed_over.add(fetch.place)
        else:
            await self.waiting.put(fetch)

    async def _attempt(self, fetch: Fetch, pause: float) -> Fetch | None:
        """Fold *fetch*; return what is left to be tried again after *pause*."""
        try:
            await self._fold(fetch)
        except Fenced:
            await self._lanes.give_way([self._number])
        except (StoreUnavailable, SendUnknown, Unfoldable) as fault:
            log.warning("batch_postponed", partition=self._number, fault=repr(fault))
            self._held = isinstance(fault, Unfoldable)
            # The reason is known and said: waiting for it to pass is no hang.
            self._lanes.watchdog.progressed()
            self._lanes.pulse.hold(self._name, fault)
            await self._lanes.clock.sleep(pause)
            await self._recover(fetch.place)
            return fetch
        self._held = False
        return None

    async def _catch_up(self) -> None:
        """Seek what was let go while we were held."""
        while self._passed_over and self.lane:
            place = self._passed_over.pop()
            if place.topic in self.lane.expected:
                await self._lanes.steering.seek(place, self.lane.expected[place.topic])

    @property
    def _name(self) -> str:
        return f"{GROUP}-{self._number}"

    async def _recover(self, place: Partition) -> None:
        """After a lost connection nothing in memory counts: what was committed tells."""
        lane = self.lane
        if lane is None:
            return
        with suppress(StoreUnavailable):
            stored = await self._lanes.projection.offsets([(place.topic, place.number)])
            lane.pictures.clear()
            lane.expected[place.topic] = stored[place.topic, place.number]

    async def _fold(self, fetch: Fetch) -> None:
        lane = self.lane
        if lane is None or fetch.place.topic not in lane.expected:
            return
        expected = lane.expected[fetch.place.topic]
        if fetch.following <= expected:
            return
        if fetch.first > expected:
            await self._seek_back(fetch.place, expected)
            return
        self._seeks.pop(fetch.place, None)
        records = [record for record in fetch.records if record.offset >= expected]
        await self._fold_records(lane, replace(fetch, records=records, first=expected))

    async def _seek_back(self, place: Partition, expected: int) -> None:
        self._seeks[place] = self._seeks.get(place, 0) + 1
        if self._seeks[place] > SEEKS_MAX:
            raise OffsetLost(place, expected)
        log.info("batch_out_of_place", topic=place.topic, partition=place.number, offset=expected)
        await self._lanes.steering.seek(place, expected)

    async def _fold_records(self, lane: Lane, fetch: Fetch) -> None:
        """Fold *fetch*; halve what fails for no passing reason until the culprit stands alone."""
        try:
            await self._commit(lane, fetch)
        except (Fenced, StoreUnavailable, SendUnknown, Unfoldable, ProjectionOutdated):
            raise
        except Exception as fault:
            if len(fetch.records) > 1:
                await self._fold_halves(lane, fetch)
            elif fetch.records:
                await self._give_up(lane, fetch, fault)
            else:
                raise Unfoldable(fetch.place, fetch.first) from fault

    async def _fold_halves(self, lane: Lane, fetch: Fetch) -> None:
        records = fetch.records
        middle = len(records) // 2
        border = records[middle].offset
        await self._fold_records(lane, replace(fetch, records=records[:middle], following=border))
        await self._fold_records(lane, replace(fetch, records=records[middle:], first=border))

    async def _give_up(self, lane: Lane, fetch: Fetch, fault: Exception) -> None:
        """Bury the only record of *fetch*; where many had to be, raise Unfoldable instead (R11)."""
        (record,) = fetch.records
        tally = self._tallies.setdefault(fetch.place, FaultTally(FaultLimit()))
        if not tally.take(self._lanes.clock.monotonic()):
            raise Unfoldable(fetch.place, record.offset) from fault
        log.error("record_unfoldable", offset=record.offset, exc_info=fault)
        await self._refuse(
            fetch.place, [RefusedRecord(record, "unfoldable", "", type(fault).__name__)]
        )
        await self._store(lane, fetch, [])

    async def _commit(self, lane: Lane, fetch: Fetch) -> None:
        readings = list(read_records(fetch.records, self._lanes.seals.get(fetch.place.topic)))
        arrived = [reading for reading in readings if isinstance(reading, Arrived)]
        refused = [reading for reading in readings if isinstance(reading, RefusedRecord)]
        if len(refused) > LETTERS_AT_ONCE_MAX:
            await self._fold_halves(lane, fetch)
            return
        await self._refuse(fetch.place, refused)
        await self._store(lane, fetch, arrived)

    async def _store(self, lane: Lane, fetch: Fetch, arrived: list[Arrived]) -> None:
        place, following = fetch.place, fetch.following
        stretch = Stretch(
            place.topic, place.number, lane.expected[place.topic], following, fetch.highwater
        )
        started = self._lanes.clock.monotonic()
        crash("metrics.before_batch")
        with span(
            f"fold {place.topic}",
            kind=SpanKind.CONSUMER,
            causes=causes_in(fact.body for fact in arrived),
            lane=place.number,
            facts=len(arrived),
        ) as folding:
            new = await self._lanes.folding.handle(lane, stretch, arrived)
            if folding:
                folding.tell(new=new)
                self._lanes.folded.append(folding.traceparent)
        crash("metrics.after_batch")
        self._lanes.hear(self._lanes.folding.edition)
        lane.expected[place.topic] = following
        self._lanes.changed.set()
        self._lanes.pulse.moved()
        log.debug(
            "batch_folded",
            topic=place.topic,
            partition=place.number,
            records=len(fetch.records),
            new=new,
            duration_ms=round((self._lanes.clock.monotonic() - started) * 1000, 1),
        )

    async def _refuse(self, place: Partition, refused: Sequence[RefusedRecord]) -> None:
        """Send dead letters before the offset passes them: never lost, and each of them once."""
        if not refused:
            return
        crash("dlq.before_send")
        await self._lanes.sender.send([letter_of(place, reading, GROUP) for reading in refused])
        crash("dlq.after_send_before_offset")
        for reading in refused:
            EVENTS_DEAD_LETTERED.labels(
                topic=dead_letter_topic(place.topic), reason=reading.code
            ).inc()
            log.warning("message_dead_lettered", code=reading.code, field=reading.field)


class Lanes:
    """All lanes of one worker, and the claims on them."""

    def __init__(
        self,
        projection: Projection,
        folding: Folding,
        sender: Sender,
        clock: Clock,
        *,
        seal: Seal | None = None,
    ) -> None:
        self.seals = seal.on_our_own if seal else {}
        self.projection = projection
        self.folding = folding
        self.sender = sender
        self.clock = clock
        self.changed = asyncio.Event()
        self.folded: deque[str] = deque(maxlen=CAUSES_MAX)
        """The traces of what was folded since readers were woken, where somebody traces."""
        self.outdated = asyncio.Event()
        """Other code has made the projection: nothing is left for us to do here."""
        self.watchdog = Watchdog("metrics.fold", clock)
        self.pulse = pulse_of(GROUP, clock)
        self.edition = folding.edition
        """The newest edition of the rules that we have heard of."""
        self.steering: Steering
        self._claiming = asyncio.Lock()
        self._runners: dict[int, LaneRunner] = {}
        self._started: asyncio.Queue[LaneRunner] = asyncio.Queue()

    async def run(self) -> None:
        """Fold for ever; whatever ends a lane for good ends this."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                runner = await self._started.get()
                tasks.create_task(runner.run(), name=f"lane-{runner}")

    def hear(self, edition: int) -> None:
        """Let every lane judge anew what older editions have made, where *edition* is news."""
        if edition > self.edition:
            self.edition = edition
            for runner in self._runners.values():
                runner.wake()

    async def put(self, fetch: Fetch) -> None:
        """Hand on what was fetched, waiting while its lane is busy."""
        await self._runner(fetch.place.number).put(fetch)

    async def claim(
        self, places: Sequence[Partition], beginning: Callable[[Partition], Awaitable[int]]
    ) -> Mapping[Partition, int]:
        """
        Become the owner of *places* and return where each goes on.

        The claim waits for a batch that is being committed, so the offsets
        that are read behind it are the last ones of the previous owner. Claims
        take turns, so that one which waited out an outage does not take away what
        a later assignment brought.
        """
        async with self._claiming:
            while True:
                try:
                    return await self._claim(places, beginning)
                except StoreUnavailable as fault:
                    log.warning("claim_postponed", fault=repr(fault))
                    await self.clock.sleep(RETRY_SECONDS_MAX / 5)
                except ProjectionOutdated as fault:
                    log.warning("projection_made_otherwise", projection=fault.stored)
                    self.outdated.set()
                    # Without lanes there is no way on; whoever watches ends the process.
                    await asyncio.Event().wait()

    async def _claim(
        self, places: Sequence[Partition], beginning: Callable[[Partition], Awaitable[int]]
    ) -> Mapping[Partition, int]:
        claims = await self.projection.claim(sorted({place.number for place in places}))
        stored = await self.projection.offsets(places)
        for place in places:
            if place not in stored:
                await self.projection.begin(*place, await beginning(place))
        offsets = await self.projection.offsets(places)
        self._renew(claims, {Partition(*place): offset for place, offset in offsets.items()})
        log.info("lanes_claimed", partitions=sorted(claims))
        return {place: offsets[place] for place in places}

    def _renew(self, claims: Mapping[int, Claim], offsets: Mapping[Partition, int]) -> None:
        for number, runner in self._runners.items():
            if number not in claims:
                runner.lane = None
        for number, claim in claims.items():
            lane = Lane(number, claim.epoch, claim.recent, claim.edition)
            lane.pictures_max = PICTURES_MAX // len(claims)
            lane.expected = {
                place.topic: offset for place, offset in offsets.items() if place.number == number
            }
            self._runner(number).lane = lane
            self._runner(number).wake()

    def positions(self) -> dict[Partition, int]:
        """Return up to where each of our partitions is committed."""
        return {
            Partition(topic, number): offset
            for number, runner in self._runners.items()
            if runner.lane is not None
            for topic, offset in runner.lane.expected.items()
        }

    async def give_way(self, numbers: Collection[int]) -> None:
        """Take our lanes anew: those of *numbers* have another owner, or had one since."""
        for number in numbers:
            log.warning("lane_fenced", partition=number)
            self._runner(number).lane = None
        await self.steering.rejoin()

    def epochs(self) -> dict[int, int]:
        """Return under which number each lane is ours."""
        return {number: one.lane.epoch for number, one in self._runners.items() if one.lane}

    def _runner(self, number: int) -> LaneRunner:
        if number not in self._runners:
            self._runners[number] = LaneRunner(self, number)
            self._started.put_nowait(self._runners[number])
        return self._runners[number]
