"""The projection in PostgreSQL: a batch of facts and all that it changes, in one transaction."""

from collections.abc import AsyncIterator, Container, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any

import asyncpg

from services.metrics.adapters.binary_copy import binary_copy
from services.metrics.adapters.columns import DOSSIER, RECENT, clock_row, text_of
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.dossier import FOLD_VERSION, Dossier
from services.metrics.domain.entry import Arrived
from services.metrics.domain.figures import live
from services.metrics.domain.figures.contributions import Contributions, Contributor
from services.metrics.domain.figures.dimensions import Dimensions, identity_of
from services.metrics.domain.fingerprint import Fingerprint
from services.metrics.domain.picture import Differences
from services.metrics.domain.recent import Recent
from services.metrics.ports.projection import (
    Batch,
    Changes,
    Claim,
    FactKnown,
    FactName,
    Fenced,
    Place,
    Projection,
    ProjectionOutdated,
    Stretch,
)
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
ON CONFLICT (part, day, partition) DO UPDATE
SET value = kpi.value + excluded.value
"""

# The one row for which two lanes may wait: sorted, so that they never wait for each other.
ADD_PLACES = """
INSERT INTO places
SELECT *
FROM unnest($1::places[])
ON CONFLICT DO NOTHING
"""

CONTRIBUTORS = ("contributors", ("number", "place", "day", "part", "dossier"))

CHANGE_CONTRIBUTORS = """
UPDATE contributors
SET number = new.number, place = new.place
FROM unnest($1::contributors[]) AS new
WHERE contributors.part = new.part
  AND contributors.day = new.day
  AND contributors.dossier = new.dossier
"""

REMOVE_CONTRIBUTORS = """
DELETE FROM contributors
USING unnest($1::contributors[]) AS gone
WHERE contributors.part = gone.part
  AND contributors.day = gone.day
  AND contributors.dossier = gone.dossier
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


NOT_ALERTED = False
"""What a new clock has between its course and its deadline; of a known one it stays."""

OPEN_CASES: str = live.Part.OPEN
"""The part of which each lane keeps the sum."""


class PostgresBatch(Batch):
    """One open transaction of one lane."""

    def __init__(
        self, connection: asyncpg.Connection, partition: int, known_places: Container[int] = ()
    ) -> None:
        self._connection = connection
        self._partition = partition
        self._known_places = known_places
        self.new_places: set[int] = set()
        """What nobody knew before this batch, as far as its worker knew."""

    async def insert(self, facts: Sequence[Arrived]) -> None:
        table, names = TIMELINE
        try:
            await self._connection.copy_to_table(
                table, columns=names, source=binary_copy(facts), format="binary"
            )
        except asyncpg.UniqueViolationError as violation:
            raise FactKnown from violation

    async def insert_unknown(self, facts: Sequence[Arrived]) -> set[FactName]:
        rows = [(dossier, identity, at, body.decode()) for dossier, identity, at, body, _ in facts]
        added = await self._connection.fetch(INSERT_UNKNOWN_FACTS, rows)
        return {(dossier, identity) for dossier, identity in added}

    async def load(self, dossiers: Sequence[str]) -> Mapping[str, Dossier]:
        known = {}
        for key, version, state in await self._connection.fetch(LOAD_STATES, dossiers):
            if version != FOLD_VERSION:
                raise ProjectionOutdated(f"{key}: fold {version}")
            known[key] = DOSSIER.decode(state)
        return known

    async def histories(self, dossiers: Sequence[str]) -> Mapping[str, Sequence[bytes]]:
        histories: dict[str, list[bytes]] = {key: [] for key in dossiers}
        for key, body in await self._connection.fetch(LOAD_HISTORIES, dossiers):
            histories[key].append(body.encode())
        return histories

    async def write(self, changes: Changes) -> None:
        if changes.dossiers:
            await self._write_dossiers(changes.dossiers)
        await self._add_figures(changes.figures.sums)
        await self._write_contributors(changes.figures)
        if changes.clocks:
            await self._write_clocks(changes.clocks)

    async def _write_dossiers(self, dossiers: Sequence[Dossier]) -> None:
        rows = [
            (one.key, self._partition, one.case.phase.value, one.source, FOLD_VERSION, text_of(one))
            for one in dossiers
        ]
        await self._connection.execute(WRITE_STATES, rows)

    async def _add_figures(self, sums: Contributions) -> None:
        rows = [
            (part, day, self._partition, number) for (part, day), number in sums.items() if number
        ]
        rows.sort()
        if rows:
            await self._connection.execute(ADD_FIGURES, rows)
        opened = sum(number for part, _, _, number in rows if part == OPEN_CASES)
        if opened:
            await self._connection.execute(ADD_OPEN_CASES, self._partition, opened)

    async def _write_contributors(self, figures: Differences) -> None:
        await self._add_places((*figures.added, *figures.changed))
        if figures.gone:
            await self._connection.execute(REMOVE_CONTRIBUTORS, _rows(figures.gone))
        if figures.changed:
            await self._connection.execute(CHANGE_CONTRIBUTORS, _rows(figures.changed))
        if figures.added:
            table, names = CONTRIBUTORS
            await self._connection.copy_records_to_table(
                table, records=_rows(figures.added), columns=names
            )

    async def _add_places(self, contributors: Iterable[Contributor]) -> None:
        rows = place_rows({one.dimensions for one in contributors}, self._known_places)
        if rows:
            await self._connection.execute(ADD_PLACES, rows)
            self.new_places.update(place for place, *_ in rows)

    async def _write_clocks(self, clocks: Sequence[Clock]) -> None:
        rows = [(*row[:-1], NOT_ALERTED, row[-1]) for row in map(clock_row, clocks)]
        await self._connection.execute(WRITE_CLOCKS, rows)


