"""Whoever reads on behind a cursor begins there: what lies before it is not gone through again."""

import asyncpg

from services.metrics.adapters.deliveries import HEARD, LOAD_UNHEARD
from services.metrics.adapters.recorded import FIND_UNSENT
from shared.contracts.registry import Owner

# Empty, a table is read as a whole whatever is asked.
AS_IF_FULL = "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off"


async def bounds(connection: asyncpg.Connection, query: str, *values: object) -> list[str]:
    """Return between what *query* walks through its indexes."""
    async with connection.transaction():
        await connection.execute(AS_IF_FULL)
        plan = [line for (line,) in await connection.fetch(f"EXPLAIN {query}", *values)]
    return [line for line in plan if "Index Cond: " in line]


async def test_a_courier_begins_behind_what_it_has_heard(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        (walk,) = await bounds(connection, LOAD_UNHEARD, "5", 7, HEARD, 500)

    assert "ROW(xid," in walk


async def test_what_is_not_sent_yet_is_counted_behind_what_was(
    superuser: asyncpg.Connection,
) -> None:
    seen = await superuser.fetchval("SELECT pg_current_snapshot()::text")
    walks = await bounds(superuser, FIND_UNSENT, seen)

    assert len(walks) == len(Owner)
    assert all("ROW(xid," in walk for walk in walks)
