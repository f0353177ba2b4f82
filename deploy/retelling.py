"""
What `alignment` and `refill` do alike: the stores tell Kafka everything again.

All that we published is in PostgreSQL (ADR 5). So while nobody else is at work, relays and readers
are set back, and whoever has a fact already knows it by source and id.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import asyncpg

from deploy.faults import Fault
from shared.contracts.registry import OWN_TOPICS, Owner
from shared.eventstore.outbox import LEASE_CLASS
from shared.eventstore.roles import DatabaseRole
from shared.kafka.port import Partition
from shared.runtime.clock import SystemClock

LOOK_SECONDS = 0.1
CLOSING_SECONDS_MAX = 2.0
"""So long is a connection to be seen behind a process that has ended."""
AT_WORK = [
    role.value
    for role in DatabaseRole
    if role not in {DatabaseRole.AUDITOR, DatabaseRole.METRICS_API}
]
"""As whom those connect who read the topics, or send to them; the others only look."""

LOAD_AT_WORK = """
SELECT DISTINCT usename
FROM pg_stat_activity
WHERE datname = current_database()
AND usename = ANY($1::text[])
ORDER BY usename
"""
TAKE_LEASE = "SELECT pg_try_advisory_lock($1, hashtext($2))"
USE_STORE = "SELECT set_config('search_path', $1, true)"
COUNT_LANES = """
SELECT coalesce(max(partition) + 1, 0)
FROM offsets
WHERE topic = ANY($1::text[])
"""
FORGET_OFFSETS = """
DELETE FROM offsets
WHERE topic = ANY($1::text[])
"""
BEGIN_OFFSETS = """
INSERT INTO offsets (topic, partition, next_offset, highwater, checked_at)
SELECT topic, partition, next_offset, next_offset, clock_timestamp()
FROM unnest($1::text[], $2::integer[], $3::bigint[]) AS given (topic, partition, next_offset)
"""
# Whoever has folded until now finds another owner.
LEAVE_LANES = """
UPDATE lanes
SET epoch = epoch + 1, changes = changes + 1
"""
# What was begun for the lanes of before would be filled by them.
DROP_BESIDE = "SELECT drop_rebuild()"
# Of other lanes it is as good as of other code: whoever folds next makes it anew first.
OUTDATE = """
UPDATE projection
SET fingerprint = $1
"""
OF_OTHER_LANES = "of other lanes"


@asynccontextmanager
async def alone(dsn: str, busy: type[Fault]) -> AsyncIterator[asyncpg.Connection]:
    """
    Be alone within the block: nobody of ours is there, and no relay that comes sends.

    Raises *busy* with *who* is there.
    """
    connection = await asyncpg.connect(dsn)
    try:
        if there := await _at_work(connection):
            raise busy(who=", ".join(there))
        for owner in Owner:
            if not await connection.fetchval(TAKE_LEASE, LEASE_CLASS, owner.value):
                raise busy(who="relay")
        yield connection
    finally:
        # The leases go with their session.
        await connection.close()


async def _at_work(connection: asyncpg.Connection) -> list[str]:
    clock = SystemClock()
    deadline = clock.monotonic() + CLOSING_SECONDS_MAX
    while there := await connection.fetch(LOAD_AT_WORK, AT_WORK):
        if clock.monotonic() > deadline:
            return [row["usename"] for row in there]
        await clock.sleep(LOOK_SECONDS)
    return []


async def fold_from(connection: asyncpg.Connection, starts: Mapping[Partition, int]) -> int:
    """
    Let workers go on at *starts*, each partition of our own topics, in a transaction that is open.

    Returns in how many lanes they folded; where there will be others, the
    first worker makes the projection anew.
    """
    await connection.execute(USE_STORE, "metrics")
    lanes: int = await connection.fetchval(COUNT_LANES, OWN_TOPICS)
    await connection.execute(FORGET_OFFSETS, OWN_TOPICS)
    topics, numbers = zip(*starts, strict=True)
    await connection.execute(BEGIN_OFFSETS, topics, numbers, list(starts.values()))
    await connection.execute(LEAVE_LANES)
    if lanes not in {0, max(numbers) + 1}:
        await connection.execute(DROP_BESIDE)
        await connection.execute(OUTDATE, OF_OTHER_LANES)
    return lanes
