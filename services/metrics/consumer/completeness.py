"""
Up to when each lane is complete: all that lay in Kafka by then is folded.

A fetch tells where its own partition ended when it was answered; a lane has a
partition of every topic, and some may not have been asked for long. So Kafka is
asked for all ends at once, and they are a milestone that the lane has to reach.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

import structlog

from services.metrics.consumer.lanes import Lanes
from services.metrics.ports.projection import Milestone
from shared.contracts.registry import OWN_TOPICS
from shared.eventstore.port import StoreUnavailable
from shared.kafka.access import Broker
from shared.kafka.ends import BrokerAway, TopicEnds
from shared.kafka.port import Partition
from shared.runtime.clock import Clock
from shared.runtime.lifecycle import pause
from shared.runtime.wall_guard import WallGuard

LOOK_SECONDS = 0.2
"""Between two looks while facts come; much of how late a card is then."""
TELL_SECONDS = 0.05
"""Between two looks whether the lanes have reached what was set; that asks nobody."""
REST_SECONDS = 0.5
"""While none come, a card may be this much later, and both servers are left alone."""
UNDER_WAY_MAX = 50
"""A lane that is further behind gets its next milestone when it has reached some of these."""
ANSWER_SECONDS_MAX = 10.0
AWAY_SECONDS = 2.0

LoadEnds = Callable[[Sequence[Partition]], Awaitable[Mapping[Partition, int]]]

log = structlog.get_logger()


class Completing:
    """Sets milestones for the lanes of one worker, and tells when they are reached."""

    def __init__(self, lanes: Lanes, ends: LoadEnds, clock: Clock) -> None:
        self._lanes = lanes
        self._ends = ends
        self._clock = clock
        self._guard = WallGuard(clock)
        self._under_way: dict[int, list[Milestone]] = {}
        """Of each lane those that are not reached yet, oldest first."""
        self._seen: Mapping[Partition, int] = {}

    async def look(self) -> bool:
        """
        Set a milestone for every lane of ours, and tell of those that are reached.

        Return whether anything moves: facts have come since the last look, or are awaited.

        Raises:
            BrokerAway: nobody knows where the topics end.
            StoreUnavailable: nobody knows what is folded.
        """
        epochs = self._lanes.epochs()
        self._under_way = {
            number: [one for one in self._under_way.get(number, ()) if one.tenure.epoch == epoch]
            for number, epoch in epochs.items()
        }
        await self._set({n: epochs[n] for n, ahead in self._under_way.items() if _free(ahead)})
        positions = self._lanes.positions()
        await self._tell(positions)
        moves = positions != self._seen or any(self._under_way.values())
        self._seen = positions
        return moves

    async def follow(self, seconds: float, stopping: asyncio.Event) -> None:
        """Tell of the milestones that are reached in so many *seconds*, as soon as each is."""
        for _ in range(round(seconds / TELL_SECONDS)):
            if await pause(self._clock, TELL_SECONDS, stopping):
                return
            await self._tell(self._lanes.positions())

    async def _set(self, epochs: Mapping[int, int]) -> None:
        now, projection = self._clock.now(), self._lanes.projection
        # What was said once stays said, so it is not said by a clock that has jumped.
        if not (self._guard.trusts(now) and epochs):
            return
        # What its owner has not sent yet does not lie in Kafka, and is on record all the same.
        unsent, tenures = await projection.outlook([*epochs])
        at = now - timedelta(seconds=unsent)
        lost = [number for number, tenure in tenures.items() if tenure.epoch != epochs[number]]
        if lost:
            # A lane that has nothing to fold would never find out.
            await self._lanes.give_way(lost)
            return
        # Last of all: what was written by then was read before these ends.
        ends = await self._ends(
            [Partition(topic, number) for number in tenures for topic in OWN_TOPICS]
        )
        for number, tenure in tenures.items():
            of_lane = {place.topic: end for place, end in ends.items() if place.number == number}
            self._under_way[number].append(Milestone(number, tenure, at, of_lane))

    async def _tell(self, positions: Mapping[Partition, int]) -> None:
        """Tell of the newest milestone of each lane that is reached; those before it are, too."""
        reached = [
            newest
            for ahead in self._under_way.values()
            if (
                newest := next((one for one in reversed(ahead) if is_reached(one, positions)), None)
            )
        ]
        if not reached:
            return
        told = await self._lanes.projection.complete(reached)
        for one in reached:
            if one.partition in told:
                ahead = self._under_way[one.partition]
                del ahead[: ahead.index(one) + 1]


def _free(ahead: Sequence[Milestone]) -> bool:
    return len(ahead) < UNDER_WAY_MAX


def is_reached(milestone: Milestone, positions: Mapping[Partition, int]) -> bool:
    """Say whether *positions* lie behind all that lay in Kafka at *milestone*."""
    return all(
        positions.get(Partition(topic, milestone.partition), 0) >= end
        for topic, end in milestone.ends.items()
    )


async def watch_completeness(
    broker: Broker, lanes: Lanes, clock: Clock, stopping: asyncio.Event
) -> None:
    """Look until *stopping*; while nobody can be asked, no lane gets on, and its cards wait."""
    while not stopping.is_set():
        try:
            async with TopicEnds(broker) as ends:
                completing = Completing(lanes, ends.load, clock)
                while not stopping.is_set():
                    async with asyncio.timeout(ANSWER_SECONDS_MAX):
                        moves = await completing.look()
                        await completing.follow(LOOK_SECONDS if moves else REST_SECONDS, stopping)
        except (BrokerAway, StoreUnavailable, TimeoutError) as fault:
            log.info("completeness_not_seen", fault=repr(fault))
            await pause(clock, AWAY_SECONDS, stopping)
