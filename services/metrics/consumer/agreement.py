"""
Whether Kafka's topics have as many partitions as the projection has lanes.

Where they do not, a case would be folded in two lanes, or in another one than the rest of it.
Nobody folds then: a person decides.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

import structlog

from services.metrics.consumer.transport import StoredOffsets
from services.metrics.ports.projection import Projection, TopicPartition
from shared.kafka.access import Broker
from shared.kafka.ends import BrokerAway, CommittedEnds
from shared.kafka.port import Partition, TopicMismatch
from shared.runtime.clock import Clock
from shared.runtime.lifecycle import pause

LOOK_SECONDS = 2.0
LANES_MAX = 64
"""More than anybody may have."""

log = structlog.get_logger()


async def agreed_lanes(
    broker: Broker,
    topics: Sequence[str],
    projection: Projection,
    clock: Clock,
    stopping: asyncio.Event,
) -> int:
    """
    Return in how many lanes projection and *topics* agree, once Kafka answers; 0 if we stop first.

    Raises:
        TopicMismatch: a topic has more partitions than most of them, or fewer.
        StoreUnavailable: the projection does not answer.
    """
    while not stopping.is_set():
        try:
            if number := await _agreed(broker, topics, projection):
                return number
        except BrokerAway as fault:
            log.info("partitions_not_seen", fault=repr(fault))
        await pause(clock, LOOK_SECONDS, stopping)
    return 0


async def _agreed(broker: Broker, topics: Sequence[str], projection: Projection) -> int:
    """Return the number that all have, 0 where there is none; what is new begins at its start."""
    async with CommittedEnds(broker) as kafka:
        beginnings = await kafka.beginnings(topics)
    found = Counter(place.topic for place in beginnings)
    stored = await projection.offsets([(one, n) for one in topics for n in range(LANES_MAX)])
    lanes = _lanes(stored)
    wanted = _usual(lanes) or _usual(found)
    for topic in topics:
        for count in (lanes.get(topic), found.get(topic)):
            if count not in {None, wanted}:
                raise TopicMismatch(topic, count or 0, wanted)
    # The last one first: whoever looks meanwhile sees how many there will be.
    for place in sorted(beginnings, reverse=True):
        if place.topic not in lanes:
            await projection.begin(*place, beginnings[place])
    return wanted


def _usual(counts: Mapping[str, int]) -> int:
    """Return what most have, 0 where there is none: whoever differs from it is to be named."""
    return max(counts.values(), key=list(counts.values()).count, default=0)


def _lanes(stored: Iterable[TopicPartition]) -> dict[str, int]:
    lanes: dict[str, int] = {}
    for topic, number in stored:
        lanes[topic] = max(lanes.get(topic, 0), number + 1)
    return lanes


def within(lanes: int, claim: StoredOffsets) -> StoredOffsets:
    """Return *claim* for whoever folds into so many *lanes*, and into none that came since."""

    async def claimed(
        places: Sequence[Partition], beginning: Callable[[Partition], Awaitable[int]]
    ) -> Mapping[Partition, int]:
        for place in places:
            if place.number >= lanes:
                raise TopicMismatch(place.topic, place.number + 1, lanes)
        return await claim(places, beginning)

    return claimed
