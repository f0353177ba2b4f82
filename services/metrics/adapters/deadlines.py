"""Armed deadlines in PostgreSQL, and the alerts that came of them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import asyncpg

from services.metrics.adapters.columns import (
    DOSSIER,
    GROUNDS,
    TableRow,
    key_of,
    stored_instant,
    text_of,
)
from services.metrics.adapters.editions import load_changes, load_edition, load_published_at
from services.metrics.adapters.projection import LOAD_FINGERPRINT
from services.metrics.domain.clocks.alert import Alert
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.fingerprint import Fingerprint
from services.metrics.ports.deadlines import (
    Armed,
    Closed,
    Deadlines,
    Due,
    Explained,
    Sweep,
    Waiting,
)
from services.metrics.ports.projection import ProjectionOutdated
from shared.contracts.envelope import Event
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.words import AlertLevel
from shared.eventstore.postgres import record_within, transaction, translated
from shared.policy.rules import RuleChange

# A row that another ticker, or a batch, holds just now is left to the next sweep.
CLAIM_DUE = """
SELECT clocks.dossier, clocks.subject, clocks.sla, clocks.episode, completeness.complete_to
FROM clocks
JOIN dossiers USING (dossier)
JOIN lanes USING (partition)
JOIN completeness USING (partition)
WHERE clocks.next_at <= $1
AND clocks.next_at <= completeness.complete_to
AND clocks.written <= completeness.changes
AND lanes.epoch = completeness.epoch
AND dossiers.edition = $3
ORDER BY clocks.next_at
LIMIT $2
FOR UPDATE OF clocks SKIP LOCKED
"""

# Of very many that are due some tell enough.
FIND_WAITING = """
WITH overdue AS (
  SELECT dossier, next_at, written
  FROM clocks
  WHERE next_at <= $1
  ORDER BY next_at
  LIMIT 10000
)
SELECT partition, complete_to, count(*) AS clocks
FROM overdue
JOIN dossiers USING (dossier)
LEFT JOIN completeness USING (partition)
LEFT JOIN lanes USING (partition)
WHERE (
  next_at <= complete_to AND written <= completeness.changes AND lanes.epoch = completeness.epoch
) IS NOT TRUE
GROUP BY partition, complete_to
ORDER BY partition
"""

LOAD_COMPLETE_TO = """
SELECT partition, complete_to
FROM lanes
LEFT JOIN completeness USING (partition)
ORDER BY partition
"""

LOAD_COMING = "SELECT min(next_at) FROM clocks WHERE next_at IS NOT NULL"

LOAD_UNSENT = """
SELECT greatest(intake.unsent_seconds(), assist.unsent_seconds(), review.unsent_seconds())
"""

# Behind the locks: a batch that changes a clock writes its dossier first and waits for us after.
LOAD_STATES = """
SELECT dossier, state
FROM dossiers
WHERE dossier = ANY($1::text[])
"""

LOAD_ALERTS = """
SELECT alert_id, dossier, subject, sla, episode, level, state, raised_at, grounds,
       escalated, by_hand
FROM alerts
WHERE dossier = ANY($1::text[])
"""

# Column by column: an explanation is three thousand characters, which as JSON within JSON would be
# read three times.
RAISE_ALERTS = """
INSERT INTO alerts (alert_id, dossier, subject, sla, episode, clock, level, severity, state,
                    raised_at, recorded_at, lateness_ms, due, grounds, reason, explanation)
SELECT alert_id, dossier, subject, sla, episode, clock, level, severity, 'RAISED',
       raised_at, recorded_at, lateness_ms, due, grounds, reason, explanation
