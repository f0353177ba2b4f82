"""The projection in PostgreSQL: a batch of facts and all that it changes, in one transaction."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import asyncpg

from services.metrics.adapters.binary_copy import FactRow, binary_copy
from services.metrics.domain.fingerprint import Fingerprint
from shared.eventstore.postgres import translated

TAKE_LANE = """
UPDATE lanes
SET changes = changes + 1, recent = $3
WHERE partition = $1 AND epoch = $2
"""

# The compare in the compare-and-set: a worker that lost the partition finds another offset.
ADVANCE = """
UPDATE offsets
SET next_offset = $4,
    highwater = $5,
    complete_to = greatest(complete_to, $6),
    checked_at = clock_timestamp()
WHERE topic = $1 AND partition = $2 AND next_offset = $3
"""

TIMELINE = ("timeline", ("dossier", "identity", "occurred_at", "body"))

INSERT_UNKNOWN_FACTS = """
INSERT INTO timeline
SELECT *
FROM unnest($1::timeline[])
ON CONFLICT DO NOTHING
RETURNING dossier, identity
"""

LOAD_STATES = """
SELECT dossier, fold_version, state
FROM dossiers
WHERE dossier = ANY($1::text[])
"""

LOAD_HISTORIES = """
SELECT dossier, body
FROM timeline
WHERE dossier = ANY($1::text[])
"""

# Whole rows, not an array for each column, because PostgreSQL spools every array on its own.
WRITE_STATES = """
INSERT INTO dossiers
SELECT *
FROM unnest($1::dossiers[])
ON CONFLICT (dossier) DO UPDATE
SET phase = excluded.phase,
    source = excluded.source,
    fold_version = excluded.fold_version,
    state = excluded.state
"""

# Sorted, so that pages are visited once.
ADD_FIGURES = """
INSERT INTO kpi
SELECT *
FROM unnest($1::kpi[])
ON CONFLICT (kpi, day, partition, part, item, service_window, channel) DO UPDATE
SET value = kpi.value + excluded.value
"""

ADD_OPEN_CASES = """
INSERT INTO open_cases (partition, cases)
VALUES ($1, $2)
ON CONFLICT (partition) DO UPDATE
SET cases = open_cases.cases + excluded.cases
"""

# Where an alert was raised before, the ticker must look again at once: it may no longer be right.
WRITE_CLOCKS = """
INSERT INTO clocks
SELECT *
FROM unnest($1::clocks[])
ON CONFLICT (dossier, sla) DO UPDATE
SET started_on = excluded.started_on,
    due = excluded.due,
    yellow_from = excluded.yellow_from,
    red_at = excluded.red_at,
    limit_total = excluded.limit_total,
    unit = excluded.unit,
    paused = excluded.paused,
    provisional = excluded.provisional,
    ended = excluded.ended,
    next_at = CASE WHEN clocks.alerted THEN '-infinity' ELSE excluded.next_at END
"""

CLAIM_LANES = """
INSERT INTO lanes (partition, epoch, changes, recent)
SELECT partition, 1, 0, '[]'
FROM unnest($1::smallint[]) AS given (partition)
ORDER BY partition
ON CONFLICT (partition) DO UPDATE
SET epoch = lanes.epoch + 1
RETURNING partition, epoch, recent
"""

# Whoever is first to fold into nothing has made the projection.
ADOPT = """
INSERT INTO projection (fingerprint)
VALUES ($1)
ON CONFLICT DO NOTHING
"""

LOAD_FINGERPRINT = """
SELECT fingerprint
FROM projection
"""

LOAD_MAKER = """
SELECT (SELECT fingerprint FROM projection), EXISTS (SELECT FROM replaced WHERE fingerprint = $1)
"""

LOAD_OFFSETS = """
SELECT topic, partition, next_offset
FROM offsets
WHERE (topic, partition) IN (SELECT * FROM unnest($1::text[], $2::smallint[]))
"""

BEGIN_OFFSET = """
INSERT INTO offsets (topic, partition, next_offset, highwater, checked_at)
VALUES ($1, $2, $3, $3, clock_timestamp())
ON CONFLICT DO NOTHING
"""

CAUGHT_UP = """
UPDATE offsets
SET checked_at = clock_timestamp(), highwater = offsets.next_offset
FROM unnest($1::text[], $2::smallint[], $3::bigint[]) AS seen (topic, partition, next_offset)
WHERE offsets.topic = seen.topic
  AND offsets.partition = seen.partition
  AND offsets.next_offset = seen.next_offset
