"""A sender that confirms: idempotent, acks from all, and honest where the outcome is unknown."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    RecordTooLargeError,
)

from shared.kafka.access import Broker, access_to
from shared.kafka.entrance import enter
from shared.kafka.port import Record, SendRefused, SendUnknown
from shared.kafka.topics import MESSAGE_BYTES_MAX

SEND_SECONDS_MAX = 15.0
"""After this the outcome is unknown; aiokafka itself would try for ever (its issue 632)."""
REQUEST_SECONDS_MAX = 10.0
ABANDON_SECONDS_MAX = 2.0
BATCH_BYTES_MAX = 256 * 1024

REFUSALS = (MessageSizeTooLargeError, RecordListTooLargeError, RecordTooLargeError)
"""
What is about the record itself: as long as the topic takes no larger ones, it stays like that.

Everything else passes (a broker, a leader, an epoch, a clock) or is for a person to set right
(a right, a setting, a topic) and concerns every record alike.
"""

log = structlog.get_logger()


class KafkaProducer:
    """
    One idempotent producer at a time.

    After a broker outage an idempotent producer of aiokafka may refuse
    everything for ever (its issue 1017), so any fault is fatal for the
    producer and not for us: the next send begins with a new one.
    """

    def __init__(
        self,
        broker: Broker,
        *,
        client_id: str = "casetrack",
        send_seconds_max: float = SEND_SECONDS_MAX,
    ) -> None:
        self._broker = broker
        self._client_id = client_id
        self._send_seconds_max = send_seconds_max
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._producer:
            await self._abandon(self._producer)

    async def send(self, records: Sequence[Record]) -> None:
        producer: AIOKafkaProducer | None = None
        try:
            async with asyncio.timeout(self._send_seconds_max):
                producer = await self._current()
                await _confirm(producer, records)
        except (KafkaError, OSError, TimeoutError) as fault:
            if producer:
                await self._abandon(producer)
            raise _of(fault, leaderless(producer, records)) from fault

    async def _current(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                self._producer = await self._start()
            return self._producer

    async def _start(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            **access_to(self._broker).arguments(),
            client_id=self._client_id,
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            max_batch_size=BATCH_BYTES_MAX,
            max_request_size=MESSAGE_BYTES_MAX,
            request_timeout_ms=int(REQUEST_SECONDS_MAX * 1000),
            retry_backoff_ms=100,
        )
        try:
            await enter(producer, self._broker)
        except BaseException:
            await producer.stop()
            raise
        return producer

    async def _abandon(self, producer: AIOKafkaProducer) -> None:
        """Let go of *producer* without waiting for what it still wants to send."""
        if self._producer is producer:
            self._producer = None
        # stop() flushes first, which may never end. There is no public way to
        # drop what is queued, so we fail it; the version is pinned.
        accumulator = producer._message_accumulator  # noqa: SLF001 - see above
        queued = [batch for batches in accumulator._batches.values() for batch in batches]  # noqa: SLF001
        accumulator.fail_all(KafkaError("abandoned"))
        for batch in queued:
            # For whoever waits for room in it: mostly nobody, and asyncio would tell in the end.
            batch._drain_waiter.exception()  # noqa: SLF001 - as above
        try:
            async with asyncio.timeout(ABANDON_SECONDS_MAX):
                await producer.stop()
        except Exception:  # noqa: BLE001 - its own bookkeeping may trip over what we failed
            log.warning("producer_abandoned")
            await producer.client.close()


def _of(fault: Exception, unled: Sequence[str]) -> SendUnknown:
    """Return what *fault* of the driver means to whoever sends, and what it may come from."""
    kind = SendRefused if isinstance(fault, REFUSALS) else SendUnknown
    said = repr(fault)
    return kind(f"{said}; no broker leads {', '.join(unled)}" if unled else said)


def leaderless(producer: AIOKafkaProducer | None, records: Sequence[Record]) -> list[str]:
    """Return the partitions of the topics of *records* that no broker leads, as last heard."""
    if producer is None:
        return []
    cluster = producer.client.cluster
    return [
        f"{topic}-{number}"
        for topic in sorted({record.topic for record in records})
        for number in sorted(
            (cluster.partitions_for_topic(topic) or set())
            - (cluster.available_partitions_for_topic(topic) or set())
        )
    ]


async def _confirm(producer: AIOKafkaProducer, records: Sequence[Record]) -> None:
    confirmations: list[asyncio.Future[Any]] = []
    try:
        for record in records:
            confirmation = await producer.send(
                record.topic,
                value=record.value,
                key=record.key,
                partition=record.partition,
                headers=list(record.headers),
            )
            confirmations.append(confirmation)
        if confirmations:
            await asyncio.wait(confirmations)
    except BaseException:
        # Nobody is left to hear of them, and what nobody has heard asyncio tells in the end.
        for one in confirmations:
            if not one.cancel():
                one.exception()
        raise
    faults = [fault for one in confirmations if (fault := one.exception()) is not None]
    # Behind a refusal the broker finds the numbers out of order, which says nothing.
    for fault in sorted(faults, key=lambda fault: not isinstance(fault, REFUSALS)):
        raise fault
