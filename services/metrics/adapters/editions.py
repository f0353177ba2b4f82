"""The editions of the rules, as a transaction sees them in supervision's store."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

import asyncpg

from shared.contracts.registry import decode
from shared.contracts.rules.facts import STREAM
from shared.policy.rules import RuleChange

LOAD_EDITION = """
SELECT coalesce(max(version), 0)
FROM events
WHERE stream = $1
"""

LOAD_CHANGES = """
SELECT body
FROM events
WHERE stream = $1
AND version > $2
ORDER BY version
"""

LOAD_EVENT = """
SELECT body
FROM events
WHERE stream = $1
AND version = $2
"""


async def load_edition(connection: asyncpg.Connection | asyncpg.Pool) -> int:
    """Return the newest edition."""
    edition: int = await connection.fetchval(LOAD_EDITION, STREAM)
    return edition


async def load_changes(connection: asyncpg.Connection, after: int) -> Sequence[RuleChange]:
    """Return what made the editions behind *after*, oldest first."""
    rows = await connection.fetch(LOAD_CHANGES, STREAM, after)
    return [cast("RuleChange", decode(row["body"].encode()).data) for row in rows]


async def load_published_at(connection: asyncpg.Connection, edition: int) -> datetime:
    """Return when *edition*, which is known, was published."""
    body: str = await connection.fetchval(LOAD_EVENT, STREAM, edition)
    return decode(body.encode()).time
