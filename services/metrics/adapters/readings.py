"""What the API reads of the projection; nothing here writes."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any

import asyncpg

from shared.eventstore.postgres import translated

SUM_OF_DAY = """
SELECT kpi, part, sum(value)::bigint AS value
FROM kpi
WHERE kpi = ANY($1::text[]) AND day = $2
GROUP BY kpi, part
"""

SUM_OF_ALL = """
SELECT part, sum(value)::bigint AS value
FROM kpi
WHERE kpi = $1
GROUP BY part
"""

SUM_BY_DAY = """
SELECT day, part, sum(value)::bigint AS value
FROM kpi
WHERE kpi = $1
  AND day BETWEEN $2 AND $3
  AND ($4::text IS NULL OR item = $4)
  AND ($5::text IS NULL OR service_window = $5)
  AND ($6::text IS NULL OR channel = $6)
GROUP BY day, part
ORDER BY day, part
"""

STANDING_ALERTS = """
SELECT level, severity, count(DISTINCT dossier) AS cases
FROM alerts
WHERE state IN ('RAISED', 'ACKNOWLEDGED', 'ESCALATED')
GROUP BY level, severity
"""

DUE_BETWEEN = """
SELECT count(DISTINCT dossier)
FROM clocks
WHERE NOT ended AND NOT paused AND red_at > $1 AND red_at <= $2
"""

LATE_NEXT = """
SELECT clocks.dossier, clocks.sla, dossiers.state
FROM clocks
JOIN dossiers USING (dossier)
WHERE NOT clocks.ended AND NOT clocks.paused AND clocks.red_at > $1
ORDER BY clocks.red_at, clocks.dossier, clocks.sla
LIMIT $2
"""

RED_CARDS = """
SELECT alerts.*, dossiers.state AS dossier_state
FROM alerts
JOIN dossiers USING (dossier)
WHERE alerts.state IN ('RAISED', 'ACKNOWLEDGED', 'ESCALATED') AND alerts.level = 'RED'
ORDER BY alerts.raised_at DESC, alerts.alert_id
LIMIT $1
"""

RECENT_FACTS = """
SELECT recent
FROM lanes
"""

FRESHNESS = """
SELECT topic, partition, next_offset, highwater, complete_to, checked_at
FROM offsets
ORDER BY topic, partition
"""

CHANGES = """
SELECT coalesce(sum(changes), 0)::bigint
FROM lanes
"""

FIND_DOSSIER = """
SELECT state
FROM dossiers
WHERE dossier = $1
"""

LOAD_TIMELINE = """
SELECT body
FROM timeline
WHERE dossier = $1
ORDER BY occurred_at, identity
"""

LIST_DOSSIERS = """
SELECT dossier, phase, source, state
FROM dossiers
WHERE dossier > $1 AND phase <> 'ABSENT' AND ($2::text IS NULL OR phase = $2)
ORDER BY dossier
LIMIT $3
"""

LIST_ALERTS = """
SELECT alerts.*, dossiers.state AS dossier_state
FROM alerts
JOIN dossiers USING (dossier)
WHERE alert_id > $1
  AND ($2::text IS NULL OR alerts.state = $2)
  AND ($3::text IS NULL OR alerts.level = $3)
ORDER BY alert_id
LIMIT $4
"""

FIND_ALERT = """
SELECT alerts.*, dossiers.state AS dossier_state
FROM alerts
JOIN dossiers USING (dossier)
WHERE alert_id = $1
"""

WOKEN_BY = "metrics_changed"

Row = Mapping[str, Any]

Narrowed = tuple[str | None, str | None, str | None]


class Readings:
    """The projection as the API reads it."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def day(self, kpis: Sequence[str], day: date) -> Mapping[tuple[str, str], int]:
        """Return the sums of one business day by KPI and part."""
        rows = await self._fetch(SUM_OF_DAY, kpis, day)
        return {(row["kpi"], row["part"]): row["value"] for row in rows}

    async def total(self, kpi: str) -> Mapping[str, int]:
        """Return the sums over all days by part."""
        return {row["part"]: row["value"] for row in await self._fetch(SUM_OF_ALL, kpi)}

    async def series(
        self,
        kpi: str,
        since: date,
        until: date,
        narrowed: tuple[str | None, str | None, str | None],
    ) -> Sequence[Row]:
        """Return the sums by day and part; *narrowed* names an item, a window, a channel."""
        return await self._fetch(SUM_BY_DAY, kpi, since, until, *narrowed)

    async def standing_alerts(self) -> Sequence[Row]:
        return await self._fetch(STANDING_ALERTS)

    async def due_between(self, after: datetime, until: datetime) -> int:
        """Return how many cases are due in (*after*, *until*]."""
        rows = await self._fetch(DUE_BETWEEN, after, until)
        return int(rows[0]["count"])

    async def late_next(self, now: datetime, rows_max: int) -> Sequence[Row]:
        return await self._fetch(LATE_NEXT, now, rows_max)

    async def red_cards(self, rows_max: int) -> Sequence[Row]:
        return await self._fetch(RED_CARDS, rows_max)

    async def recent(self) -> Sequence[str]:
        return [row["recent"] for row in await self._fetch(RECENT_FACTS)]

    async def freshness(self) -> Sequence[Row]:
        return await self._fetch(FRESHNESS)

    async def changes(self) -> int:
        """Return a number that grows with every batch."""
        return int((await self._fetch(CHANGES))[0]["coalesce"])

    async def dossier(self, key: str) -> str | None:
        rows = await self._fetch(FIND_DOSSIER, key)
        return rows[0]["state"] if rows else None

    async def timeline(self, key: str) -> Sequence[str]:
        return [row["body"] for row in await self._fetch(LOAD_TIMELINE, key)]

    async def dossiers(self, after: str, phase: str | None, rows_max: int) -> Sequence[Row]:
        return await self._fetch(LIST_DOSSIERS, after, phase, rows_max)

    async def alerts(
        self, after: str, state: str | None, level: str | None, rows_max: int
    ) -> Sequence[Row]:
        return await self._fetch(LIST_ALERTS, after, state, level, rows_max)

    async def alert(self, alert_id: str) -> Row | None:
        rows = await self._fetch(FIND_ALERT, alert_id)
        return rows[0] if rows else None

    @asynccontextmanager
    async def woken(self, wake: Callable[[], None]) -> AsyncIterator[Callable[[], bool]]:
        """
        Call *wake* after commits of the worker; the result says whether the line still stands.

        A notification is a hint: a lost connection is silent, so look by yourself, too.
        """
        with translated():
            async with self._pool.acquire() as connection:
                await connection.add_listener(WOKEN_BY, lambda *_: wake())
                yield lambda: not connection.is_closed()

    async def _fetch(self, query: str, *values: object) -> Sequence[Row]:
        with translated():
            rows: Sequence[Row] = await self._pool.fetch(query, *values)
        return rows
