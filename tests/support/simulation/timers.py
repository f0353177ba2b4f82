"""The timers of the simulation: what the server keeps, and how one life reaches it."""

from collections.abc import Sequence
from datetime import datetime

from shared.eventstore.memory import MemoryTimers
from shared.eventstore.port import Timers
from tests.support.simulation.life import Life


class SimulatedTimers(MemoryTimers):
    """The server: what is armed outlives every process."""

    def due(self, now: datetime) -> bool:
        """Say whether there is anything to arm or to look at."""
        fresh = self._store.published(self._read, 1)
        return bool(fresh) or any(next_at <= now for next_at in self._next_at.values())


class TimersOf(Timers):
    """The timers as one life of one process reaches them."""

    def __init__(self, timers: SimulatedTimers, life: Life) -> None:
        self._timers = timers
        self._life = life

    async def arm(self, types: Sequence[str], source: str, rows_max: int) -> int:
        await self._life.hop()
        facts = await self._timers.arm(types, source, rows_max)
        await self._life.hop()
        return facts

    async def arm_all(self) -> None:
        await self._life.hop()
        await self._timers.arm_all()
        await self._life.hop()

    async def claim(self, now: datetime, until: datetime, streams_max: int) -> Sequence[str]:
        await self._life.hop()
        streams = await self._timers.claim(now, until, streams_max)
        await self._life.hop()
        return streams

    async def settle(self, stream: str, until: datetime, next_at: datetime | None) -> None:
        await self._life.hop()
        await self._timers.settle(stream, until, next_at)
        await self._life.hop()
