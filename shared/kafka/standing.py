"""How far a group of somebody else's has read a topic, and whether one may read it at all."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from aiokafka import TopicPartition
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    KafkaError,
    TopicAuthorizationFailedError,
)

from shared.kafka.access import Broker, Security, access_to
from shared.kafka.ends import BrokerAway, Onlooker
from shared.kafka.entrance import AccessRefused, enter
from shared.kafka.port import Partition
from shared.kafka.reader import kafka_reader, places_of, topics_like

ANSWER_MS_MAX = 10_000

NO_RIGHT = (TopicAuthorizationFailedError, GroupAuthorizationFailedError)


async def require_reading(broker: Broker, group: str, topics: Sequence[str]) -> None:
    """
    Return when *group* may read *topics*, or nobody answers who could say so.

    Raises:
        AccessRefused: we are not let in.
        TopicAuthorizationFailedError, GroupAuthorizationFailedError: we lack a right there.
    """
    if access_to(broker).security is Security.PLAINTEXT:
        return
    reader = kafka_reader(broker, group_id=group, request_timeout_ms=ANSWER_MS_MAX)
    try:
        async with asyncio.timeout(ANSWER_MS_MAX / 1000):
            await enter(reader, broker)
            for topic in topics:
                for place in await places_of(reader, topic):
                    await reader.committed(place)
    except (AccessRefused, *NO_RIGHT):
        raise
    except (KafkaError, OSError, TimeoutError):
        return
    finally:
        await reader.stop()


class ReadUpTo(NamedTuple):
    """What a group reads next of a partition, and where that ends."""

    following: int
    end: int


class GroupStanding(Onlooker):
    """Tells how far *group* has read *topic*, and whichever topics there are that *begin* so."""

    def __init__(self, broker: Broker, group: str, topic: str, begin: str) -> None:
        super().__init__(broker, kafka_reader(broker, group_id=group))
        self._topic = topic
        self._begin = begin
        self._done: dict[TopicPartition, int] = {}

    async def load(self) -> Mapping[Partition, ReadUpTo]:
        """
        Return where the group is in each partition that it has ever read, or that has records.

        Raises:
            BrokerAway: nobody answers any more.
        """
        try:
            topics = await topics_like(self._reader, [self._topic], [self._begin])
            places = [place for topic in topics for place in await places_of(self._reader, topic)]
            begins = await self._reader.beginning_offsets(places)
            ends = await self._reader.end_offsets(places)
            for place in places:
                # One request each: nobody goes back, so who was at the end is there still.
                if self._done.get(place) != ends[place]:
                    self._done[place] = await self._reader.committed(place) or begins[place]
        except (KafkaError, OSError) as fault:
            raise BrokerAway(str(fault)) from fault
        return {Partition(*place): ReadUpTo(self._done[place], ends[place]) for place in places}
