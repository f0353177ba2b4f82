"""A store that was restored into another cluster, whose transactions lie ahead of the server's."""

import asyncpg
import structlog

ERA_BITS = 32
"""An era has room for more transactions than any cluster has handed out before us."""

# Each is found by an index. Who asks has a transaction of its own: whatever is stored is older.
LOAD_REACHED = """
SELECT greatest(reached, own_transaction())::text::bigint
FROM (
    SELECT greatest(
        (SELECT xid FROM events WHERE published ORDER BY xid DESC, position DESC LIMIT 1),
        (SELECT xid FROM events WHERE NOT published ORDER BY xid DESC, position DESC LIMIT 1),
        (SELECT xid FROM receipts ORDER BY xid DESC LIMIT 1),
        (SELECT xid FROM claims ORDER BY xid DESC LIMIT 1),
        (SELECT xid FROM relay_cursor),
        (SELECT xid FROM timer_cursor)
    ) AS reached
) AS stored
WHERE $1
OR reached >= own_transaction()
"""

REWIND = """
UPDATE relay_cursor
SET xid = '0', position = 0
"""

# Numbers that are written in, because then the planner writes the functions into their callers.
QUOTE_ERA = """
SELECT format(
    'CREATE OR REPLACE FUNCTION own_transaction() RETURNS xid8 LANGUAGE sql STABLE'
    ' RETURN (((pg_current_xact_id())::text::bigint + %1$s)::text)::xid8;'
    'CREATE OR REPLACE FUNCTION settled_below() RETURNS xid8 LANGUAGE sql STABLE'
    ' RETURN (((pg_snapshot_xmin(pg_current_snapshot()))::text::bigint + %1$s)::text)::xid8;'
    'CREATE OR REPLACE FUNCTION is_settled(transaction xid8, seen pg_snapshot) RETURNS boolean'
    ' LANGUAGE sql STABLE RETURN CASE WHEN transaction < %2$L::xid8 THEN true ELSE'
    ' pg_visible_in_snapshot(((transaction::text::bigint - %1$s)::text)::xid8, seen) END',
    $1::bigint, $1::text
)
"""

log = structlog.get_logger()


async def begin_era(connection: asyncpg.Connection, schema: str) -> None:
    """
    Let what comes into the store *schema* stand above all that is in it, where it would not.

    So relay, timers and checkpoints go on where they were. Nothing that is
    stored changes, and a store that stayed where it was has no new era.
    """
    async with connection.transaction():
        await _begin(connection, schema, anew=False)


async def tell_anew(connection: asyncpg.Connection, schema: str) -> None:
    """
    Let the relay send everything of the store *schema* again, and begin an era in any case.

    What was lost behind a backup had numbers that this server is about to give
    to others: a checkpoint that covers them must never cover what comes now.
    """
    async with connection.transaction():
        await _begin(connection, schema, anew=True)
        await connection.execute(REWIND)


async def _begin(connection: asyncpg.Connection, schema: str, *, anew: bool) -> None:
    await connection.execute("SELECT set_config('search_path', $1, true)", f'"{schema}"')
    reached = await connection.fetchval(LOAD_REACHED, anew)
    if reached is None:
        return
    above = ((reached >> ERA_BITS) + 1) << ERA_BITS
    await connection.execute(await connection.fetchval(QUOTE_ERA, above))
    log.warning("store_era_begun", store=schema, above=above)
