"""How far a group of somebody else's has read a topic."""

from collections.abc import Mapping
from types import TracebackType
from typing import NamedTuple, Self

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from shared.kafka.access import Broker
from shared.kafka.ends import BrokerAway
from shared.kafka.entrance import enter
from shared.kafka.port import Partition
from shared.kafka.reader import kafka_reader, places_of


class ReadUpTo(NamedTuple):
    """What a group reads next of a partition, and where that ends."""

    following: int
    end: int


class GroupStanding:
    """Looks at *group* from outside: it never becomes a member."""

    def __init__(self, broker: Broker, group: str, topic: str) -> None:
        self._broker = broker
        self._topic = topic
        self._reader: AIOKafkaConsumer = kafka_reader(broker, group_id=group)

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

    async def load(self) -> Mapping[Partition, ReadUpTo]:
        """
        Return where the group is in each partition that it has ever read, or that has records.

        Raises:
            BrokerAway: nobody answers any more.
        """
        try:
            places = await places_of(self._reader, self._topic)
            begins = await self._reader.beginning_offsets(places)
            ends = await self._reader.end_offsets(places)
            done = {place: await self._reader.committed(place) for place in places}
        except (KafkaError, OSError) as fault:
            raise BrokerAway(str(fault)) from fault
        return {
            Partition(*place): ReadUpTo(done[place] or begins[place], ends[place])
            for place in places
        }
