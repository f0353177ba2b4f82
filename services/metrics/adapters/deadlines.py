"""Armed deadlines in PostgreSQL, and the alerts that came of them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from services.metrics.adapters.projection import LOAD_FINGERPRINT, ProjectionOutdated
from services.metrics.domain.fingerprint import Fingerprint
from shared.contracts.envelope import Event
from shared.eventstore.postgres import record_within, translated

# A row that another ticker, or a batch, holds just now is left to the next sweep.
CLAIM_DUE = """
SELECT dossier, sla
FROM clocks
WHERE next_at <= $1
ORDER BY next_at
LIMIT $2
FOR UPDATE SKIP LOCKED
"""

# Behind the locks: a batch that changes a clock writes its dossier first and waits for us after.
LOAD_STATES = """
SELECT dossier, state
FROM dossiers
WHERE dossier = ANY($1::text[])
"""

LOAD_ALERTS = """
SELECT alert_id, dossier, sla, level, state, raised_at, grounds
FROM alerts
WHERE dossier = ANY($1::text[])
"""

RAISE_ALERTS = """
INSERT INTO alerts (alert_id, dossier, sla, clock, level, severity, state, raised_at, recorded_at,
                    lateness_ms, due, grounds, explanation)
SELECT alert_id, dossier, sla, clock, level, severity, 'RAISED', raised_at, recorded_at,
       lateness_ms, due, grounds, explanation
FROM jsonb_to_recordset($1::jsonb) AS given (
  alert_id text, dossier text, sla text, clock text, level text, severity smallint,
  raised_at timestamptz, recorded_at timestamptz, lateness_ms bigint, due date, grounds text,
  explanation text)
ON CONFLICT DO NOTHING
"""

CLOSE_ALERTS = """
UPDATE alerts
SET state = given.state, reason = given.reason
FROM unnest($1::text[], $2::text[], $3::text[]) AS given (alert_id, state, reason)
WHERE alerts.alert_id = given.alert_id
"""

ARM = """
UPDATE clocks
SET next_at = given.next_at, alerted = given.alerted
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::boolean[])
  AS given (dossier, sla, next_at, alerted)
WHERE clocks.dossier = given.dossier AND clocks.sla = given.sla
"""

TURN_ALERT = """
UPDATE alerts
SET state = $2
WHERE alert_id = $1 AND state = ANY($3::text[])
RETURNING dossier
"""


@dataclass(frozen=True, slots=True)
class DueClock:
    """A clock whose deadline has come."""

    dossier: str
    sla: str


class Sweep:
    """One open transaction over due clocks; nobody else has them meanwhile."""

    def __init__(self, connection: asyncpg.Connection, due: Sequence[DueClock]) -> None:
        self._connection = connection
        self.due = due

    async def states(self) -> Mapping[str, str]:
        """Return the stored dossiers of the due clocks."""
        rows = await self._connection.fetch(LOAD_STATES, self._dossiers())
        return dict(rows)

    async def alerts(self) -> Sequence[asyncpg.Record]:
        """Return every alert of the due clocks' dossiers."""
        rows: Sequence[asyncpg.Record] = await self._connection.fetch(LOAD_ALERTS, self._dossiers())
        return rows

    async def record(
        self, events: Sequence[Event], raised: str, closed: Sequence[tuple[str, str, str]]
    ) -> None:
        """Record *events*; *raised* is a JSON array of alerts, *closed* has id, state, reason."""
        if events:
            await record_within(self._connection, events)
            await self._connection.execute(RAISE_ALERTS, raised)
        if closed:
            await self._connection.execute(CLOSE_ALERTS, *zip(*closed, strict=True))

    async def arm(self, rows: Sequence[tuple[str, str, datetime | None, bool]]) -> None:
        """Say when each clock is to be looked at again."""
        await self._connection.execute(ARM, *zip(*rows, strict=True))

    def _dossiers(self) -> list[str]:
        return sorted({clock.dossier for clock in self.due})


class Deadlines:
    """The armed deadlines of all clocks, for code that has *fingerprint*."""

    def __init__(self, pool: asyncpg.Pool, fingerprint: Fingerprint) -> None:
        self._pool = pool
        self._fingerprint = fingerprint

    @asynccontextmanager
    async def claim(self, now: datetime, clocks_max: int) -> AsyncIterator[Sweep]:
        """
        Lock what is due by *now*, longest due first; all of it is one transaction.

        Raises:
            ProjectionOutdated: the clocks were made by other code than ours.
        """
        with translated():
            async with self._pool.acquire() as connection, connection.transaction():
                stored = await connection.fetchval(LOAD_FINGERPRINT)
                if stored not in (None, self._fingerprint):
                    raise ProjectionOutdated(stored)
                rows = await connection.fetch(CLAIM_DUE, now, clocks_max)
                yield Sweep(connection, [DueClock(*row) for row in rows])

    async def turn(self, alert_id: str, state: str, allowed: Sequence[str], event: Event) -> bool:
        """Record *event* and turn the alert, where it is in one of the *allowed* states."""
        with translated():
            async with self._pool.acquire() as connection, connection.transaction():
                turned = await connection.fetchval(TURN_ALERT, alert_id, state, allowed)
                if turned is not None:
                    await record_within(connection, [event])
        return turned is not None
