"""The projection and the deadlines of metrics in memory, as one life reaches them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

from services.metrics.adapters.memory.deadlines import MemoryDeadlines, MemorySweep
from services.metrics.adapters.memory.projection import MemoryProjection
from services.metrics.domain.recent import Recent
from services.metrics.ports.deadlines import Sweep
from services.metrics.ports.projection import Batch, Fenced, Stretch
from tests.support.simulation.life import Life
from tests.support.simulation.tables import SimulatedTables


class SimulatedProjection(MemoryProjection):
    """Whoever opens a batch is held up until it hurts."""

    def __init__(self, tables: SimulatedTables, life: Life) -> None:
        super().__init__(tables, life.hop)
        self._tables: SimulatedTables = tables
        self._life = life

    @asynccontextmanager
    async def batch(
        self, stretch: Stretch, epoch: int, *, complete_to: datetime | None, recent: Recent
    ) -> AsyncIterator[Batch]:
        world = self._life.world
        halfway = world.chance.by(0.5)
        await self._life.be_held_up(self._tables.overtaking(stretch, epoch, halfway=halfway))
        try:
            async with super().batch(
                stretch, epoch, complete_to=complete_to, recent=recent
            ) as batch:
                yield batch
        except Fenced:
            world.note(self._life.name, "fenced")
            raise
        world.note(self._life.name, "batch", stretch.topic, stretch.following)


class SimulatedDeadlines(MemoryDeadlines):
    """What is said goes through a store whose transactions overlap."""

    def __init__(self, tables: SimulatedTables, life: Life) -> None:
        super().__init__(tables, life.hop)
        self._tables: SimulatedTables = tables
        self._life = life

    @asynccontextmanager
    async def claim(self, now: datetime, clocks_max: int, edition: int) -> AsyncIterator[Sweep]:
        await self._life.be_held_up(partial(self._tables.contradicted, now))
        async with super().claim(now, clocks_max, edition) as sweep:
            yield sweep

    async def commit(self, sweep: MemorySweep) -> None:
        async with self._tables.supervision.writing(event.stream for event in sweep.events):
            await self._life.hop()
            await super().commit(sweep)
            for event in sweep.events:
                self._life.world.note(self._life.name, event.type, event.id)
