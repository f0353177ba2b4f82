"""
How far intake is with its inboxes: a fact that waits there is not folded either.

The gateway answers publishers over HTTP; who speaks over Kafka hears nothing, so
freshness has to say where a fact may still lie.
"""

import asyncio

import structlog

from services.metrics.ports.projection import Projection
from shared.contracts.registry import INBOX, INBOXES
from shared.eventstore.port import StoreUnavailable
from shared.kafka.access import Broker
from shared.kafka.ends import BrokerAway
from shared.kafka.standing import GroupStanding
from shared.runtime.clock import Clock
from shared.runtime.lifecycle import pause

READERS = "casetrack-intake"
LOOK_SECONDS = 1.0
ANSWER_SECONDS_MAX = 10.0
AWAY_SECONDS = 5.0

log = structlog.get_logger()


async def watch_inbox(
    broker: Broker, projection: Projection, clock: Clock, stopping: asyncio.Event
) -> None:
    """Tell until *stopping* where intake is; while nobody can be asked, what was told grows old."""
    while not stopping.is_set():
        try:
            async with GroupStanding(broker, READERS, INBOX, INBOXES) as group:
                while not await pause(clock, LOOK_SECONDS, stopping):
                    async with asyncio.timeout(ANSWER_SECONDS_MAX):
                        found = await group.load()
                    await projection.tell_standing([(*place, *at) for place, at in found.items()])
        except (BrokerAway, StoreUnavailable, TimeoutError) as fault:
            log.info("inbox_not_seen", fault=repr(fault))
            await pause(clock, AWAY_SECONDS, stopping)
