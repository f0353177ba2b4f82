"""Where topics end just now, for those who wait until something has been read that far."""

from collections.abc import Mapping, Sequence

from aiokafka.errors import KafkaError

from shared.kafka.access import Broker
from shared.kafka.entrance import enter
from shared.kafka.port import BusError, Partition
from shared.kafka.reader import kafka_reader, places_of


class BrokerAway(BusError):
    """Kafka does not answer."""


async def load_ends(broker: Broker, topics: Sequence[str]) -> Mapping[Partition, int]:
    """
    Return where every partition of *topics* ends, for whoever reads what was committed.

    A transaction that is still open ends its partition where it began.

    Raises:
        BrokerAway: nobody answered.
    """
    reader = kafka_reader(broker)
    try:
        await enter(reader, broker)
        ends: dict[Partition, int] = {}
        for topic in topics:
            found = await reader.end_offsets(await places_of(reader, topic))
            ends |= {Partition(*place): offset for place, offset in found.items()}
    except (KafkaError, OSError) as fault:
        raise BrokerAway(str(fault)) from fault
    finally:
        await reader.stop()
    return ends
