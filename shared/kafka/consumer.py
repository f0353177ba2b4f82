"""The consumer loop: every record is handled, dead-lettered with its reason, or tried again."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from shared.kafka.dead_letters import Refusal, dead_letter
from shared.kafka.limits import DeadLetterLimit, DeadLetterTally
from shared.kafka.port import Feed, Handler, Partition, Record, Sender, SendUnknown
from shared.runtime.clock import Clock
from shared.runtime.lifecycle import Watchdog, crash, pause
from shared.runtime.measures import EVENTS_DEAD_LETTERED

RETRY_SECONDS_MIN = 0.1
RETRY_SECONDS_MAX = 10.0

INTERNAL_ERROR = "internal_error"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reading:
    """How one group reads: by what name, what it waits out, how much it may refuse."""

    group: str
    passing: tuple[type[Exception], ...] = ()
    """Faults of the world: the same record is tried until they are over."""
    limit: DeadLetterLimit = field(default_factory=DeadLetterLimit)
    patience_seconds: float = 60.0
    """Longer than this nothing takes that is still alive."""


class ConsumerLoop:
    """
    Feeds records to a handler: partitions side by side, each in its order.

    Offsets are committed behind what was handled, so a crash repeats and never skips.
    """

    def __init__(
        self, feed: Feed, handler: Handler, dead_letters: Sender, reading: Reading, clock: Clock
    ) -> None:
        self._feed = feed
        self._handler = handler
        self._dead_letters = dead_letters
        self._reading = reading
        self._clock = clock
        self._tallies: dict[Partition, DeadLetterTally] = {}
        self._watchdog = Watchdog(reading.group, clock, patience_seconds=reading.patience_seconds)

    async def run(self, stopping: asyncio.Event) -> None:
        """
        Handle what comes until *stopping*.

        Raises:
            TooManyDeadLetters: nearly everything is refused, so the fault may be ours.
            OffsetLost, ConsumerStalled: as the feed does.
            NoProgress: one record has been in hand for too long.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                watching = tasks.create_task(self._watchdog.watch(stopping))
                while not stopping.is_set():
                    await self._turn(stopping)
                watching.cancel()
        except ExceptionGroup as faults:
            raise first_of(faults) from faults

    async def _turn(self, stopping: asyncio.Event) -> None:
        batch = await self._feed.fetch()
        self._watchdog.progressed()
        async with asyncio.TaskGroup() as partitions:
            for partition, records in batch.items():
                partitions.create_task(self._work(partition, records, stopping))

    async def _work(
        self, partition: Partition, records: Sequence[Record], stopping: asyncio.Event
    ) -> None:
        tally = self._tallies.setdefault(partition, DeadLetterTally(partition, self._reading.limit))
        for done, record in enumerate(records):
            refusal = await self._attempt(record, stopping)
            if stopping.is_set() and refusal is _INTERRUPTED:
                await self._commit(partition, records[:done])
                return
            self._watchdog.progressed()
            tally.count(self._clock.monotonic(), refused=refusal is not None)
        await self._commit(partition, records)

    async def _attempt(self, record: Record, stopping: asyncio.Event) -> Refusal | None:
        """Return None where *record* was handled, else why it lies among the dead letters."""
        deliveries = 0
        while not stopping.is_set():
            deliveries += 1
            try:
                await self._handler(record)
            except self._reading.passing as fault:
                await self._wait_out(fault, deliveries, stopping)
            except Exception as fault:  # noqa: BLE001 - one bad record must not stop the others
                return await self._bury(record, _refusal(fault, deliveries), stopping)
            else:
                return None
        return _INTERRUPTED

    async def _bury(self, record: Record, refusal: Refusal, stopping: asyncio.Event) -> Refusal:
        letter = dead_letter(record, self._reading.group, refusal)
        tries = 0
        crash("dlq.before_send")
        while not stopping.is_set():
            tries += 1
            try:
                await self._dead_letters.send([letter])
            except SendUnknown as fault:
                await self._wait_out(fault, tries, stopping)
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

    async def _wait_out(self, fault: Exception, tries: int, stopping: asyncio.Event) -> None:
        seconds = min(RETRY_SECONDS_MAX, RETRY_SECONDS_MIN * 2 ** min(tries - 1, 16))
        # The reason is known and said: waiting for it to pass is no hang.
        self._watchdog.progressed()
        log.warning("message_waits", fault=repr(fault), tries=tries, seconds=seconds)
        await pause(self._clock, seconds, stopping)

    async def _commit(self, partition: Partition, records: Sequence[Record]) -> None:
        if records and records[-1].offset is not None:
            await self._feed.commit({partition: records[-1].offset + 1})


_INTERRUPTED = Refusal("interrupted", "", "", 0)
"""We were asked to stop in the middle: the record will come again."""


def first_of(faults: ExceptionGroup[Exception]) -> Exception:
    """Return the fault that started it: callers know faults, not groups of them."""
    first = faults.exceptions[0]
    return first_of(first) if isinstance(first, ExceptionGroup) else first


def _refusal(fault: Exception, deliveries: int) -> Refusal:
    code = getattr(fault, "code", None)
    if code is None:
        log.error("message_handler_failed", exc_info=fault)
        return Refusal(INTERNAL_ERROR, "", type(fault).__name__, deliveries)
    return Refusal(
        str(code),
        str(getattr(fault, "field", "") or ""),
        str(getattr(fault, "detail", "")),
        deliveries,
    )
