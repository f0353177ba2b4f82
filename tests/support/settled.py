"""Waiting until whoever reads in order reads all that is on record."""

import asyncpg

from tests.support.eventually import eventually

OTHERS_SECONDS_MAX = 120.0
"""So long may another test of the session keep a transaction open: they share the server."""
ALL_SETTLED = """
SELECT coalesce(max(xid) < settled_below(), true)
FROM events
"""


async def settled(pool: asyncpg.Pool) -> None:
    """Return once no older transaction is open, in whatever test."""
    await eventually(lambda: pool.fetchval(ALL_SETTLED), within=OTHERS_SECONDS_MAX)
