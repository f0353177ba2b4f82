"""Claims on lanes that overlap: a worker folds what it was assigned last."""

import asyncio
from collections.abc import Mapping, Sequence

from services.metrics.adapters.projection import Projection
from services.metrics.consumer.lanes import Lanes
from services.metrics.handlers.folding import Folding
from shared.contracts.registry import Owner
from shared.kafka.memory import MemoryBus
from shared.kafka.port import Partition
from shared.policy.rules import shipped
from shared.runtime.clock import SystemClock

FIRST, SECOND = (Partition(Owner.INTAKE.topic, number) for number in (0, 1))


class SlowProjection(Projection):
    """Answers the claim of the first partition when told to, all others at once."""

    def __init__(self) -> None:
        self.answering = asyncio.Event()

    async def claim(self, partitions: Sequence[int]) -> Mapping[int, tuple[int, str]]:
        if FIRST.number in partitions:
            await self.answering.wait()
        return dict.fromkeys(partitions, (1, "[]"))

    async def offsets(self, partitions: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], int]:
        return {(*place,): 7 for place in partitions}


async def _beginning(_: Partition) -> int:
    return 0


async def test_a_claim_that_ends_late_takes_nothing_of_the_later_one_away() -> None:
    projection = SlowProjection()
    clock = SystemClock()
    lanes = Lanes(projection, Folding(projection, shipped()), MemoryBus(clock), clock)
    async with asyncio.TaskGroup() as claiming:
        claiming.create_task(lanes.claim([FIRST], _beginning))
        claiming.create_task(lanes.claim([SECOND], _beginning))
        await asyncio.sleep(0)
        projection.answering.set()

    assert lanes.positions() == {SECOND: 7}