FROM unnest(
  $1::text[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::text[], $7::text[],
  $8::smallint[], $9::timestamptz[], $10::timestamptz[], $11::bigint[], $12::date[],
  $13::text[], $14::text[], $15::text[]
) AS given (
  alert_id, dossier, subject, sla, episode, clock, level,
  severity, raised_at, recorded_at, lateness_ms, due,
  grounds, reason, explanation
)
ON CONFLICT DO NOTHING
"""

# Whoever was quicker has turned it, so that it may not stand where it was seen.
CLOSE_ALERTS = """
UPDATE alerts
SET state = given.state, reason = coalesce(nullif(given.reason, ''), alerts.reason),
    escalated = greatest(alerts.escalated, given.escalated)
FROM unnest($1::text[], $2::text[], $3::text[], $4::smallint[], $5::text[])
  AS given (alert_id, state, reason, escalated, sources)
WHERE alerts.alert_id = given.alert_id
  AND alerts.state = ANY(string_to_array(given.sources, ','))
"""

ARM = """
UPDATE clocks
SET next_at = given.next_at, alerted = given.alerted
FROM unnest($1::text[], $2::text[], $3::text[], $4::smallint[], $5::timestamptz[], $6::boolean[])
  AS given (dossier, subject, sla, episode, next_at, alerted)
WHERE (clocks.dossier, clocks.subject, clocks.sla, clocks.episode)
  = (given.dossier, given.subject, given.sla, given.episode)
"""


class PostgresSweep(Sweep):
    """One open transaction over due clocks."""

    def __init__(self, connection: asyncpg.Connection, due: Sequence[Due], edition: int) -> None:
        self._connection = connection
        self._due = due
        self._edition = edition

    @property
    def edition(self) -> int:
        return self._edition

    async def rule_changes(self, after: int) -> Sequence[RuleChange]:
        return await load_changes(self._connection, after)

    @property
    def due(self) -> Sequence[Due]:
        return self._due

    async def dossiers(self) -> Mapping[str, Dossier]:
        rows = await self._connection.fetch(LOAD_STATES, self._keys())
        return {key: DOSSIER.decode(state) for key, state in rows}

    async def alerts(self) -> Mapping[ClockKey, Sequence[Alert]]:
        alerts: dict[ClockKey, list[Alert]] = {}
        for row in await self._connection.fetch(LOAD_ALERTS, self._keys()):
            alerts.setdefault(key_of(row), []).append(alert_in(row))
        return alerts

    async def published_at(self, edition: int) -> datetime:
        return await load_published_at(self._connection, edition)

    async def record(
        self, events: Sequence[Event], raised: Sequence[Explained], closed: Sequence[Closed]
    ) -> None:
        if events:
            await record_within(self._connection, events)
        if raised:
            await self._connection.execute(RAISE_ALERTS, *zip(*map(_raised, raised), strict=True))
        if closed:
            rows = [(*one, ",".join(one.sources)) for one in closed]
            await self._connection.execute(CLOSE_ALERTS, *zip(*rows, strict=True))

    async def arm(self, armed: Sequence[Armed]) -> None:
        rows = [(*clock, next_at, alerted) for clock, next_at, alerted in armed]
        await self._connection.execute(ARM, *zip(*rows, strict=True))

    def _keys(self) -> list[str]:
        return sorted({one.clock.dossier for one in self._due})


class PostgresDeadlines(Deadlines):
    """The armed deadlines of all clocks, for code that has *fingerprint*."""

    def __init__(self, pool: asyncpg.Pool, fingerprint: Fingerprint) -> None:
        self._pool = pool
        self._fingerprint = fingerprint

    @asynccontextmanager
    async def claim(self, now: datetime, clocks_max: int, edition: int) -> AsyncIterator[Sweep]:
        with translated():
            async with transaction(self._pool) as connection:
                stored = await connection.fetchval(LOAD_FINGERPRINT)
                if stored not in (None, self._fingerprint):
                    raise ProjectionOutdated(stored)
                rows = await connection.fetch(CLAIM_DUE, now, clocks_max, edition)
                newest = await load_edition(connection)
                due = [Due(key_of(row), row["complete_to"]) for row in rows]
                yield PostgresSweep(connection, due, newest)

    async def waiting(self, now: datetime) -> Sequence[Waiting]:
        with translated():
            return [Waiting(*row) for row in await self._pool.fetch(FIND_WAITING, now)]

    async def coming(self) -> datetime | None:
        with translated():
            first: datetime | None = await self._pool.fetchval(LOAD_COMING)
        return first and stored_instant(first)

    async def pressed_seconds(self) -> float:
        with translated():
            return float(await self._pool.fetchval(LOAD_UNSENT))

    async def complete_to(self) -> Mapping[int, datetime | None]:
        with translated():
            rows = await self._pool.fetch(LOAD_COMPLETE_TO)
        return {row["partition"]: row["complete_to"] for row in rows}


def alert_in(row: TableRow) -> Alert:
    """Return what was said, from its row."""
    return Alert(
        alert_id=row["alert_id"],
        level=AlertLevel(row["level"]),
        raised_at=row["raised_at"],
        state=AlertState(row["state"]),
        grounds=GROUNDS.decode(row["grounds"]),
        escalated=row["escalated"],
        by_hand=row["by_hand"],
    )


def _raised(one: Explained) -> tuple[object, ...]:
    """Return the row of an alert that stands, in the order of what is given."""
    alert = one.alert
    return (
        alert.alert_id,
        *alert.key,
        alert.clock,
        alert.level,
        alert.severity,
        alert.raised_at,
        alert.recorded_at,
        alert.lateness_ms,
        alert.due,
        text_of(alert.grounds),
        alert.reason,
        text_of(one.explanation),
    )
