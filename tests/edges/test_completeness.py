"""How often completeness is looked for: often while facts come, seldom at rest."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from services.metrics.consumer.completeness import Completing
from services.metrics.consumer.lanes import Lanes
from services.metrics.ports.projection import Projection
from shared.kafka.port import Partition
from tests.support.metrics_store import FACTS, TOPIC, Store, opened

PLACE = Partition(TOPIC, 0)


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
