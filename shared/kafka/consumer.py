"""The consumer loop: every record is handled, dead-lettered with its reason, or tried again."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import structlog

from shared.kafka.dead_letters import Refusal, dead_letter
from shared.kafka.limits import FaultLimit, FaultTally
from shared.kafka.port import (
    Feed,
    Handler,
    OffsetLost,
    Partition,
    Record,
    Sender,
    SendUnknown,
    Together,
    TransactionOpen,
    Undeliverable,
    one_by_one,
)
from shared.kafka.seal import Seal
from shared.kafka.unpacking import Illegible
from shared.runtime.clock import Clock
from shared.runtime.faults import first_of
from shared.runtime.lifecycle import Watchdog, crash, pause
from shared.runtime.measures import EVENTS_DEAD_LETTERED
from shared.runtime.pulse import pulse_of
from shared.runtime.traces import SpanKind, causes_in, span

RETRY_SECONDS_MIN = 0.1
RETRY_SECONDS_MAX = 10.0

TRIES_OF_SLOW = 3
"""What takes too long once may have waited for somebody else."""

INTERNAL_ERROR = "internal_error"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """How one group reads: by what name, what it waits out, how many own faults it may bury."""

    group: str
    passing: tuple[type[Exception], ...] = ()
    """Faults of the world: the same record is tried until they are over."""
    limit: FaultLimit = field(default_factory=FaultLimit)
    patience_seconds: float = 60.0
    """Longer than this nothing takes that is still alive."""
    turn_seconds_max: float = 5.0
    """A partition that takes longer goes on by itself, and the others are fetched without it."""
    together: Together = one_by_one
    """What is done first with all that a fetch brought of a partition."""
    seal: Seal | None = None
    """Of the owners' topics nothing is handled that their relay has not sealed."""


