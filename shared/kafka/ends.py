"""Where topics end just now, for those who wait until something has been read that far."""

from collections.abc import Mapping, Sequence

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared.kafka.port import BusError, Partition
from shared.kafka.reader import kafka_reader


class BrokerAway(BusError):  # noqa: N818 - named after what happened, like every fault
    """Kafka does not answer."""


async def load_ends(bootstrap: str, topics: Sequence[str]) -> Mapping[Partition, int]:
    """
    Return where every partition of *topics* ends, for whoever reads what was committed.

    A transaction that is still open ends its partition where it began.

    Raises:
        BrokerAway: nobody answered.
    """
    reader = kafka_reader(bootstrap)
    try:
        await reader.start()
        ends: dict[Partition, int] = {}
        for topic in topics:
            # partitions_for_topic knows only topics that somebody subscribed to.
            await reader._client._wait_on_metadata(topic)  # noqa: SLF001 - no public way, version pinned
            numbers = sorted(reader.partitions_for_topic(topic) or ())
            found = await reader.end_offsets([TopicPartition(topic, number) for number in numbers])
            ends |= {Partition(*place): offset for place, offset in found.items()}
    except (KafkaError, OSError) as fault:
        raise BrokerAway(str(fault)) from fault
    finally:
        await reader.stop()
    return ends
