"""How often completeness is looked for: often while facts come, seldom at rest."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from services.metrics.consumer.completeness import LOOK_SECONDS, TELL_SECONDS, Completing
from services.metrics.consumer.lanes import Lanes
from services.metrics.ports.projection import Projection
from shared.kafka.port import Partition
from tests.support.eventually import eventually
from tests.support.metrics_store import FACTS, TOPIC, Store, opened

PLACE = Partition(TOPIC, 0)
TURNS = 20
"""Of the loop, in which whoever was woken has done what it was woken for."""


class OneLane:
    """A worker's lanes, of which there is one."""

    def __init__(self, store: Store, epoch: int) -> None:
        self.projection: Projection = store.projection
        self._store, self._epoch = store, epoch

    def epochs(self) -> Mapping[int, int]:
        return {0: self._epoch}

    def positions(self) -> dict[Partition, int]:
        return {PLACE: self._store.next_offset}


async def test_it_is_looked_for_seldom_only_while_nothing_comes_and_nothing_is_awaited() -> None:
    async with opened("memory") as store:
        lane = await store.claim()
        lanes = cast(Any, OneLane(store, lane.epoch))
        lying = [0]

        async def ends(places: Sequence[Partition]) -> Mapping[Partition, int]:
            return {place: lying[-1] if place == PLACE else 0 for place in places}

        completing = Completing(cast(Lanes, lanes), ends, store.clock)
        moves = [await completing.look(), await completing.look()]
        lying.append(1)
        moves += [await completing.look(), await completing.look()]
        await store.fold(FACTS[0])
        moves += [await completing.look(), await completing.look()]

    assert moves == [True, False, True, True, True, False]


async def test_a_lane_is_complete_as_soon_as_it_is_there_and_not_at_the_next_look() -> None:
    async with opened("memory") as store:
        lane = await store.claim()
        lanes = cast(Any, OneLane(store, lane.epoch))

        async def ends(places: Sequence[Partition]) -> Mapping[Partition, int]:
            return dict.fromkeys(places, 0) | {PLACE: 1}

        completing = Completing(cast(Lanes, lanes), ends, store.clock)
        await completing.look()
        following = asyncio.ensure_future(completing.follow(LOOK_SECONDS, asyncio.Event()))
        told = [await told_by(store)]
        await store.fold(FACTS[0])
        told.append(await told_by(store))
        following.cancel()

    assert told == [None, store.clock.now() - timedelta(seconds=2 * TELL_SECONDS)]


async def told_by(store: Store) -> datetime | None:
    """Let the time between two looks pass; return up to when the lane is told to be complete."""
    await eventually(lambda: store.clock.next_waking)
    store.clock.advance(timedelta(seconds=TELL_SECONDS))
    for _ in range(TURNS):
        await asyncio.sleep(0)
    return (await store.deadlines.complete_to()).get(0)