class ConsumerLoop:
    """
    Feeds records to a handler: partitions side by side, each in its order.

    Offsets are committed behind what was handled, so a crash repeats and never skips,
    and behind every letter, so that a crash repeats the sending of one at most.
    """

    def __init__(
        self, feed: Feed, handler: Handler, dead_letters: Sender, reading: ReadingPlan, clock: Clock
    ) -> None:
        self._feed = feed
        self._handler = handler
        self._dead_letters = dead_letters
        self._reading = reading
        self._clock = clock
        self.pulse = pulse_of(reading.group, clock)
        self._tallies: dict[Partition, FaultTally] = {}
        self._slow: dict[Partition, asyncio.Task[None]] = {}
        self._began: dict[Partition, float] = {}
        self._overdue: set[Partition] = set()
        self._watchdog = Watchdog(reading.group, clock, patience_seconds=reading.patience_seconds)

    async def run(self, stopping: asyncio.Event) -> None:
        """
        Handle what comes until *stopping*.

        A partition whose next record is lost is set aside, until a person has decided.

        Raises:
            ConsumerStalled: as the feed does.
            NoProgress: the feed has said nothing for too long.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                watching = tasks.create_task(self._watchdog.watch(stopping))
                while not stopping.is_set():
                    await self._turn(tasks, stopping)
                watching.cancel()
        except ExceptionGroup as faults:
            raise first_of(faults) from None

    async def _turn(self, tasks: asyncio.TaskGroup, stopping: asyncio.Event) -> None:
        self._join_slow()
        try:
            batch = await self._feed.fetch()
        except OffsetLost as lost:
            self.pulse.hold(_named(lost.partition), lost)
            self._feed.set_aside(lost.partition)
            return
        self._look()
        works: dict[Partition, asyncio.Task[None]] = {}
        for partition, records in batch.items():
            await self._forget(partition)
            works[partition] = tasks.create_task(self._work(partition, records, stopping))
        await self._give_time(tasks, set(works.values()))
        for partition, work in works.items():
            if not work.done():
                self._slow[partition] = work
                self._feed.set_aside(partition)
        self._end_overdue()

    async def _give_time(self, tasks: asyncio.TaskGroup, works: set[asyncio.Task[None]]) -> None:
        """Wait until *works* are done, or for one turn."""
        if not works:
            return
        timer = tasks.create_task(self._clock.sleep(self._reading.turn_seconds_max))
        while works and not timer.done():
            done, _ = await asyncio.wait({*works, timer}, return_when=asyncio.FIRST_COMPLETED)
            works -= done
        timer.cancel()

    def _end_overdue(self) -> None:
        """Interrupt what has had a record in hand for longer than anything alive takes."""
        latest = self._clock.monotonic() - self._reading.patience_seconds
        for partition, work in self._slow.items():
            if self._began.get(partition, latest) < latest:
                del self._began[partition]
                self._overdue.add(partition)
                work.cancel()

    def _join_slow(self) -> None:
        """Fetch again what went on by itself and is done."""
        for partition in [partition for partition, work in self._slow.items() if work.done()]:
            del self._slow[partition]
            self._feed.take_back(partition)

    async def _forget(self, partition: Partition) -> None:
        """End what is in hand of *partition*: it was away from us, and comes again."""
        if work := self._slow.pop(partition, None):
            work.cancel()
            await asyncio.wait([work])

    def _look(self) -> None:
        """Say how far we are behind, and where somebody's open transaction is why."""
        self._watchdog.progressed()
        self.pulse.reading()
        backlog = self._feed.backlog()
        for partition, waits in backlog.items():
            if waits.behind_transaction:
                self.pulse.hold_lasting(
                    f"{_named(partition)} behind a transaction", TransactionOpen()
                )
            else:
                self.pulse.release(f"{_named(partition)} behind a transaction")
        self.pulse.behind(sum(waits.records for waits in backlog.values()))

    async def _work(
        self, partition: Partition, records: Sequence[Record], stopping: asyncio.Event
    ) -> None:
        flaws = [self._flaw_of(record) for record in records]
        sound = [record for record, flaw in zip(records, flaws, strict=True) if flaw is None]
        handled = await self._handle_together(sound)
        for done, (record, flaw) in enumerate(zip(records, flaws, strict=True)):
            if flaw is not None:
                refusal: Refusal | None = await self._bury(record, _refusal(flaw, 1), stopping)
            elif record.offset in handled:
                refusal = None
            else:
                refusal = await self._attempt(record, stopping)
            if stopping.is_set() and refusal is _INTERRUPTED:
                await self._commit(partition, records[:done])
                return
            self.pulse.release(_named(partition))
            self._progressed()
            if refusal:
                await self._commit(partition, records[: done + 1])
        await self._commit(partition, records)

    def _flaw_of(self, record: Record) -> Undeliverable | None:
        """Return why nobody need look at *record*: it cannot be read, or not be believed."""
        if isinstance(record.value, Illegible):
            return Undeliverable(record.value.code, "", record.value.detail)
        seal = self._reading.seal
        flaw = None if seal is None else seal.flaw_of(record)
        return None if flaw is None else Undeliverable(flaw)

    async def _handle_together(self, records: Sequence[Record]) -> Collection[int | None]:
        try:
            return await self._reading.together(records)
        except Exception:  # noqa: BLE001 - each is handled by itself, and its fault is told there
            return ()

    async def _attempt(self, record: Record, stopping: asyncio.Event) -> Refusal | None:
        """Return None where *record* was handled, else why it lies among the dead letters."""
        deliveries = 0
        while not stopping.is_set():
            deliveries += 1
            try:
                await self._handle(record)
            except self._reading.passing as fault:
                await self._wait_out(record, fault, deliveries, stopping)
            except Exception as fault:  # noqa: BLE001 - one bad record must not stop the others
                refusal = _refusal(fault, deliveries)
                if refusal.code != INTERNAL_ERROR or self._may_bury(record, fault, deliveries):
                    return await self._bury(record, refusal, stopping)
                await self._wait_out(record, fault, deliveries, stopping)
            else:
                return None
        return _INTERRUPTED

    async def _handle(self, record: Record) -> None:
        place = _place(record)
        self._began[place] = self._clock.monotonic()
        try:
            with span(
                "handle",
                kind=SpanKind.CONSUMER,
                causes=causes_in([record.value]),
                topic=record.topic,
                group=self._reading.group,
            ):
                await self._handler(record)
        except asyncio.CancelledError:
            if place not in self._overdue:
                raise
            self._overdue.remove(place)
            if work := asyncio.current_task():
                work.uncancel()
            raise TimeoutError from None
        finally:
            self._began.pop(place, None)

    def _may_bury(self, record: Record, fault: Exception, deliveries: int) -> bool:
        """Return whether a fault of our own is this record's, as far as can be told."""
        if isinstance(fault, TimeoutError) and deliveries < TRIES_OF_SLOW:
            return False
        tally = self._tallies.setdefault(_place(record), FaultTally(self._reading.limit))
        return tally.take(self._clock.monotonic())

    async def _bury(self, record: Record, refusal: Refusal, stopping: asyncio.Event) -> Refusal:
        letter = dead_letter(record, self._reading.group, refusal)
        tries = 0
        crash("dlq.before_send")
        while not stopping.is_set():
            tries += 1
            try:
                await self._dead_letters.send([letter])
            except SendUnknown as fault:
                await self._wait_out(record, fault, tries, stopping)
            else:
                crash("dlq.after_send_before_offset")
                EVENTS_DEAD_LETTERED.labels(topic=letter.topic, reason=refusal.code).inc()
                log.warning(
                    "message_dead_lettered",
                    topic=record.topic,
                    partition=record.partition,
                    offset=record.offset,
                    code=refusal.code,
                    field=refusal.field,
                )
                return refusal
        return _INTERRUPTED

    async def _wait_out(
        self, record: Record, fault: Exception, tries: int, stopping: asyncio.Event
    ) -> None:
        seconds = min(RETRY_SECONDS_MAX, RETRY_SECONDS_MIN * 2 ** min(tries - 1, 16))
        # The reason is known and said: waiting for it to pass is no hang.
        self._watchdog.progressed()
        self.pulse.hold(_named(_place(record)), fault)
        await pause(self._clock, seconds, stopping)

    def _progressed(self) -> None:
        self._watchdog.progressed()
        self.pulse.moved()

    async def _commit(self, partition: Partition, records: Sequence[Record]) -> None:
        if records and records[-1].offset is not None:
            await self._feed.commit({partition: records[-1].offset + 1})


_INTERRUPTED = Refusal("interrupted", "", "", 0)
"""We were asked to stop in the middle: the record will come again."""


def _place(record: Record) -> Partition:
    return Partition(record.topic, record.partition or 0)


def _named(partition: Partition) -> str:
    return f"{partition.topic}-{partition.number}"


def _refusal(fault: Exception, deliveries: int) -> Refusal:
    code = getattr(fault, "code", None)
    if code is None:
        if deliveries == 1:
            log.error("message_handler_failed", exc_info=fault)
        return Refusal(INTERNAL_ERROR, "", type(fault).__name__, deliveries)
    return Refusal(
        str(code),
        str(getattr(fault, "field", "") or ""),
        str(getattr(fault, "detail", "")),
        deliveries,
    )
