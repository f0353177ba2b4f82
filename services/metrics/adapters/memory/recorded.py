"""All that is on record and all that was made of it in memory, as an audit reads it."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from functools import reduce

import msgspec

from services.metrics.adapters.memory.tables import MemoryTables
from services.metrics.domain.fingerprint import Fingerprint
from services.metrics.domain.last_words import LastWords
from services.metrics.ports.audit import (
    AuditSnapshot,
    ChainRow,
    ClockKept,
    ClockShown,
    ContributorKept,
    Folded,
    Mark,
    OrderKept,
    RecordedFact,
    Records,
    StateKept,
    StoredFigure,
    SubjectKept,
)
from shared.contracts.registry import Owner, decode
from shared.eventstore.chain import GENESIS, digest_of, link
from shared.eventstore.memory import Kept, MemoryEventStore
from shared.kafka.port import Partition
from shared.policy.rules import Rules, evolve, shipped

NO_END = 1 << 62

Stores = Mapping[Owner, MemoryEventStore]
KeptFacts = Mapping[Owner, list[Kept]]


class MemoryRecords(Records):
    """The tables, and the stores of the owners beside them."""

    def __init__(self, tables: MemoryTables, stores: Stores, fingerprint: Fingerprint) -> None:
        self._tables = tables
        self._stores = stores
        self._fingerprint = fingerprint

    async def mark(self) -> Mark:
        seen = {owner: len(store.published(0, NO_END)) for owner, store in self._stores.items()}
        return Mark(self._tables.clock.now(), msgspec.json.encode(seen).decode())

    async def made_by(self) -> str | None:
        return self._fingerprint if self._tables.timeline else None

    async def unsent(self, mark: Mark) -> Mapping[Owner, int]:
        seen = _seen(mark)
        waiting = {
            owner: sum(one.place.position <= seen[owner] for one in await store.pending(NO_END))
            for owner, store in self._stores.items()
        }
        return {owner: count for owner, count in waiting.items() if count}

    async def offsets(self) -> Mapping[Partition, int]:
        offsets = self._tables.offsets
        return {Partition(*place): offset.next_offset for place, offset in offsets.items()}

    async def outdated(self) -> int:
        newest = await self._tables.edition()
        return sum(lane.edition < newest for lane in self._tables.lanes.values())

    async def due(self, at: datetime) -> int:
        return len(self._tables.overdue(at))

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AuditSnapshot]:
        facts = {owner: store.kept() for owner, store in self._stores.items()}
        changes = await self._tables.rule_changes(0)
        rules = reduce(evolve, changes, shipped())
        yield MemorySnapshot(self._tables.copied(), facts, rules, await self.made_by())


class MemorySnapshot(AuditSnapshot):
    """Copies: whatever becomes of the tables is not seen."""

    def __init__(
        self, tables: MemoryTables, facts: KeptFacts, rules: Rules, made_by: str | None
    ) -> None:
        self._tables = tables
        self._facts = facts
        self._rules = rules
        self._made_by = made_by
        self._now = tables.clock.now()

    @property
    def now(self) -> datetime:
        return self._now

    async def made_by(self) -> str | None:
        return self._made_by

    async def count(self) -> int:
        return sum(map(len, self._facts.values()))

    async def rules(self) -> Rules:
        return self._rules

    async def chains(self, owner: Owner) -> AsyncIterator[ChainRow]:
        stream, previous = "", GENESIS
        for one in self._facts.get(owner, []):
            stream, previous = one.stream, previous if one.stream == stream else GENESIS
            row = _chain_row(one, previous)
            yield row
            previous = row.hash

    async def subjects(self, mark: Mark | None) -> AsyncIterator[SubjectKept]:
        tables, facts = self._tables, self._recorded(mark)
        known = {
            *facts,
            *(key for key, _ in tables.timeline),
            *tables.dossiers,
            *(key.dossier for key in tables.clocks),
            *(one.dossier for one in tables.alerts.values()),
            *tables.orders,
        }
        for dossier in sorted(known):
            yield SubjectKept(
                dossier,
                facts.get(dossier, []),
                [
                    Folded(name, body)
                    for (key, name), body in tables.timeline.items()
                    if key == dossier
                ],
                StateKept.of(tables.dossiers[dossier], tables.made_by[dossier])
                if dossier in tables.dossiers
                else None,
                self._clocks(dossier),
                [one for one in tables.alerts.values() if one.dossier == dossier],
                [
                    ContributorKept(one.part, one.day, one.number, one.dimensions)
                    for one in tables.contributors.values()
                    if one.dossier == dossier
                ],
                [OrderKept(*one[:12]) for key, one in tables.orders.items() if key == dossier],
            )

    async def figures(self) -> AsyncIterator[StoredFigure]:
        for (part, day), value in sorted(self._tables.figures.items()):
            yield StoredFigure(part, day, value)

    async def last_words(self) -> LastWords:
        return self._tables.last_words

    def _recorded(self, mark: Mark | None) -> Mapping[str, list[RecordedFact]]:
        seen = Counter[Owner]() if mark is None else _seen(mark)
        recorded: dict[str, list[RecordedFact]] = {}
        for owner, facts in self._facts.items():
            for one in facts:
                if one.published is None:
                    continue
                event = decode(one.body)
                recorded.setdefault(event.partitionkey, []).append(
                    RecordedFact(
                        owner,
                        one.stream,
                        one.version,
                        event.source,
                        event.id,
                        one.body,
                        one.published <= seen[owner],
                    )
                )
        return recorded

    def _clocks(self, dossier: str) -> list[ClockKept]:
        return [
            ClockKept(
                key,
                ClockShown.of(one.clock),
                one.gone,
                one.alerted,
                one.next_at,
                one.next_at is not None and one.next_at <= self._now,
            )
            for key, one in self._tables.clocks.items()
            if key.dossier == dossier
        ]


def _seen(mark: Mark) -> Counter[Owner]:
    """Return how many facts of each owner were published by then."""
    return Counter(msgspec.json.decode(mark.seen, type=dict[Owner, int]))


def _chain_row(kept: Kept, previous: bytes) -> ChainRow:
    event, published = decode(kept.body), kept.published is not None
    return ChainRow(
        kept.stream,
        kept.version,
        published,
        kept.body,
        digest_of(kept.body),
        previous,
        link(previous, kept.stream, kept.version, kept.body, published=published),
        event.source,
        event.id,
        event.type,
        event.partitionkey,
        event.time,
    )
