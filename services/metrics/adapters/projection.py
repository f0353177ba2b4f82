"""The projection in PostgreSQL: a batch of facts and all that it changes, in one transaction."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import asyncpg

from services.metrics.adapters.batch import PostgresBatch
from services.metrics.adapters.columns import RECENT, text_of
from services.metrics.adapters.editions import load_edition
from services.metrics.domain.fingerprint import Fingerprint
from services.metrics.domain.recent import Recent
from services.metrics.ports.projection import (
    Batch,
    Claim,
    Fenced,
    Milestone,
    Outlook,
    Projection,
    ProjectionOutdated,
    Stretch,
    Tenure,
    TopicPartition,
)
from shared.contracts.rules.facts import STREAM
from shared.eventstore.postgres import end_still_copies, transaction, translated

TAKE_LANE = """
UPDATE lanes
SET changes = changes + 1, recent = coalesce($3, recent)
WHERE partition = $1 AND epoch = $2
RETURNING changes, (
  SELECT coalesce(max(version), 0)
  FROM events
  WHERE stream = $4
) AS edition
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

CLAIM_LANES = """
INSERT INTO lanes (partition, epoch, changes, recent, folded_by)
SELECT partition, 1, 0, '[]', $2
FROM unnest($1::smallint[]) AS given (partition)
ORDER BY partition
ON CONFLICT (partition) DO UPDATE
SET epoch = lanes.epoch + 1, folded_by = excluded.folded_by
RETURNING partition, epoch, recent, coalesce((
  SELECT swept.edition
  FROM swept
  WHERE swept.partition = lanes.partition
), 0) AS edition
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

# Not what supervision has not sent: it follows from deadlines, and rules are read from its store.
LOAD_OUTLOOK = """
WITH outboxes AS MATERIALIZED (
  SELECT greatest(intake.unsent_seconds(), assist.unsent_seconds(), review.unsent_seconds())
    AS unsent
)
SELECT unsent, partition, epoch, changes
FROM outboxes
LEFT JOIN lanes ON partition = ANY($1::smallint[])
"""

# Asked of what is committed, not of what a worker believes: a server that dies loses commits.
COMPLETE = """
INSERT INTO completeness (partition, epoch, changes, complete_to)
SELECT partition, epoch, changes, at
FROM unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::timestamptz[])
  AS milestones (partition, epoch, changes, at)
WHERE NOT EXISTS (
  SELECT
  FROM unnest($5::text[], $6::smallint[], $7::bigint[]) AS ends (topic, partition, offset_after)
  LEFT JOIN offsets USING (topic, partition)
  WHERE ends.partition = milestones.partition
  AND coalesce(offsets.next_offset, 0) < ends.offset_after
)
ORDER BY partition
ON CONFLICT (partition) DO UPDATE
SET epoch = excluded.epoch,
    changes = excluded.changes,
    complete_to = greatest(completeness.complete_to, excluded.complete_to)
WHERE completeness.epoch <= excluded.epoch
RETURNING partition
"""

TELL_STANDING = """
INSERT INTO offsets (topic, partition, next_offset, highwater, checked_at)
VALUES ($1, $2, $3, $4, clock_timestamp())
ON CONFLICT (topic, partition) DO UPDATE
SET next_offset = excluded.next_offset,
    highwater = excluded.highwater,
    checked_at = excluded.checked_at
"""

WAKE_READERS = "SELECT pg_notify('metrics_changed', $1)"


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
        async with self._lane(stretch.partition, epoch, recent) as (connection, batch):
            advanced = await connection.execute(
                ADVANCE,
                stretch.topic,
                stretch.partition,
                stretch.first,
                stretch.following,
                stretch.highwater,
                complete_to,
            )
            if advanced != "UPDATE 1":
                raise await self._fenced(stretch)
            yield batch

    @asynccontextmanager
    async def sweep(self, partition: int, epoch: int) -> AsyncIterator[Batch]:
        async with self._lane(partition, epoch, None) as (_, batch):
            yield batch

    @asynccontextmanager
    async def _lane(
        self, partition: int, epoch: int, recent: Recent | None
    ) -> AsyncIterator[tuple[asyncpg.Connection, PostgresBatch]]:
        """Open a transaction of a lane that is ours under *epoch*."""
        told = None if recent is None else text_of(recent)
        with translated():
            async with transaction(self._pool) as connection:
                taken = await connection.fetchrow(TAKE_LANE, partition, epoch, told, STREAM)
                if taken is None:
                    raise await self._fenced(partition)
                change, edition = taken
                batch = PostgresBatch(connection, partition, edition, self._places, change)
                yield connection, batch
        self._places |= batch.new_places

    async def _fenced(self, what: object) -> Fenced:
        # Where the projection was switched, what a connection has prepared for the tables of before
        # is worth nothing.
        await self._pool.expire_connections()
        return Fenced(what)

    async def edition(self) -> int:
        with translated():
            return await load_edition(self._pool)

    async def made_by(self) -> tuple[str | None, bool]:
        """Return what has made the projection, if anything, and whether ours was there before."""
        with translated():
            stored, was_ours = await self._pool.fetchrow(LOAD_MAKER, self.fingerprint)
        return stored, was_ours

    async def claim(self, partitions: Sequence[int]) -> Mapping[int, Claim]:
        with translated():
            await end_still_copies(self._pool)
            async with transaction(self._pool) as connection:
                rows = await connection.fetch(CLAIM_LANES, partitions, self.fingerprint)
                # Behind the lanes, which a switch takes from everybody.
                await connection.execute(ADOPT, self.fingerprint)
                stored = await connection.fetchval(LOAD_FINGERPRINT)
                if stored != self.fingerprint:
                    raise ProjectionOutdated(stored)
        return {
            partition: Claim(epoch, RECENT.decode(recent), edition)
            for partition, epoch, recent, edition in rows
        }

    async def offsets(self, partitions: Sequence[TopicPartition]) -> Mapping[TopicPartition, int]:
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

    async def outlook(self, partitions: Sequence[int]) -> Outlook:
        with translated():
            rows = await self._pool.fetch(LOAD_OUTLOOK, partitions)
        tenures = {
            partition: Tenure(epoch, changes)
            for _, partition, epoch, changes in rows
            if partition is not None
        }
        return Outlook(float(rows[0]["unsent"]), tenures)

    async def complete(self, milestones: Sequence[Milestone]) -> Collection[int]:
        ends = [
            (topic, milestone.partition, end)
            for milestone in milestones
            for topic, end in milestone.ends.items()
        ]
        moments = columns(
            [(milestone.partition, *milestone.tenure, milestone.at) for milestone in milestones], 4
        )
        with translated():
            rows = await self._pool.fetch(COMPLETE, *moments, *columns(ends, 3))
        return [row["partition"] for row in rows]

    async def tell_standing(self, rows: Sequence[tuple[str, int, int, int]]) -> None:
        with translated():
            await self._pool.executemany(TELL_STANDING, rows)

    async def wake_readers(self, causes: str = "") -> None:
        with translated():
            await self._pool.execute(WAKE_READERS, causes)
