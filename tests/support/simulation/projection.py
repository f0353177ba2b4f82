"""The projection and the deadlines of metrics over tables in memory, as one life reaches them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any

from services.metrics.adapters.binary_copy import FactRow
from services.metrics.adapters.deadlines import Deadlines, DueClock, Sweep
from services.metrics.adapters.projection import (
    Batch,
    ClockRow,
    FactKnown,
    Fenced,
    FigureRow,
    Projection,
    StateRow,
    Stretch,
)
from shared.contracts.envelope import Event
from tests.support.simulation.life import Life
from tests.support.simulation.tables import Changes, Tables


class SimulatedBatch(Batch):
    """One open transaction of one lane: nobody sees it before it is committed."""

    def __init__(self, tables: Tables, life: Life) -> None:
        self._tables = tables
        self._life = life
        self.changes = Changes()

    async def insert(self, rows: Sequence[FactRow]) -> None:
        await self._life.hop()
        if len(self._unknown(rows)) < len(rows):
            raise FactKnown
        self.changes.facts = rows

    async def insert_unknown(self, rows: Sequence[FactRow]) -> set[tuple[str, bytes]]:
        await self._life.hop()
        self.changes.facts = self._unknown(rows)
        return {row[:2] for row in self.changes.facts}

    def _unknown(self, rows: Sequence[FactRow]) -> list[FactRow]:
        once = {row[:2]: row for row in rows}
        return [row for name, row in once.items() if name not in self._tables.timeline]

    async def load(self, dossiers: Sequence[str]) -> Mapping[str, tuple[int, str]]:
        await self._life.hop()
        known = self._tables.dossiers
        return {key: known[key] for key in dossiers if key in known}

    async def histories(self, dossiers: Sequence[str]) -> Mapping[str, list[bytes]]:
        await self._life.hop()
        facts = [(key, body) for (key, _), body in self._tables.timeline.items()]
        facts += [(fact[0], fact[3]) for fact in self.changes.facts]
        return {key: [body for owner, body in facts if owner == key] for key in dossiers}

    async def write(
        self,
        states: Sequence[StateRow],
        figures: Sequence[FigureRow],
        clocks: Sequence[ClockRow],
        *,
        fold_version: int,
    ) -> None:
        await self._life.hop()
        self.changes.states, self.changes.figures = states, figures
        self.changes.clocks, self.changes.fold_version = clocks, fold_version


class SimulatedProjection(Projection):
    """Locks as PostgreSQL's rows would: a lane while its batch is open, a clock while written."""

    def __init__(self, tables: Tables, life: Life) -> None:
        self._tables = tables
        self._life = life

    @asynccontextmanager
    async def batch(
        self,
        stretch: Stretch,
        epoch: int,
        *,
        complete_to: datetime | None,  # noqa: ARG002 - nothing here reads it
        recent: str,
    ) -> AsyncIterator[Batch]:
        await self._life.hop()
        halfway = self._life.world.chance.by(0.5)
        await self._life.be_held_up(self._tables.overtaking(stretch, epoch, halfway=halfway))
        async with AsyncExitStack() as locks:
            await locks.enter_async_context(self._tables.lane_locks[stretch.partition])
            if not self._tables.owned(stretch, epoch):
                self._life.world.note(self._life.name, "fenced")
                raise Fenced(stretch)
            batch = SimulatedBatch(self._tables, self._life)
            yield batch
            for clock in sorted(batch.changes.clocks, key=lambda row: row[:2]):
                await locks.enter_async_context(self._tables.clock_locks[clock[0], clock[1]])
            await self._life.hop()
            self._commit(stretch, batch.changes, recent)
        await self._life.hop()

    def _commit(self, stretch: Stretch, changes: Changes, recent: str) -> None:
        self._tables.offsets[stretch.topic, stretch.partition] = stretch.following
        self._tables.lanes[stretch.partition].recent = recent
        self._tables.write(changes)
        self._life.world.note(self._life.name, "batch", stretch.topic, stretch.following)

    async def claim(self, partitions: Sequence[int]) -> Mapping[int, tuple[int, str]]:
        await self._life.hop()
        claimed: dict[int, tuple[int, str]] = {}
        for partition in sorted(partitions):
            async with self._tables.lane_locks[partition]:
                lane = self._tables.lanes[partition]
                lane.epoch += 1
                claimed[partition] = (lane.epoch, lane.recent)
        await self._life.hop()
        return claimed

    async def offsets(self, partitions: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], int]:
        await self._life.hop()
        known = self._tables.offsets
        return {(*place,): known[(*place,)] for place in partitions if (*place,) in known}

    async def begin(self, topic: str, partition: int, offset: int) -> None:
        await self._life.hop()
        self._tables.offsets.setdefault((topic, partition), offset)


class SimulatedSweep(Sweep):
    """One open transaction over due clocks."""

    def __init__(self, tables: Tables, life: Life, due: Sequence[DueClock]) -> None:
        self._tables = tables
        self._life = life
        self.due = due
        self.events: Sequence[Event] = ()
        self.said: tuple[str, Sequence[tuple[str, str, str]]] = ("", ())
        self.armed: Sequence[tuple[str, str, datetime | None, bool]] = ()

    async def states(self) -> Mapping[str, str]:
        await self._life.hop()
        return {clock.dossier: self._tables.dossiers[clock.dossier][1] for clock in self.due}

    async def alerts(self) -> Sequence[Mapping[str, Any]]:
        await self._life.hop()
        return self._tables.alerts_of(clock.dossier for clock in self.due)

    async def record(
        self, events: Sequence[Event], raised: str, closed: Sequence[tuple[str, str, str]]
    ) -> None:
        await self._life.hop()
        self.events, self.said = events, (raised, closed)

    async def arm(self, rows: Sequence[tuple[str, str, datetime | None, bool]]) -> None:
        await self._life.hop()
        self.armed = rows


class SimulatedDeadlines(Deadlines):
    """Clocks that another has in hand are left to the next sweep."""

    def __init__(self, tables: Tables, life: Life) -> None:
        self._tables = tables
        self._life = life

    @asynccontextmanager
    async def claim(self, now: datetime, clocks_max: int) -> AsyncIterator[Sweep]:
        await self._life.hop()
        await self._life.be_held_up(partial(self._tables.contradicted, now))
        async with AsyncExitStack() as locks:
            due = self._tables.due(now, clocks_max)
            for key in due:
                await locks.enter_async_context(self._tables.clock_locks[key])
            sweep = SimulatedSweep(self._tables, self._life, [DueClock(*key) for key in due])
            yield sweep
            await self._commit(sweep)
        await self._life.hop()

    async def _commit(self, sweep: SimulatedSweep) -> None:
        supervision = self._tables.supervision
        async with supervision.writing(event.stream for event in sweep.events):
            await self._life.hop()
            supervision.add(sweep.events)
            self._tables.say(*sweep.said, self._life.world.clock.now())
            self._tables.arm(sweep.armed)
            for event in sweep.events:
                self._life.world.note(self._life.name, event.type, event.id)
