"""The bureau's topics on some Kafka: made where they are missing."""

from collections.abc import Iterable, Mapping
from itertools import chain

from aiokafka import TopicPartition
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.errors import KafkaError

from deploy.faults import PartitionsDiffer
from deploy.unreachable import unreachable
from shared.kafka.access import Broker
from shared.kafka.port import Partition, TopicMismatch
from shared.kafka.topics import BUREAU_TOPICS, administering, ensure_topics, topics_of


async def prepare_topics(broker: Broker, partitions: int, publishers: Iterable[str] = ()) -> None:
    """
    Make the topics that are missing; each of *publishers* has an inbox of its own.

    Raises:
        PartitionsDiffer: a topic exists with another number of partitions.
        ServerUnreachable: the brokers do not answer, or not to us.
    """
    try:
        own = chain.from_iterable(map(topics_of, publishers))
        await ensure_topics(broker, partitions, (*BUREAU_TOPICS, *own))
    except TopicMismatch as mismatch:
        raise PartitionsDiffer(
            topic=mismatch.topic, found=mismatch.found, wanted=mismatch.wanted
        ) from mismatch
    except (KafkaError, OSError) as failure:
        raise unreachable("Kafka", failure) from failure


async def empty_topics(broker: Broker, ends: Mapping[Partition, int]) -> None:
    """
    Delete what lies before each of *ends*; what comes goes on with the numbers behind it.

    Raises:
        KafkaError, OSError: the brokers do not answer, or refuse us this.
    """
    if not ends:
        return
    async with administering(broker) as admin:
        await admin.delete_records(
            {TopicPartition(*place): RecordsToDelete(end) for place, end in ends.items()}
        )
