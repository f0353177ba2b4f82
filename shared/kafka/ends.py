"""Where topics end just now, for those who wait until something has been read that far."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.kafka.access import Broker
from shared.kafka.entrance import enter
from shared.kafka.port import BusError, Partition
from shared.kafka.reader import kafka_reader, places_of

LoadOffsets = Callable[[Sequence[TopicPartition]], Awaitable[Mapping[TopicPartition, int]]]


class BrokerAway(BusError):
    """Kafka does not answer."""


class Onlooker:
    """Who looks at topics from outside within a block, and never becomes a member of a group."""

    def __init__(self, broker: Broker, reader: AIOKafkaConsumer) -> None:
        self._broker = broker
        self._reader = reader

    async def __aenter__(self) -> Self:
        """Raise BrokerAway where nobody answers."""
        try:
            await enter(self._reader, self._broker)
        except (KafkaError, OSError) as fault:
            await self._reader.stop()
            raise BrokerAway(str(fault)) from fault
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._reader.stop()


class TopicEnds(Onlooker):
    """Tells again and again where partitions end, open transactions included."""

    def __init__(self, broker: Broker) -> None:
        # Of a transaction that is still open nobody knows what will have been said.
        super().__init__(broker, kafka_reader(broker, isolation_level="read_uncommitted"))

    async def load(self, places: Sequence[Partition]) -> Mapping[Partition, int]:
        """
        Return behind which offset each of *places* ends: whatever was confirmed lies before it.

        Raises:
            BrokerAway: nobody answers any more.
        """
        try:
            found = await self._reader.end_offsets([TopicPartition(*place) for place in places])
        except (KafkaError, OSError) as fault:
            raise BrokerAway(str(fault)) from fault
        return {Partition(*place): offset for place, offset in found.items()}


class CommittedEnds(Onlooker):
    """Tells where whoever reads what was committed comes to an end."""

    def __init__(self, broker: Broker) -> None:
        super().__init__(broker, kafka_reader(broker))

    async def load(self, topics: Sequence[str]) -> Mapping[Partition, int]:
        """
        Return where every partition of *topics* ends.

        A transaction that is still open ends its partition where it began.

        Raises:
            BrokerAway: nobody answers any more.
        """
        return await self._told(topics, self._reader.end_offsets)

    async def beginnings(self, topics: Sequence[str]) -> Mapping[Partition, int]:
        """
        Return where every partition of *topics* begins.

        Raises:
            BrokerAway: nobody answers any more.
        """
        return await self._told(topics, self._reader.beginning_offsets)

    async def _told(self, topics: Sequence[str], ask: LoadOffsets) -> Mapping[Partition, int]:
        offsets: dict[Partition, int] = {}
        try:
            for topic in topics:
                found = await ask(await places_of(self._reader, topic))
                offsets |= {Partition(*place): offset for place, offset in found.items()}
        except (KafkaError, OSError) as fault:
            raise BrokerAway(str(fault)) from fault
        return offsets


async def load_ends(broker: Broker, topics: Sequence[str]) -> Mapping[Partition, int]:
    """
    Return the same once.

    Raises:
        BrokerAway: nobody answered.
    """
    async with CommittedEnds(broker) as ends:
        return await ends.load(topics)
