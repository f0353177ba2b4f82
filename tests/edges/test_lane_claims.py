"""Claims on lanes that overlap: a worker folds what it was assigned last."""

import asyncio
from collections.abc import Mapping, Sequence

from services.metrics.adapters.memory.projection import MemoryProjection
from services.metrics.adapters.memory.tables import MemoryTables
from services.metrics.consumer.lanes import Lanes
from services.metrics.handlers.folding import Folding
from services.metrics.ports.projection import Claim
from shared.contracts.registry import Owner
from shared.eventstore.memory import MemoryEventStore
from shared.kafka.memory import MemoryBus
from shared.kafka.port import Partition
from shared.policy.rules import shipped
from shared.runtime.clock import SystemClock

FIRST, SECOND = (Partition(Owner.INTAKE.topic, number) for number in (0, 1))


class SlowProjection(MemoryProjection):
    """Answers the claim of the first partition when told to, all others at once."""

    def __init__(self, tables: MemoryTables) -> None:
        super().__init__(tables)
        self.answering = asyncio.Event()

    async def claim(self, partitions: Sequence[int]) -> Mapping[int, Claim]:
        if FIRST.number in partitions:
            await self.answering.wait()
        return await super().claim(partitions)


async def _beginning(_: Partition) -> int:
    return 7


async def test_a_claim_that_ends_late_takes_nothing_of_the_later_one_away() -> None:
    clock = SystemClock()
    projection = SlowProjection(MemoryTables(MemoryEventStore(), clock))
    lanes = Lanes(projection, Folding(projection, shipped()), MemoryBus(clock), clock)
    async with asyncio.TaskGroup() as claiming:
        claiming.create_task(lanes.claim([FIRST], _beginning))
        claiming.create_task(lanes.claim([SECOND], _beginning))
        await asyncio.sleep(0)
        projection.answering.set()

    assert lanes.positions() == {SECOND: 7}
