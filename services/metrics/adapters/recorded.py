"""The bureau's database as the auditor sees it: how far everybody is, and one state of all."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

import asyncpg

from services.metrics.adapters.snapshot import PostgresSnapshot, made_by_of
from services.metrics.ports.audit import (
    AuditSnapshot,
    Mark,
    Records,
)
from shared.contracts.registry import Owner
from shared.contracts.rules.facts import STREAM
from shared.eventstore.postgres import auditing, translated
from shared.kafka.port import Partition

HOLD_PROJECTION = "LOCK TABLE metrics.projection IN ACCESS SHARE MODE"

LOAD_MARK = """
SELECT clock_timestamp() AS at, pg_current_snapshot()::text AS seen
"""

# A row for each owner whose relay has not sent what was visible in the given snapshot. Joined
# with the cursor instead, all that was ever sent would be gone through.
FIND_UNSENT = """
SELECT 'intake' AS owner, count(*) AS waiting
FROM intake.events
WHERE published
AND (xid, position) > (SELECT xid, position FROM intake.relay_cursor)
AND intake.is_settled(xid, $1::text::pg_snapshot)
UNION ALL
SELECT 'assist', count(*)
FROM assist.events
WHERE published
AND (xid, position) > (SELECT xid, position FROM assist.relay_cursor)
AND assist.is_settled(xid, $1::text::pg_snapshot)
UNION ALL
SELECT 'review', count(*)
FROM review.events
WHERE published
AND (xid, position) > (SELECT xid, position FROM review.relay_cursor)
AND review.is_settled(xid, $1::text::pg_snapshot)
UNION ALL
SELECT 'supervision', count(*)
FROM supervision.events
WHERE published
AND (xid, position) > (SELECT xid, position FROM supervision.relay_cursor)
AND supervision.is_settled(xid, $1::text::pg_snapshot)
"""

LOAD_OFFSETS = """
SELECT topic, partition, next_offset
FROM metrics.offsets
"""

COUNT_DUE = """
SELECT count(*)
FROM metrics.clocks
WHERE next_at <= $1
"""

COUNT_OUTDATED = """
SELECT count(*)
FROM metrics.lanes LEFT JOIN metrics.swept USING (partition)
WHERE coalesce(edition, 0) < (
  SELECT coalesce(max(version), 0)
  FROM supervision.events
  WHERE stream = $1
)
"""


class PostgresRecords(Records):
    """The bureau's database, as the role that may read everything."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def mark(self) -> Mark:
        with translated():
            return Mark(*await self._connection.fetchrow(LOAD_MARK))

    async def made_by(self) -> str | None:
        return await made_by_of(self._connection)

    async def unsent(self, mark: Mark) -> Mapping[Owner, int]:
        with translated():
            rows = await self._connection.fetch(FIND_UNSENT, mark.seen)
        return {Owner(owner): waiting for owner, waiting in rows if waiting}

    async def offsets(self) -> Mapping[Partition, int]:
        with translated():
            rows = await self._connection.fetch(LOAD_OFFSETS)
        return {Partition(topic, number): offset for topic, number, offset in rows}

    async def outdated(self) -> int:
        with translated():
            return int(await self._connection.fetchval(COUNT_OUTDATED, STREAM))

    async def due(self, at: datetime) -> int:
        with translated():
            return int(await self._connection.fetchval(COUNT_DUE, at))

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AuditSnapshot]:
        with translated():
            async with self._connection.transaction(isolation="repeatable_read", readonly=True):
                # Before there is a snapshot: a projection that takes the place of this one waits.
                await self._connection.execute(HOLD_PROJECTION)
                # The first statement takes the snapshot; its clock is read behind it.
                mark = await self.mark()
                yield PostgresSnapshot(self._connection, mark.at)


@asynccontextmanager
async def open_records(dsn: str) -> AsyncIterator[Records]:
    """
    Connect as the auditor.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    async with auditing(dsn, "verify") as connection:
        yield PostgresRecords(connection)