def place_rows(
    dimensions: Iterable[Dimensions], known: Container[int]
) -> list[tuple[int, str, str, str, str, str, str]]:
    """Return the rows of those of *dimensions* that are not *known*, in the order of their keys."""
    places = {identity_of(one): one for one in dimensions}
    return [(place, *one) for place, one in sorted(places.items()) if place not in known]


def _rows(contributors: Iterable[Contributor]) -> list[tuple[int, int, date, str, str]]:
    """Return the rows of *contributors* in the order of their index."""
    return [
        (number, identity_of(dimensions), day, part, dossier)
        for part, day, dossier, number, dimensions in sorted(contributors)
    ]


def columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[Sequence[Any]]:
    """Turn rows into the arrays that unnest takes."""
    return list(zip(*rows, strict=True)) if rows else [()] * width


class PostgresProjection(Projection):
    """The metrics schema, as a worker writes it whose code has *fingerprint*."""

    def __init__(self, pool: asyncpg.Pool, fingerprint: Fingerprint) -> None:
        self._pool = pool
        self.fingerprint = fingerprint
        self._places: set[int] = set()
        """Those that are committed; every combination of dimensions is one, so they are few."""

    @asynccontextmanager
    async def batch(
        self, stretch: Stretch, epoch: int, *, complete_to: datetime | None, recent: Recent
    ) -> AsyncIterator[Batch]:
        with translated():
            async with self._pool.acquire() as connection, connection.transaction():
                taken = await connection.execute(
                    TAKE_LANE, stretch.partition, epoch, text_of(recent)
                )
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
                batch = PostgresBatch(connection, stretch.partition, self._places)
                yield batch
        self._places |= batch.new_places

    async def made_by(self) -> tuple[str | None, bool]:
        """Return what has made the projection, if anything, and whether ours was there before."""
        with translated():
            stored, was_ours = await self._pool.fetchrow(LOAD_MAKER, self.fingerprint)
        return stored, was_ours

    async def claim(self, partitions: Sequence[int]) -> Mapping[int, Claim]:
        with translated():
            async with self._pool.acquire() as connection, connection.transaction():
                rows = await connection.fetch(CLAIM_LANES, partitions)
                # Behind the lanes, which a switch takes from everybody.
                await connection.execute(ADOPT, self.fingerprint)
                stored = await connection.fetchval(LOAD_FINGERPRINT)
                if stored != self.fingerprint:
                    raise ProjectionOutdated(stored)
        return {partition: Claim(epoch, RECENT.decode(recent)) for partition, epoch, recent in rows}

    async def offsets(self, partitions: Sequence[Place]) -> Mapping[Place, int]:
        topics, numbers = columns(partitions, 2)
        with translated():
            rows = await self._pool.fetch(LOAD_OFFSETS, topics, numbers)
        return {(topic, number): offset for topic, number, offset in rows}

    async def begin(self, topic: str, partition: int, offset: int) -> None:
        with translated():
            await self._pool.execute(BEGIN_OFFSET, topic, partition, offset)

    async def caught_up(self, seen: Sequence[tuple[str, int, int]]) -> None:
        with translated():
            await self._pool.execute(CAUGHT_UP, *columns(seen, 3))

    async def tell_standing(self, rows: Sequence[tuple[str, int, int, int]]) -> None:
        with translated():
            await self._pool.executemany(TELL_STANDING, rows)

    async def wake_readers(self) -> None:
        with translated():
            await self._pool.execute(WAKE_READERS)
