"""
Faust's Kafka transport with two seams turned: whole stretches, and offsets from PostgreSQL.

Faust costs 100 to 200 microseconds for each message that it carries, so one
message here is all that a partition had to offer. What Faust believes about
acknowledged offsets knows nothing of batches; it is never asked.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import uvloop
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.consumer import fetcher
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from mode.threads import ServiceThread, WorkerThread

from shared.kafka.feed import FETCH_WAIT_MS_MAX
from shared.kafka.port import OffsetLost, Partition
from shared.kafka.reader import COMMITTED
from shared.kafka.unpacking import take_any_bytes

THREAD_SECONDS_MAX = 1.0

StoredOffsets = Callable[
    [Sequence[Partition], Callable[[Partition], Awaitable[int]]], Awaitable[Mapping[Partition, int]]
]
"""Where each assigned partition goes on; the second argument asks Kafka where one begins."""


class FetchedRecords(list[Any]):
    """
    Records that are all there is from *first* until before *following*.

    Offsets between them belong to marks of transactions, to what those took back,
    or to what was compacted away; so a stretch may be empty and yet pass something.
    """

    first: int
    following: int

    def __bool__(self) -> bool:
        return self.following > self.first


class StretchResult(fetcher.FetchResult):  # type: ignore[misc]  # aiokafka publishes no types
    """What a fetch brought; it tells from where to where it was read."""

    def getall(self, max_records: int | None = None) -> FetchedRecords:
        unpacked = self._partition_records
        first = unpacked.next_fetch_offset if unpacked else 0
        stretch = FetchedRecords(super().getall(max_records))
        stretch.first = first
        stretch.following = unpacked.next_fetch_offset if unpacked else first
        return stretch


class LeftBehind(WorkerThread):
    """A thread that the process ends without: while Kafka is away it would wait for it for ever."""

    def __init__(self, service: ServiceThread) -> None:
        super().__init__(service)
        self.daemon = True

    def stop(self) -> None:
        """Wait a moment for its end; the loop that calls this stands still meanwhile."""
        self.is_stopped.wait(THREAD_SECONDS_MAX)


class BatchThread(AIOKafkaConsumerThread):
    """The thread that fetches: see the module."""

    Worker = LeftBehind
    stored_offsets: StoredOffsets

    def _create_worker_consumer(self, transport: Transport) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        # Ranges, because they give one worker the same partition number of every topic: all of a
        # case meets in one lane. Faust offers round robin or its own assignor only.
        consumer._partition_assignment_strategy = [RangePartitionAssignor]  # noqa: SLF001
        # Faust lets a fetch wait for 1.5 seconds.
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS_MAX  # noqa: SLF001
        # Faust reads what is committed only where it writes transactions itself.
        consumer._isolation_level = COMMITTED  # noqa: SLF001
        return consumer

    async def _fetch_records(
        self,
        consumer: AIOKafkaConsumer,
        active_partitions: set[Any],
        timeout: float | None = None,  # noqa: ASYNC109 - Faust's signature
        max_records: int | None = None,
    ) -> dict[Any, list[Any]]:
        try:
            fetched = await super()._fetch_records(
                consumer, active_partitions, timeout, max_records
            )
        except NoOffsetForPartitionError:
            # Kafka's group has no offset yet; ours is sought in a moment.
            return {}
        except OffsetOutOfRangeError as fault:
            place, offset = next(iter(fault.args[0].items()))
            raise OffsetLost(Partition(place.topic, place.partition), offset) from fault
        return {
            place: [_message(place, stretch, consumer.highwater(place))]
            for place, stretch in fetched.items()
            if isinstance(stretch, FetchedRecords)
        }

    async def seek_to_committed(self) -> Mapping[Any, int]:
        """Seek to what PostgreSQL says; Faust asks on every assignment and every resumption."""
        places = sorted(self.assignment())
        stored = await self.stored_offsets(
            [Partition(place.topic, place.partition) for place in places], self._beginning
        )
        for place, offset in stored.items():
            await self.call_thread(self._seek_in_thread, place, offset)
        return {place: stored[Partition(place.topic, place.partition)] for place in places}

    async def _seek_in_thread(self, place: Partition, offset: int) -> None:
        consumer = self._ensure_consumer()
        tp = TopicPartition(*place)
        if tp in consumer.assignment():
            consumer.seek(tp, offset)

    async def hint(self, positions: Mapping[Partition, int]) -> None:
        """Commit *positions* to Kafka's group, and do not mind where that fails."""
        await self.call_thread(self._hint_in_thread, positions)

    async def _hint_in_thread(self, positions: Mapping[Partition, int]) -> None:
        consumer = self._ensure_consumer()
        assigned = consumer.assignment()
        hints = {
            TopicPartition(*place): offset
            for place, offset in positions.items()
            if TopicPartition(*place) in assigned
        }
        if hints:
            with suppress(KafkaError):
                await consumer.commit(hints)

    def stable_end(self, place: Partition) -> int | None:
        """Return up to where all transactions of *place* have ended, as far as a fetch told."""
        end: int | None = self._ensure_consumer().last_stable_offset(TopicPartition(*place))
        return end

    async def _beginning(self, place: Partition) -> int:
        offsets = await self.earliest_offsets(TopicPartition(*place))
        return int(offsets[TopicPartition(*place)])


def _message(
    place: TopicPartition, stretch: FetchedRecords, highwater: int | None
) -> ConsumerRecord:
    return ConsumerRecord(
        topic=place.topic,
        partition=place.partition,
        offset=stretch.following - 1,
        timestamp=0,
        timestamp_type=0,
        key=None,
        value=(highwater, stretch),
        checksum=None,
        serialized_key_size=-1,
        serialized_value_size=-1,
        headers=(),
    )


def batch_transport(stored_offsets: StoredOffsets) -> type[Transport]:
    """Return the transport that goes on from *stored_offsets*."""
    take_any_bytes()
    # The fetcher takes it from its own module when a fetch arrives; the version is pinned.
    fetcher.FetchResult = StretchResult

    class LaneThread(BatchThread):
        pass

    LaneThread.stored_offsets = staticmethod(stored_offsets)

    class BatchConsumer(Consumer):
        def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
            return LaneThread(
                self,
                loop=self.loop,
                thread_loop=uvloop.new_event_loop(),
                beacon=self.beacon,
            )

    class BatchTransport(Transport):
        Consumer = BatchConsumer

    return BatchTransport
