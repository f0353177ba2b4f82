"""One member of a Kafka consumer group that neither skips nor jumps."""

import re
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

import structlog
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import (
    CommitFailedError,
    IllegalStateError,
    KafkaError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
)

from shared.kafka.access import Broker
from shared.kafka.entrance import enter
from shared.kafka.port import Backlog, ConsumerStalled, OffsetLost, Partition, Record
from shared.kafka.reader import kafka_reader, stored
from shared.runtime.clock import Clock

FETCH_WAIT_MS_MAX = 200
"""
How long Kafka may hold a fetch back that has nothing to bring.

aiokafka sends a broker one fetch at a time: while the empty topics wait for
their next record, the full ones stand still. Much shorter, and live batches
become small: half as long a wait took a tenth off what the gateway accepts.
"""

METADATA_MS_MAX = 5_000
"""
How old a group member's picture of the topics may be.

A leader whose broker has just started may know no partition of them; it then
assigns nobody anything, and shares them out once it has looked again. aiokafka
would look after five minutes.
"""

FETCH_RECORDS_MAX = 125
"""
Of one partition at a time.

aiokafka would hand out what arrived first until all of it is taken, megabytes of one
flooded partition before a single record of another.
"""
SESSION_MS_MAX = 6_000
HEARTBEAT_MS = 2_000
STALLED_SECONDS_MAX = 30.0

log = structlog.get_logger()


class KafkaFeed:
    """
    The share of *topics* that Kafka assigns to this member of *group*.

    Topics that *begin* so are read, too, within seconds from when somebody made them.
    No partition waits until another one is empty.

    A group's very first start begins at the beginning of each partition; after
    that only committed offsets count, and one that is gone is a fault.
    """

    def __init__(
        self,
        broker: Broker,
        group: str,
        topics: Sequence[str],
        *,
        clock: Clock,
        begin: Sequence[str] = (),
        stalled_seconds_max: float = STALLED_SECONDS_MAX,
    ) -> None:
        self._broker = broker
        self._clock = clock
        self._stalled_seconds_max = stalled_seconds_max
        self._arrived_at = clock.monotonic()
        whole = (*map(re.escape, topics), *(f"{re.escape(name)}.+" for name in begin))
        self._pattern = rf"(?:{'|'.join(whole)})\Z"
        self._committed: dict[TopicPartition, int] = {}
        self._consumer = kafka_reader(
            broker,
            group_id=group,
            client_id=group,
            fetch_max_wait_ms=FETCH_WAIT_MS_MAX,
            max_poll_records=FETCH_RECORDS_MAX,
            metadata_max_age_ms=METADATA_MS_MAX,
            session_timeout_ms=SESSION_MS_MAX,
            heartbeat_interval_ms=HEARTBEAT_MS,
        )

    async def __aenter__(self) -> Self:
        """Join the group; raises KafkaError while Kafka is away."""
        self._consumer.subscribe(pattern=self._pattern)
        try:
            await enter(self._consumer, self._broker)
        except BaseException:
            await self._consumer.stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._consumer.stop()

    async def fetch(self) -> Mapping[Partition, Sequence[Record]]:
        batch: dict[TopicPartition, list[ConsumerRecord]] = {}
        try:
            for place in self._consumer.assignment() - self._consumer.paused():
                batch |= await self._consumer.getmany(place)
            if not batch:
                batch = await self._consumer.getmany(timeout_ms=FETCH_WAIT_MS_MAX)
        except (NoOffsetForPartitionError, OffsetOutOfRangeError) as fault:
            # What was taken is handled first: the fault is found again behind it.
            if not batch:
                await self._begin(fault)
                return {}
        if batch:
            self._arrived_at = self._clock.monotonic()
        else:
            await self._pass_by()
            await self._check_stalled()
        return {Partition(*place): list(map(stored, records)) for place, records in batch.items()}

    async def commit(self, next_offsets: Mapping[Partition, int]) -> None:
        places = {TopicPartition(*place): offset for place, offset in next_offsets.items()}
        owned = self._consumer.assignment()
        mine = {place: offset for place, offset in places.items() if place in owned}
        if not mine:
            return
        try:
            await self._consumer.commit(mine)
            self._committed |= mine
        except (CommitFailedError, IllegalStateError):
            # The group was shared out anew meanwhile: whoever has the
            # partition now sees these records again.
            log.info("consumer_commit_superseded", partitions=len(mine))
        except KafkaError as fault:
            log.warning("consumer_commit_failed", fault=repr(fault))

    def set_aside(self, partition: Partition) -> None:
        place = TopicPartition(*partition)
        if place in self._consumer.assignment():
            self._consumer.pause(place)

    def take_back(self, partition: Partition) -> None:
        place = TopicPartition(*partition)
        if place in self._consumer.assignment():
            self._consumer.resume(place)

    def backlog(self) -> Mapping[Partition, Backlog]:
        found = {}
        for place, position in self._positions().items():
            end, stable = self._consumer.highwater(place), self._consumer.last_stable_offset(place)
            if end is not None:
                done = min(self._committed.get(place, position), position)
                held = stable is not None and done >= stable
                found[Partition(*place)] = Backlog(max(0, end - done), held and end > done)
        return found

    async def _begin(self, fault: NoOffsetForPartitionError | OffsetOutOfRangeError) -> None:
        """Go to where a partition begins that the group has never read; what is lost stays so."""
        if isinstance(fault, OffsetOutOfRangeError):
            ((place, offset),) = fault.args[0].items()
            raise OffsetLost(Partition(*place), offset) from fault
        (place,) = fault.args
        log.info("consumer_begins", topic=place.topic, partition=place.partition)
        await self._consumer.seek_to_beginning(place)

    async def _pass_by(self) -> None:
        """Commit behind what is no record: marks of transactions, and what they took back."""
        # What is not set aside was handled before anything is fetched anew.
        aside = self._consumer.paused()
        passed = {
            Partition(*place): position
            for place, position in self._positions().items()
            if place not in aside and position > self._committed.get(place, position)
        }
        if passed:
            await self.commit(passed)

    def _positions(self) -> Mapping[TopicPartition, int]:
        """Return what is fetched next, of each partition that knows it."""
        subscription = self._consumer._subscription.subscription  # noqa: SLF001 - the public one waits
        if subscription is None or subscription.assignment is None:
            return {}
        assignment = subscription.assignment
        states = {place: assignment.state_value(place) for place in assignment.tps}
        return {
            place: state.position for place, state in states.items() if state.has_valid_position
        }

    async def _check_stalled(self) -> None:
        # After a broker's restart aiokafka's consumer may stand still without
        # a sign (its issue 1154): so we ask whether there is something to read.
        if self._clock.monotonic() - self._arrived_at < self._stalled_seconds_max:
            return
        self._arrived_at = self._clock.monotonic()
        if behind := await self._behind():
            raise ConsumerStalled(behind)

    async def _behind(self) -> list[Partition]:
        # What is set aside stands still on purpose.
        places = list(self._consumer.assignment() - self._consumer.paused())
        try:
            ends = await self._consumer.end_offsets(places)
            return [
                Partition(*place)
                for place in places
                if await self._consumer.position(place) < ends[place]
            ]
        except (KafkaError, IllegalStateError):
            return []
