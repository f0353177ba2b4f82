"""The loop that sends one owner's facts: read in order, send, be confirmed, move the cursor."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence

import structlog

from shared.contracts.registry import Owner
from shared.eventstore.port import START, STUCK_SECONDS, Outbox, Outgoing, StoreUnavailable
from shared.kafka.port import Record, Sender, SendRefused, SendUnknown
from shared.kafka.seal import Seal, TopicSeal
from shared.runtime.clock import Clock
from shared.runtime.lifecycle import Watchdog, crash, pause
from shared.runtime.measures import (
    EVENTS_RELAYED,
    RELAY_BLOCKED_SECONDS,
    RELAY_LAG_SECONDS,
    RELAY_LEADS,
    RELAY_PARKED,
)
from shared.runtime.traces import SpanKind, causes_in, span

ROWS_MAX = 2_000
"""Read at once."""
RECORDS_MAX = 500
"""Sent at once; several such fill one reading."""
PARKED_ROWS_MAX = 20
"""Offered again at once: each of them may be of any size."""
GATHER_SECONDS = 0.1
"""Between two readings while little waits: a fact sent alone costs the fold a transaction."""
STANDBY_SECONDS = 0.5
LOOK_SECONDS = 1.0
"""Between two looks at how long the oldest fact has waited."""
LAGGING_SECONDS = 5.0
RETRY_SECONDS_MIN = 0.1
RETRY_SECONDS_MAX = 5.0

CONTENT_TYPE = ("content-type", b"application/cloudevents+json; charset=UTF-8")

log = structlog.get_logger()

OpenOutbox = Callable[[], Awaitable[Outbox]]


def record_of(outgoing: Outgoing, topic: str, seal: TopicSeal | None = None) -> Record:
    """Return *outgoing* as a message: keyed by case, with its place in its stream, and sealed."""
    return Record(
        topic=topic,
        key=outgoing.partitionkey.encode(),
        value=outgoing.body,
        headers=(
            CONTENT_TYPE,
            ("stream", outgoing.stream.encode()),
            ("version", str(outgoing.version).encode()),
            *(() if seal is None else (seal.header(outgoing.body),)),
        ),
    )


class Relay:
    """
    One owner's way to its topic; any number may run, one leads.

    Whatever fails, it goes on from the cursor: what was sent and not yet
    booked is sent again in the same order, nothing is left out. What Kafka
    refuses for good is set aside, said, and offered again by the next leader;
    it does not hold up what comes behind it.
    """

    def __init__(
        self,
        owner: Owner,
        open_outbox: OpenOutbox,
        sender: Sender,
        clock: Clock,
        topic: str = "",
        *,
        seal: Seal | None = None,
    ) -> None:
        self._owner = owner
        self._topic = topic or owner.topic
        self._seal = None if seal is None else seal.on(self._topic)
        self._open_outbox = open_outbox
        self._sender = sender
        self._clock = clock
        self._faults = 0
        self._looked_at = 0.0
        self._waits_since: float | None = None
        self._watchdog = Watchdog(f"relay-{owner.value}", clock)
        self.standing = asyncio.Event()
        """Set once the outbox has answered, whether we lead or stand by."""

    @property
    def stuck(self) -> bool:
        """Whether a fact has waited for too long although we, who lead, try."""
        since = self._waits_since
        return since is not None and self._clock.monotonic() - since > STUCK_SECONDS

    async def run(self, stopping: asyncio.Event) -> None:
        """Send until *stopping*."""
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(self._watchdog.watch(stopping))
            while not stopping.is_set():
                try:
                    await self._serve(stopping)
                except (StoreUnavailable, SendUnknown) as fault:
                    await self._wait_out(fault, stopping)
            watching.cancel()

    async def _serve(self, stopping: asyncio.Event) -> None:
        outbox = await self._open_outbox()
        try:
            if await self._take_lead(outbox, stopping):
                crash("relay.lease_taken")
                await self._lead(outbox, stopping)
        finally:
            await outbox.close()

    async def _lead(self, outbox: Outbox, stopping: asyncio.Event) -> None:
        try:
            await self._offer_again(outbox)
            while not stopping.is_set():
                await self._turn(outbox)
        except SendUnknown:
            await self._look(outbox, idle=False)
            raise

    async def _take_lead(self, outbox: Outbox, stopping: asyncio.Event) -> bool:
        leading = await outbox.lead()
        self.standing.set()
        RELAY_LEADS.labels(owner=self._owner.value).set(leading)
        log.info("relay_leads" if leading else "relay_stands_by", owner=self._owner.value)
        self._waits_since = self._waits_since if leading else None
        if not leading:
            # Who led before leaves what it last saw to whoever leads now.
            RELAY_LAG_SECONDS.labels(owner=self._owner.value).set(0)
            RELAY_BLOCKED_SECONDS.labels(owner=self._owner.value).set(0)
        while not leading and not await pause(self._clock, STANDBY_SECONDS, stopping):
            self._watchdog.progressed()
            leading = await outbox.lead()
            if leading:
                log.info("relay_leads", owner=self._owner.value)
        RELAY_LEADS.labels(owner=self._owner.value).set(leading)
        return leading

    async def _turn(self, outbox: Outbox) -> None:
        waiting = await outbox.pending(ROWS_MAX)
        crash("relay.read")
        if waiting:
            await self._send(outbox, waiting)
        await self._look(outbox, idle=not waiting)
        self._faults = 0
        self._watchdog.progressed()
        if len(waiting) < RECORDS_MAX:
            await self._clock.sleep(GATHER_SECONDS)

    async def _send(self, outbox: Outbox, waiting: Sequence[Outgoing]) -> None:
        with span(
            f"send {self._topic}",
            kind=SpanKind.PRODUCER,
            causes=causes_in(outgoing.body for outgoing in waiting),
            owner=self._owner.value,
            events=len(waiting),
        ):
            for part in _parts(waiting, RECORDS_MAX):
                for outgoing, refusal in await self._deliver(part):
                    await self._park(outbox, outgoing, refusal)
                crash("relay.sent_one_of_many")
        crash("relay.sent_before_cursor")
        await outbox.advance(waiting[-1].place)
        crash("relay.cursor_advanced")
        EVENTS_RELAYED.labels(owner=self._owner.value).inc(len(waiting))

    async def _deliver(self, part: Sequence[Outgoing]) -> list[tuple[Outgoing, SendRefused]]:
        """Send *part* in its order; return what Kafka refuses, past which the rest has gone on."""
        self._watchdog.progressed()
        try:
            await self._sender.send(
                [record_of(outgoing, self._topic, self._seal) for outgoing in part]
            )
        except SendRefused as refusal:
            if len(part) == 1:
                return [(part[0], refusal)]
            middle = len(part) // 2
            return [*await self._deliver(part[:middle]), *await self._deliver(part[middle:])]
        return []

    async def _park(self, outbox: Outbox, outgoing: Outgoing, refusal: SendRefused) -> None:
        await outbox.park(outgoing, refusal.reason)
        crash("relay.parked_before_cursor")
        RELAY_PARKED.labels(owner=self._owner.value).set(await outbox.parked_count())
        log.error(
            "fact_parked",
            owner=self._owner.value,
            stream=outgoing.stream,
            version=outgoing.version,
            bytes=len(outgoing.body),
            reason=refusal.reason,
        )

    async def _offer_again(self, outbox: Outbox) -> None:
        """Send what was set aside and is taken by now: the topic's limit may have been raised."""
        after = START
        while parked := await outbox.parked(after, PARKED_ROWS_MAX):
            refused = {outgoing.place for outgoing, _ in await self._deliver(parked)}
            for outgoing in parked:
                if outgoing.place not in refused:
                    await outbox.release(outgoing)
                    log.info("fact_released", stream=outgoing.stream, version=outgoing.version)
            after = parked[-1].place
        RELAY_PARKED.labels(owner=self._owner.value).set(await outbox.parked_count())

    async def _look(self, outbox: Outbox, *, idle: bool) -> None:
        now = self._clock.monotonic()
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        seconds = await outbox.waiting_seconds()
        self._waits_since = now - seconds if seconds else None
        RELAY_LAG_SECONDS.labels(owner=self._owner.value).set(seconds)
        # Nothing to send, and yet something unsent: an open transaction holds it back.
        RELAY_BLOCKED_SECONDS.labels(owner=self._owner.value).set(seconds if idle else 0)
        if seconds > LAGGING_SECONDS:
            log.warning(
                "outbox_lagging", owner=self._owner.value, seconds=round(seconds, 1), blocked=idle
            )

    async def _wait_out(self, fault: Exception, stopping: asyncio.Event) -> None:
        # The reason is known and said: waiting for it to pass is no hang.
        self._watchdog.progressed()
        if isinstance(fault, StoreUnavailable):
            RELAY_LEADS.labels(owner=self._owner.value).set(0)
        self._faults += 1
        seconds = min(RETRY_SECONDS_MAX, RETRY_SECONDS_MIN * 2 ** min(self._faults - 1, 16))
        log.warning(
            "relay_waits", owner=self._owner.value, fault=repr(fault), seconds=round(seconds, 1)
        )
        await pause(self._clock, seconds, stopping)


def _parts(outgoing: Sequence[Outgoing], size: int) -> Iterator[Sequence[Outgoing]]:
    for start in range(0, len(outgoing), size):
        yield outgoing[start : start + size]
