"""Staying in a consumer group: whatever ends the reading, it begins again by itself."""

import asyncio
from dataclasses import dataclass

from aiokafka.errors import KafkaError

from shared.kafka.access import Broker
from shared.kafka.consumer import ConsumerLoop, ReadingPlan
from shared.kafka.feed import KafkaFeed
from shared.kafka.port import ConsumerStalled, Handler, Sender
from shared.runtime.clock import Clock
from shared.runtime.lifecycle import pause
from shared.runtime.pulse import Pulse, beating

REJOIN_SECONDS = 2.0
REJOIN_SECONDS_MAX = 60.0
LIVED_SECONDS = 60.0
"""Who read for so long begins again soon."""
PASSING = (KafkaError, ConsumerStalled, OSError)
"""Faults of the world, which may be over at any moment."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Whose Kafka, which topics, and how the group reads them."""

    broker: Broker
    topics: tuple[str, ...]
    reading: ReadingPlan
    begin: tuple[str, ...] = ()
    """Topics that begin so are read, too, whenever somebody makes them."""


async def consume(
    subscription: Subscription,
    handler: Handler,
    *,
    dead_letters: Sender,
    clock: Clock,
    stopping: asyncio.Event,
) -> None:
    """
    Handle what comes on *topics* until *stopping*.

    No fault of the reading, of whatever kind, ends this: it is said, and the group
    is joined again after a pause that grows.
    """
    with beating(Pulse(subscription.reading.group, clock)) as pulse:
        await _read(subscription, handler, dead_letters, pulse, stopping)


async def _read(
    subscription: Subscription,
    handler: Handler,
    dead_letters: Sender,
    pulse: Pulse,
    stopping: asyncio.Event,
) -> None:
    reading, clock = subscription.reading, pulse.clock
    seconds = REJOIN_SECONDS
    while not stopping.is_set():
        began = clock.monotonic()
        try:
            async with KafkaFeed(
                subscription.broker,
                reading.group,
                subscription.topics,
                begin=subscription.begin,
                clock=clock,
            ) as feed:
                await ConsumerLoop(feed, handler, dead_letters, reading, clock).run(stopping)
        except Exception as fault:  # noqa: BLE001 - the consumer's last line: the doors live on
            pulse.away(fault)
            lived = clock.monotonic() - began > LIVED_SECONDS
            soon = lived or isinstance(fault, PASSING)
            seconds = REJOIN_SECONDS if soon else min(2 * seconds, REJOIN_SECONDS_MAX)
            await pause(clock, seconds, stopping)
