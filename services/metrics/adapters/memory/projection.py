"""The projection over tables in memory."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime

from services.metrics.adapters.memory.tables import MemoryTables, Passage, at_once
from services.metrics.domain.entry import Arrived
from services.metrics.domain.recent import Recent
from services.metrics.ports.glances import Offset
from services.metrics.ports.projection import (
    Batch,
    Changes,
    Claim,
    FactKnown,
    FactName,
    Fenced,
    Known,
    Milestone,
    Outlook,
    Projection,
    Stretch,
    Tenure,
    TopicPartition,
)
from shared.contracts.registry import Owner
from shared.policy.rules import RuleChange


class MemoryBatch(Batch):
    """One open transaction of one lane: nobody sees it before it is committed."""

    def __init__(self, tables: MemoryTables, reach: Passage, partition: int, edition: int) -> None:
        self._tables = tables
        self._reach = reach
        self._partition = partition
        self._edition = edition
        self.facts: Sequence[Arrived] = ()
        self.changes = Changes(edition)
        self.settled: int | None = None

    @property
    def edition(self) -> int:
        return self._edition

    async def rule_changes(self, after: int) -> Sequence[RuleChange]:
        await self._reach()
        return await self._tables.rule_changes(after)

    async def insert(self, facts: Sequence[Arrived]) -> None:
        await self._reach()
        if len(self._tables.unknown(facts)) < len(facts):
            raise FactKnown
        self.facts = facts

    async def insert_unknown(self, facts: Sequence[Arrived]) -> set[FactName]:
        await self._reach()
        self.facts = self._tables.unknown(facts)
        return {(fact.dossier, fact.identity) for fact in self.facts}

    async def load(self, dossiers: Sequence[str]) -> Mapping[str, Known]:
        await self._reach()
        known = self._tables.dossiers
        return self._known(key for key in dossiers if key in known)

    async def outdated(self, edition: int, dossiers_max: int) -> Mapping[str, Known]:
        await self._reach()
        return self._known(self._tables.outdated(self._partition, edition)[:dossiers_max])

    async def settle(self, edition: int) -> None:
        await self._reach()
        self.settled = edition

    def _known(self, keys: Iterable[str]) -> dict[str, Known]:
        tables = self._tables
        return {key: Known(tables.dossiers[key], tables.made_by[key]) for key in keys}

    async def histories(self, dossiers: Sequence[str]) -> Mapping[str, Sequence[bytes]]:
        await self._reach()
        histories = self._tables.histories(dossiers)
        for fact in self.facts:
            if fact.dossier in histories:
                histories[fact.dossier].append(fact.body)
        return histories

    async def write(self, changes: Changes) -> None:
        await self._reach()
        self.changes = changes


class MemoryProjection(Projection):
    """Locks as PostgreSQL's rows would: a lane while its batch is open, a clock while written."""

    def __init__(self, tables: MemoryTables, reach: Passage = at_once) -> None:
        self._tables = tables
        self._reach = reach

    @asynccontextmanager
    async def batch(
        self, stretch: Stretch, epoch: int, *, complete_to: datetime | None, recent: Recent
    ) -> AsyncIterator[Batch]:
        await self._reach()
        async with AsyncExitStack() as locks:
            await locks.enter_async_context(self._tables.lane_locks[stretch.partition])
            if not self._tables.owned(stretch, epoch):
                raise Fenced(stretch)
            batch = await self._opened(stretch.partition)
            yield batch
            await self._lock_clocks(batch, locks)
            self._tables.advance(stretch, complete_to, recent)
            self._tables.write(stretch.partition, batch.facts, batch.changes)
        await self._reach()

    @asynccontextmanager
    async def sweep(self, partition: int, epoch: int) -> AsyncIterator[Batch]:
        await self._reach()
        async with AsyncExitStack() as locks:
            await locks.enter_async_context(self._tables.lane_locks[partition])
            lane = self._tables.lanes[partition]
            if lane.epoch != epoch:
                raise Fenced(partition)
            batch = await self._opened(partition)
            yield batch
            await self._lock_clocks(batch, locks)
            lane.changes += 1
            self._tables.write(partition, batch.facts, batch.changes)
            lane.edition = lane.edition if batch.settled is None else batch.settled
        await self._reach()

    async def _opened(self, partition: int) -> MemoryBatch:
        return MemoryBatch(self._tables, self._reach, partition, await self._tables.edition())

    async def _lock_clocks(self, batch: MemoryBatch, locks: AsyncExitStack) -> None:
        changed = (clock.key for clock in batch.changes.clocks)
        for key in sorted({*changed, *batch.changes.gone}):
            await locks.enter_async_context(self._tables.clock_locks[key])
        await self._reach()

    async def edition(self) -> int:
        await self._reach()
        return await self._tables.edition()

    async def claim(self, partitions: Sequence[int]) -> Mapping[int, Claim]:
        await self._reach()
        claims: dict[int, Claim] = {}
        for partition in sorted(partitions):
            async with self._tables.lane_locks[partition]:
                lane = self._tables.lanes[partition]
                lane.epoch += 1
                claims[partition] = Claim(lane.epoch, lane.recent, lane.edition)
        await self._reach()
        return claims

    async def offsets(self, partitions: Sequence[TopicPartition]) -> Mapping[TopicPartition, int]:
        await self._reach()
        known = self._tables.offsets
        return {(*place,): known[(*place,)].next_offset for place in partitions if place in known}

    async def begin(self, topic: str, partition: int, offset: int) -> None:
        await self._reach()
        now = self._tables.clock.now()
        fresh = Offset(topic, partition, offset, offset, None, now)
        self._tables.offsets.setdefault((topic, partition), fresh)

    async def caught_up(self, seen: Sequence[tuple[str, int, int]]) -> None:
        await self._reach()
        for topic, partition, reached in seen:
            self._catch_up((topic, partition), reached)

    async def outlook(self, partitions: Sequence[int]) -> Outlook:
        await self._reach()
        lanes, waited = self._tables.lanes, self._tables.outboxes
        return Outlook(
            max(waited[owner] for owner in waited if owner != Owner.SUPERVISION),
            {number: Tenure(lanes[number].epoch, lanes[number].changes) for number in partitions},
        )

    async def complete(self, milestones: Sequence[Milestone]) -> Collection[int]:
        await self._reach()
        return [milestone.partition for milestone in milestones if self._tables.complete(milestone)]

    async def tell_standing(self, rows: Sequence[tuple[str, int, int, int]]) -> None:
        await self._reach()
        for topic, partition, following, highwater in rows:
            known = self._tables.offsets.get((topic, partition))
            self._tables.offsets[topic, partition] = Offset(
                topic,
                partition,
                following,
                highwater,
                known.complete_to if known else None,
                self._tables.clock.now(),
            )

    async def wake_readers(self, causes: str = "") -> None:
        await self._reach()
        for wake in self._tables.listeners:
            wake(causes)

    def _catch_up(self, place: TopicPartition, reached: int) -> None:
        known = self._tables.offsets.get(place)
        if known is not None and known.next_offset == reached:
            self._tables.offsets[place] = known._replace(
                highwater=reached, checked_at=self._tables.clock.now()
            )
