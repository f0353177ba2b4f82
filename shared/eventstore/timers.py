"""Timers in PostgreSQL: rows with an index on the next instant, leased in short transactions."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from shared.eventstore.port import Timers
from shared.eventstore.postgres import ACQUIRE_SECONDS_MAX, translated

ARM = """
SELECT arm_timers($1, $2, $3)
"""

ARM_ALL = """
UPDATE timers
SET next_at = '-infinity'
WHERE next_at > '-infinity'
"""

# A lease and no open transaction: whoever decides appends on another connection, and an old
# transaction would hold back everything that the relay has to send.
CLAIM = """
UPDATE timers
SET next_at = $2
WHERE stream IN (
    SELECT stream
    FROM timers
    WHERE next_at <= $1
    ORDER BY next_at
    LIMIT $3
    FOR UPDATE SKIP LOCKED
)
RETURNING stream
"""

PUT_OFF = """
UPDATE timers
SET next_at = $3
WHERE stream = $1
AND next_at = $2
"""

DISARM = """
DELETE FROM timers
WHERE stream = $1
AND next_at = $2
"""


class PostgresTimers(Timers):
    """The timers of the owner whose schema *pool* sees."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def arm(self, types: Sequence[str], source: str, rows_max: int) -> int:
        with translated():
            async with self._pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection:
                facts: int = await connection.fetchval(ARM, types, source, rows_max)
        return facts

    async def arm_all(self) -> None:
        with translated():
            async with self._pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection:
                await connection.execute(ARM_ALL)

    async def claim(self, now: datetime, until: datetime, streams_max: int) -> Sequence[str]:
        with translated():
            async with self._pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection:
                rows = await connection.fetch(CLAIM, now, until, streams_max)
        return sorted(row["stream"] for row in rows)

    async def settle(self, stream: str, until: datetime, next_at: datetime | None) -> None:
        with translated():
            async with self._pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection:
                if next_at is None:
                    await connection.execute(DISARM, stream, until)
                else:
                    await connection.execute(PUT_OFF, stream, until, next_at)
