"""How everybody of ours reads Kafka."""

from collections.abc import AsyncIterator, Iterable
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaTimeoutError

from shared.kafka.access import Broker, access_to
from shared.kafka.port import Record
from shared.kafka.topics import MESSAGE_BYTES_MAX
from shared.kafka.unpacking import take_any_bytes

FETCH_WAIT_MS_MAX = 500
SILENT_FETCHES_MAX = 60
"""One after another that bring nothing although something lies there: its leader is away."""
COMMITTED = "read_committed"
"""What a transaction took back was never said, and what it still may take back is not said yet."""


def kafka_reader(broker: Broker, **settings: Any) -> AIOKafkaConsumer:  # noqa: ANN401 - aiokafka's own
    """
    Return a reader that is not started yet: of records of any bytes that were committed.

    It never jumps, and remembers no offsets by itself.
    """
    take_any_bytes()
    return AIOKafkaConsumer(
        auto_offset_reset="none",
        enable_auto_commit=False,
        max_partition_fetch_bytes=MESSAGE_BYTES_MAX,
        **access_to(broker).arguments(),
        **{"isolation_level": COMMITTED, **settings},
    )


async def places_of(reader: AIOKafkaConsumer, topic: str) -> list[TopicPartition]:
    """Return the partitions of *topic*, in their order; none where there is no such topic."""
    # partitions_for_topic knows only topics that somebody subscribed to.
    await reader._client._wait_on_metadata(topic)  # noqa: SLF001 - no public way, version pinned
    return [TopicPartition(topic, n) for n in sorted(reader.partitions_for_topic(topic) or ())]


async def topics_like(
    reader: AIOKafkaConsumer, topics: Iterable[str], begin: Iterable[str]
) -> list[str]:
    """Return *topics*, and whichever there are besides that *begin* so and that we may see."""
    found = await reader.topics()
    return [*topics, *sorted(name for name in found if name.startswith(tuple(begin)))]


async def load_between(
    reader: AIOKafkaConsumer, place: TopicPartition, start: int, end: int
) -> AsyncIterator[Record]:
    """
    Yield the records of *place* from offset *start* on and before *end*.

    Raises:
        KafkaTimeoutError: they are there, and do not come.
    """
    # Most partitions are empty, and to be assigned one takes its time.
    if start >= end:
        return
    reader.assign([place])
    reader.seek(place, start)
    silent = 0
    while await reader.position(place) < end:
        batch = await reader.getmany(place, timeout_ms=FETCH_WAIT_MS_MAX)
        silent = 0 if batch else silent + 1
        if silent > SILENT_FETCHES_MAX:
            raise KafkaTimeoutError(f"nothing comes of {place.topic}-{place.partition}")
        for record in batch.get(place, ()):
            if record.offset < end:
                yield stored(record)


def stored(record: ConsumerRecord) -> Record:
    """Return *record*, as the driver hands it out, in our words."""
    return Record(
        topic=record.topic,
        key=record.key,
        value=record.value,
        headers=tuple(record.headers),
        partition=record.partition,
        offset=record.offset,
        timestamp_ms=record.timestamp,
    )
