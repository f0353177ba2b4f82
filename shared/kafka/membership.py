"""Staying in a consumer group: as long as Kafka is away we ask again, and nothing else waits."""

import asyncio
from dataclasses import dataclass

import structlog
from aiokafka.errors import KafkaError

from shared.kafka.consumer import ConsumerLoop, Reading
from shared.kafka.feed import KafkaFeed
from shared.kafka.port import ConsumerStalled, Handler, Sender
from shared.runtime.clock import Clock
from shared.runtime.lifecycle import pause

REJOIN_SECONDS = 2.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Subscription:
    """Whose Kafka, which topics, and how the group reads them."""

    bootstrap: str
    topics: tuple[str, ...]
    reading: Reading


async def consume(
    subscription: Subscription,
    handler: Handler,
    *,
    dead_letters: Sender,
    clock: Clock,
    stopping: asyncio.Event,
) -> None:
    """
    Handle what comes on *topics* until *stopping*, joining the group again whenever Kafka was away.

    Raises:
        OffsetLost: what we have yet to read is gone; a person decides.
        TooManyDeadLetters: nearly everything is refused, so the fault may be ours.
    """
    reading, topics = subscription.reading, subscription.topics
    while not stopping.is_set():
        try:
            async with KafkaFeed(
                subscription.bootstrap, reading.group, topics, clock=clock
            ) as feed:
                log.info("consumer_joined", group=reading.group)
                await ConsumerLoop(feed, handler, dead_letters, reading, clock).run(stopping)
        except (KafkaError, ConsumerStalled) as fault:
            log.warning("consumer_away", group=reading.group, fault=repr(fault))
            await pause(clock, REJOIN_SECONDS, stopping)
