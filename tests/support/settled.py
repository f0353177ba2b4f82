"""Waiting until whoever reads in order reads all that is on record."""

import asyncpg

from tests.support.eventually import eventually

ALL_SETTLED = """
SELECT coalesce(max(xid) < settled_below(), true)
FROM events
"""


async def settled(pool: asyncpg.Pool) -> None:
    """Return once no older transaction is open, in whatever test: others share the server."""
    await eventually(lambda: pool.fetchval(ALL_SETTLED), within=60)
