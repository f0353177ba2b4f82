"""The event table as the relay reads it: one leader, in an order that late commits cannot upset."""

from collections.abc import Sequence

import asyncpg

from shared.eventstore.connecting import certificates_in, connect
from shared.eventstore.port import START, Outbox, Outgoing, Position, StoreRestored
from shared.eventstore.postgres import STATEMENT_SECONDS_MAX, translated
from shared.runtime.certificates import tell_certificates

BYTES_MAX = 16 * 1024 * 1024
"""Read at once, give or take one fact: two thousand of the largest would not fit in memory."""

LEASE_CLASS = 0x72_656C
"""The first half of the advisory lock's key; the second is the owner's schema."""

LEASE_IDLE_SECONDS_MAX = 60
"""A leader that lives asks more often than that, even while the broker takes its time."""

TAKE_LEASE = """
SELECT pg_try_advisory_lock($1, hashtext(current_schema()))
"""

# What was sent had settled; elsewhere the server has yet to come so far.
LOAD_CURSOR = """
SELECT xid::text::bigint AS xid, position, xid >= settled_below() AS lies_ahead
FROM relay_cursor
"""

# Rows become visible in the order of commits, not of their numbers: a slow writer may surface
# below the last number that we sent. So we read in the order of transactions, and only below the
# oldest one that still runs. No row is locked: there is one leader.
CLAIM_UNSENT = """
SELECT
    xid::text::bigint AS xid,
    position,
    stream,
    version,
    partitionkey,
    body,
    recorded_at
FROM (
    SELECT
        *,
        sum(octet_length(body::text)) OVER (ORDER BY xid, position) - octet_length(body::text)
            AS bytes_before
    FROM (
        SELECT *
        FROM events
        WHERE published
        AND (xid, position) > ($1::text::xid8, $2)
        AND xid < settled_below()
        ORDER BY xid, position
        LIMIT $3
    ) AS oldest
) AS measured
WHERE bytes_before < $4
ORDER BY xid, position
"""

# Without the bound: what waits for Kafka, and what waits for a transaction to end.
OLDEST_UNSENT = """
SELECT extract(epoch FROM clock_timestamp() - recorded_at)::float8
FROM events
WHERE published
AND (xid, position) > ($1::text::xid8, $2)
ORDER BY xid, position
LIMIT 1
"""

ADVANCE = """
UPDATE relay_cursor
SET xid = $1::text::xid8, position = $2
"""


PARK = """
INSERT INTO parked (stream, version, reason)
VALUES ($1, $2, $3)
ON CONFLICT (stream, version) DO NOTHING
"""

LOAD_PARKED = """
SELECT
    xid::text::bigint AS xid,
    position,
    stream,
    version,
    partitionkey,
    body,
    recorded_at
FROM parked
JOIN events USING (stream, version)
WHERE (xid, position) > ($1::text::xid8, $2)
ORDER BY xid, position
LIMIT $3
"""

RELEASE = """
DELETE FROM parked
WHERE stream = $1
AND version = $2
"""

COUNT_PARKED = """
SELECT count(*)
FROM parked
"""


class PostgresOutbox(Outbox):
    """
    Lease, reading and cursor on one connection.

    A lost connection loses the lease with it, so nobody can move the cursor
    who is no longer the leader. The lease is a session's lock, held without
    a transaction: an open one would hold back every reader of the outbox.
    """

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._sent: Position | None = None

    @classmethod
    async def open(cls, dsn: str, schema: str) -> "PostgresOutbox":
        """Connect; the lease comes later."""
        tell_certificates(certificates_in(dsn))
        with translated():
            return cls(
                await connect(
                    dsn,
                    command_timeout=STATEMENT_SECONDS_MAX,
                    server_settings={
                        "search_path": schema,
                        "application_name": f"casetrack-relay-{schema}",
                        # A leader that stands still must not hold the lease for hours,
                        "idle_session_timeout": f"{LEASE_IDLE_SECONDS_MAX}s",
                        # nor one whose host has vanished.
                        "tcp_keepalives_idle": "5",
                        "tcp_keepalives_interval": "2",
                        "tcp_keepalives_count": "3",
                    },
                )
            )

    async def lead(self) -> bool:
        with translated():
            leading: bool = await self._connection.fetchval(TAKE_LEASE, LEASE_CLASS)
            if leading:
                xid, position, lies_ahead = await self._connection.fetchrow(LOAD_CURSOR)
                if lies_ahead:
                    raise StoreRestored
                self._sent = Position(xid, position)
        return leading

    async def pending(self, rows_max: int) -> Sequence[Outgoing]:
        sent = self._sent or START
        with translated():
            rows = await self._connection.fetch(
                CLAIM_UNSENT, str(sent.xid), sent.position, rows_max, BYTES_MAX
            )
        return [_outgoing(row) for row in rows]

    async def advance(self, place: Position) -> None:
        with translated():
            await self._connection.execute(ADVANCE, str(place.xid), place.position)
        self._sent = place

    async def waiting_seconds(self) -> float:
        sent = self._sent or START
        with translated():
            age = await self._connection.fetchval(OLDEST_UNSENT, str(sent.xid), sent.position)
        return float(age or 0)

    async def park(self, outgoing: Outgoing, reason: str) -> None:
        with translated():
            await self._connection.execute(PARK, outgoing.stream, outgoing.version, reason)

    async def parked(self, after: Position, rows_max: int) -> Sequence[Outgoing]:
        with translated():
            rows = await self._connection.fetch(
                LOAD_PARKED, str(after.xid), after.position, rows_max
            )
        return [_outgoing(row) for row in rows]

    async def release(self, outgoing: Outgoing) -> None:
        with translated():
            await self._connection.execute(RELEASE, outgoing.stream, outgoing.version)

    async def parked_count(self) -> int:
        with translated():
            count: int = await self._connection.fetchval(COUNT_PARKED)
        return count

    async def close(self) -> None:
        # Not the polite goodbye: it would wait for a server that may be gone.
        self._connection.terminate()


def _outgoing(row: asyncpg.Record) -> Outgoing:
    return Outgoing(
        Position(row["xid"], row["position"]),
        row["stream"],
        row["version"],
        row["partitionkey"],
        row["body"].encode(),
        row["recorded_at"],
    )
