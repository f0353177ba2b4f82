"""The bureau's topics on some Kafka: made where they are missing."""

from aiokafka.errors import KafkaError

from deploy.faults import PartitionsDiffer
from deploy.unreachable import unreachable
from shared.kafka.access import Broker
from shared.kafka.port import TopicMismatch
from shared.kafka.topics import ensure_topics


async def prepare_topics(broker: Broker, partitions: int) -> None:
    """
    Make the topics that are missing.

    Raises:
        PartitionsDiffer: a topic exists with another number of partitions.
        ServerUnreachable: the brokers do not answer, or not to us.
    """
    try:
        await ensure_topics(broker, partitions)
    except TopicMismatch as mismatch:
        raise PartitionsDiffer(
            topic=mismatch.topic, found=mismatch.found, wanted=mismatch.wanted
        ) from mismatch
    except (KafkaError, OSError) as failure:
        raise unreachable("Kafka", failure) from failure