"""

TELL_STANDING = """
INSERT INTO offsets (topic, partition, next_offset, highwater, checked_at)
VALUES ($1, $2, $3, $4, clock_timestamp())
ON CONFLICT (topic, partition) DO UPDATE
SET next_offset = excluded.next_offset,
    highwater = excluded.highwater,
    checked_at = excluded.checked_at
"""

WAKE_READERS = "SELECT pg_notify('metrics_changed', '')"


class Fenced(Exception):
    """Another worker has the partition now; what we hold in memory of it is worth nothing."""


class ProjectionOutdated(Exception):
    """The projection was made by other code than ours: *stored* says by which."""

    def __init__(self, stored: str) -> None:
        super().__init__(stored)
        self.stored = stored


class FactKnown(Exception):
    """One of the facts is in the timeline already; the transaction is spoilt."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive records of one topic's partition, and where the partition ends just now."""

    topic: str
    partition: int
    first: int
    following: int
    highwater: int


StateRow = tuple[str, str, str, str]
"""Dossier, phase, source, state."""

FigureRow = tuple[str, str, date, str, str, str, int]
"""KPI, part, day, item, window, channel, and what to add."""

NOT_ALERTED = False
"""What a new clock has between its course and its deadline; of a known one it stays."""

OPEN_CASES = ("L01", "open")
"""The figure of which each lane keeps the sum."""

ClockRow = tuple[
    str,
    str,
    str,
    date,
    date | None,
    date | None,
    datetime | None,
    int,
    str,
    bool,
    bool,
    bool,
    datetime | None,
]
"""The columns of a clock, in their order, without whether it was alerted."""


class Batch:
    """One open transaction of one lane."""

    def __init__(self, connection: asyncpg.Connection, partition: int) -> None:
        self._connection = connection
        self._partition = partition

    async def insert(self, rows: Sequence[FactRow]) -> None:
        """
        Record facts that are all new, the fast way.

        Raises:
            FactKnown: one is not.
        """
        table, names = TIMELINE
        try:
            await self._connection.copy_to_table(
                table, columns=names, source=binary_copy(rows), format="binary"
            )
        except asyncpg.UniqueViolationError as violation:
            raise FactKnown from violation

    async def insert_unknown(self, rows: Sequence[FactRow]) -> set[tuple[str, bytes]]:
        """Record those facts that are new; return dossier and identity of each."""
        facts = [(dossier, identity, at, body.decode()) for dossier, identity, at, body, *_ in rows]
        added = await self._connection.fetch(INSERT_UNKNOWN_FACTS, facts)
        return {(dossier, identity) for dossier, identity in added}

    async def load(self, dossiers: Sequence[str]) -> Mapping[str, tuple[int, str]]:
        """Return the fold version and state of each known dossier."""
        rows = await self._connection.fetch(LOAD_STATES, dossiers)
        return {key: (version, state) for key, version, state in rows}

    async def histories(self, dossiers: Sequence[str]) -> Mapping[str, list[bytes]]:
        """Return every fact of each dossier, in no order."""
        histories: dict[str, list[bytes]] = {key: [] for key in dossiers}
        for key, body in await self._connection.fetch(LOAD_HISTORIES, dossiers):
            histories[key].append(body.encode())
        return histories

    async def write(
        self,
        states: Sequence[StateRow],
        figures: Sequence[FigureRow],
        clocks: Sequence[ClockRow],
        *,
        fold_version: int,
    ) -> None:
        """Replace states and clocks, add to figures."""
        run, partition = self._connection.execute, self._partition
        if states:
            await run(
                WRITE_STATES,
                [
                    (dossier, partition, phase, source, fold_version, state)
                    for dossier, phase, source, state in states
                ],
            )
        if figures:
            await run(
                ADD_FIGURES,
                [
                    (kpi, day, partition, part, item, window, channel, number)
                    for kpi, part, day, item, window, channel, number in sorted(figures)
                ],
            )
            await self._add_open_cases(sum(row[-1] for row in figures if row[:2] == OPEN_CASES))
        if clocks:
            await run(WRITE_CLOCKS, [(*row[:-1], NOT_ALERTED, row[-1]) for row in clocks])

    async def _add_open_cases(self, number: int) -> None:
        if number:
            await self._connection.execute(ADD_OPEN_CASES, self._partition, number)


def columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[Sequence[Any]]:
    """Turn rows into the arrays that unnest takes."""
    return list(zip(*rows, strict=True)) if rows else [()] * width


class Projection:
    """The metrics schema, as a worker writes it whose code has *fingerprint*."""

    def __init__(self, pool: asyncpg.Pool, fingerprint: Fingerprint) -> None:
        self._pool = pool
        self.fingerprint = fingerprint

    @asynccontextmanager
    async def batch(
        self, stretch: Stretch, epoch: int, *, complete_to: datetime | None, recent: str
    ) -> AsyncIterator[Batch]:
        """
        Open the transaction in which *stretch* takes effect, once and for ever.

        Raises:
            Fenced: the lane or the offset has another owner.
            StoreUnavailable: nothing is known about the commit; ask for the offset.
        """
        with translated():
            async with self._pool.acquire() as connection, connection.transaction():
                taken = await connection.execute(TAKE_LANE, stretch.partition, epoch, recent)
                advanced = await connection.execute(
                    ADVANCE,
                    stretch.topic,
                    stretch.partition,
                    stretch.first,
                    stretch.following,
                    stretch.highwater,
                    complete_to,
                )
                if (taken, advanced) != ("UPDATE 1", "UPDATE 1"):
                    # Where the projection was switched, what a connection has prepared for the
                    # tables of before is worth nothing.
                    await self._pool.expire_connections()
                    raise Fenced(stretch)
                yield Batch(connection, stretch.partition)

    async def made_by(self) -> tuple[str | None, bool]:
        """Return what has made the projection, if anything, and whether ours was there before."""
        with translated():
            stored, was_ours = await self._pool.fetchrow(LOAD_MAKER, self.fingerprint)
        return stored, was_ours

    async def claim(self, partitions: Sequence[int]) -> Mapping[int, tuple[int, str]]:
        """
        Become the owner of *partitions*; return each epoch and the lane's recent facts.

        Raises:
            ProjectionOutdated: other code has made it, and its lanes stay whose they are.
        """
        with translated():
            async with self._pool.acquire() as connection, connection.transaction():
                rows = await connection.fetch(CLAIM_LANES, partitions)
                # Behind the lanes, which a switch takes from everybody.
                await connection.execute(ADOPT, self.fingerprint)
                stored = await connection.fetchval(LOAD_FINGERPRINT)
                if stored != self.fingerprint:
                    raise ProjectionOutdated(stored)
        return {partition: (epoch, recent) for partition, epoch, recent in rows}

    async def offsets(self, partitions: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], int]:
        """Return where each partition goes on; one that was never folded is missing."""
        topics, numbers = columns(partitions, 2)
        with translated():
            rows = await self._pool.fetch(LOAD_OFFSETS, topics, numbers)
        return {(topic, number): offset for topic, number, offset in rows}

    async def begin(self, topic: str, partition: int, offset: int) -> None:
        """Note where a partition begins that was never folded."""
        with translated():
            await self._pool.execute(BEGIN_OFFSET, topic, partition, offset)

    async def caught_up(self, seen: Sequence[tuple[str, int, int]]) -> None:
        """Note that nothing waits behind the given offsets at this moment."""
        with translated():
            await self._pool.execute(CAUGHT_UP, *columns(seen, 3))

    async def tell_standing(self, rows: Sequence[tuple[str, int, int, int]]) -> None:
        """Note how far others are with what comes before us: topic, partition, next offset, end."""
        with translated():
            await self._pool.executemany(TELL_STANDING, rows)

    async def wake_readers(self) -> None:
        with translated():
            await self._pool.execute(WAKE_READERS)
