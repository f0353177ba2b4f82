"""Armed deadlines in memory, and the alerts that came of them."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime

from services.metrics.adapters.memory.tables import MemoryTables, Passage, at_once
from services.metrics.domain.clocks.alert import Alert
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.ports.deadlines import (
    Armed,
    Closed,
    Deadlines,
    Due,
    Explained,
    Sweep,
    Waiting,
)
from shared.contracts.envelope import Event
from shared.policy.rules import RuleChange


class MemorySweep(Sweep):
    """One open transaction over due clocks."""

    def __init__(
        self, tables: MemoryTables, due: Sequence[Due], reach: Passage, edition: int
    ) -> None:
        self._tables = tables
        self._due = due
        self._reach = reach
        self._edition = edition
        self.events: Sequence[Event] = ()
        self.raised: Sequence[Explained] = ()
        self.closed: Sequence[Closed] = ()
        self.armed: Sequence[Armed] = ()

    @property
    def edition(self) -> int:
        return self._edition

    async def rule_changes(self, after: int) -> Sequence[RuleChange]:
        await self._reach()
        return await self._tables.rule_changes(after)

    @property
    def due(self) -> Sequence[Due]:
        return self._due

    async def dossiers(self) -> Mapping[str, Dossier]:
        await self._reach()
        keys = {one.clock.dossier for one in self._due}
        return {key: self._tables.dossiers[key] for key in keys}

    async def alerts(self) -> Mapping[ClockKey, Sequence[Alert]]:
        await self._reach()
        alerts: dict[ClockKey, list[Alert]] = {}
        for said in self._tables.alerts_of(one.clock.dossier for one in self._due):
            alerts.setdefault(said.key, []).append(said.alert)
        return alerts

    async def published_at(self, edition: int) -> datetime:
        await self._reach()
        return await self._tables.published_at(edition)

    async def record(
        self, events: Sequence[Event], raised: Sequence[Explained], closed: Sequence[Closed]
    ) -> None:
        await self._reach()
        self.events, self.raised, self.closed = events, raised, closed

    async def arm(self, armed: Sequence[Armed]) -> None:
        await self._reach()
        self.armed = armed


class MemoryDeadlines(Deadlines):
    """Clocks that another has in hand are left to the next sweep."""

    def __init__(self, tables: MemoryTables, reach: Passage = at_once) -> None:
        self._tables = tables
        self._reach = reach

    @asynccontextmanager
    async def claim(self, now: datetime, clocks_max: int, edition: int) -> AsyncIterator[Sweep]:
        await self._reach()
        async with AsyncExitStack() as locks:
            due = self._tables.due(now, clocks_max, edition)
            for one in due:
                await locks.enter_async_context(self._tables.clock_locks[one.clock])
            sweep = MemorySweep(self._tables, due, self._reach, await self._tables.edition())
            yield sweep
            await self.commit(sweep)
        await self._reach()

    async def commit(self, sweep: MemorySweep) -> None:
        """Let everything take effect that was said in *sweep*."""
        self._tables.supervision.add(sweep.events)
        self._tables.say(sweep.raised, sweep.closed)
        self._tables.arm(sweep.armed)

    async def waiting(self, now: datetime) -> Sequence[Waiting]:
        await self._reach()
        tables = self._tables
        waiting = Counter(
            tables.partitions[key.dossier]
            for _, key in tables.overdue(now)
            if not tables.is_complete(key)
        )
        milestones = {partition: tables.milestones.get(partition) for partition in waiting}
        return [
            Waiting(partition, milestone.at if milestone else None, waiting[partition])
            for partition, milestone in sorted(milestones.items())
        ]

    async def coming(self) -> datetime | None:
        await self._reach()
        armed = (one.next_at for one in self._tables.clocks.values())
        return min((at for at in armed if at is not None), default=None)

    async def pressed_seconds(self) -> float:
        """In memory what was said is read at once."""
        await self._reach()
        return 0.0

    async def complete_to(self) -> Mapping[int, datetime | None]:
        await self._reach()
        milestones = self._tables.milestones
        return {
            partition: milestones[partition].at if partition in milestones else None
            for partition in sorted(self._tables.lanes)
        }
