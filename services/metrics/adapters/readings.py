"""What readers ask of the projection: subjects, their facts, figures and cards; nothing writes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

import asyncpg

from services.metrics.adapters.projection import LOAD_HISTORIES
from shared.eventstore.postgres import translated

FIND_DOSSIER = """
SELECT state
FROM dossiers
WHERE dossier = $1
"""

# A stretch of the key in descending order, because later cases have greater numbers. What does
# not fit is skipped without its state, so that a rare kind costs no more than its search.
LOAD_DOSSIERS = """
SELECT dossier, CASE WHEN fits THEN state END AS state
FROM (
  SELECT dossier, state,
         phase = ANY($2::text[]) AND ($3::text IS NULL OR source = $3) AS fits
  FROM dossiers
  WHERE dossier < $1
  ORDER BY dossier DESC
  LIMIT $4
) AS stretch
ORDER BY dossier DESC
"""

# Few at any time, and all found by the index of running clocks.
LOAD_DUE = """
SELECT dossier, state
FROM dossiers
WHERE dossier < $1
  AND phase = ANY($2::text[])
  AND ($3::text IS NULL OR source = $3)
  AND dossier IN (
    SELECT dossier
    FROM clocks
    WHERE NOT ended
      AND NOT paused
      AND red_at > $5
      AND red_at <= $6
  )
ORDER BY dossier DESC
LIMIT $4
"""

LOAD_TIMELINE = """
SELECT body
FROM timeline
WHERE dossier = $1
"""

SUM_PARTS = """
SELECT kpi, part, sum(value)::bigint AS total
FROM kpi
WHERE kpi = ANY($1::text[])
  AND day BETWEEN $2 AND $3
  AND ($4::text IS NULL OR item = $4)
  AND ($5::text IS NULL OR service_window = $5)
  AND ($6::text IS NULL OR channel = $6)
GROUP BY kpi, part
"""

SUM_DAYS = """
SELECT day, part, sum(value)::bigint AS total
FROM kpi
WHERE kpi = $1
  AND day BETWEEN $2 AND $3
  AND ($4::text IS NULL OR item = $4)
  AND ($5::text IS NULL OR service_window = $5)
  AND ($6::text IS NULL OR channel = $6)
GROUP BY day, part
ORDER BY day
"""

SUM_DIMENSION = """
SELECT CASE $7::text WHEN 'item' THEN item WHEN 'window' THEN service_window ELSE channel END AS of,
       part, sum(value)::bigint AS total
FROM kpi
WHERE kpi = $1
  AND day BETWEEN $2 AND $3
  AND ($4::text IS NULL OR item = $4)
  AND ($5::text IS NULL OR service_window = $5)
  AND ($6::text IS NULL OR channel = $6)
GROUP BY 1, 2
"""

# Newest first; the id tells apart what was raised in the same instant.
LOAD_ALERTS = """
SELECT alerts.*, dossiers.state AS folded
FROM alerts
JOIN dossiers USING (dossier)
WHERE (raised_at, alert_id) < ($1::timestamptz, $2::text)
  AND alerts.state = ANY($3::text[])
  AND ($4::text IS NULL OR level = $4)
  AND ($5::text IS NULL OR dossier = $5)
  AND ($6::text IS NULL OR sla = $6)
ORDER BY raised_at DESC, alert_id DESC
LIMIT $7
"""

FIND_ALERT = """
SELECT alerts.*, dossiers.state AS folded
FROM alerts
JOIN dossiers USING (dossier)
WHERE alert_id = $1
"""

LOAD_STANDING = """
SELECT dossier, sla, level, raised_at, lateness_ms
FROM alerts
WHERE dossier = ANY($1::text[])
  AND state IN ('RAISED', 'ACKNOWLEDGED', 'ESCALATED')
"""

Row = Mapping[str, Any]
Dimension = Literal["item", "window", "channel"]
Narrowed = tuple[str | None, str | None, str | None]
"""An item, a window and a channel; None for all of them."""
Sought = tuple[str, Sequence[str], str | None, int]
"""Below which key, in which phases, from which source, and how many rows at most."""


class Readings:
    """The metrics schema, as requests read it."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def dossier(self, key: str) -> str | None:
        """Return the folded state of one subject."""
        rows = await self._fetch(FIND_DOSSIER, key)
        return rows[0]["state"] if rows else None

    async def dossiers(self, sought: Sought) -> Sequence[Row]:
        """Return the next subjects below a key; those that do not fit have no state."""
        return await self._fetch(LOAD_DOSSIERS, *sought)

    async def due(self, sought: Sought, between: tuple[datetime, datetime]) -> Sequence[Row]:
        """Return subjects like `dossiers`, but only those that turn red *between* two instants."""
        return await self._fetch(LOAD_DUE, *sought, *between)

    async def histories(self, keys: Sequence[str]) -> Mapping[str, list[bytes]]:
        """Return every fact of each subject, in no order."""
        histories: dict[str, list[bytes]] = {key: [] for key in keys}
        for row in await self._fetch(LOAD_HISTORIES, keys):
            histories[row["dossier"]].append(row["body"].encode())
        return histories

    async def timeline(self, key: str) -> Sequence[str]:
        """Return the bodies of all facts of a subject, in no order."""
        return [row["body"] for row in await self._fetch(LOAD_TIMELINE, key)]

    async def parts(
        self, kpis: Sequence[str], since: date, until: date, narrowed: Narrowed
    ) -> Sequence[Row]:
        """Return sums by KPI and part."""
        return await self._fetch(SUM_PARTS, kpis, since, until, *narrowed)

    async def days(self, kpi: str, since: date, until: date, narrowed: Narrowed) -> Sequence[Row]:
        """Return sums by business day and part, oldest first."""
        return await self._fetch(SUM_DAYS, kpi, since, until, *narrowed)

    async def dimension(
        self, kpi: str, since: date, until: date, narrowed: Narrowed, by: Dimension
    ) -> Sequence[Row]:
        """Return sums by one dimension and part."""
        return await self._fetch(SUM_DIMENSION, kpi, since, until, *narrowed, by)

    async def alerts(self, *places: object) -> Sequence[Row]:
        """Return alerts; *places* are the parameters of LOAD_ALERTS."""
        return await self._fetch(LOAD_ALERTS, *places)

    async def alert(self, alert_id: str) -> Row | None:
        rows = await self._fetch(FIND_ALERT, alert_id)
        return rows[0] if rows else None

    async def standing(self, dossiers: Sequence[str]) -> Sequence[Row]:
        """Return the alerts that stand on *dossiers*."""
        return await self._fetch(LOAD_STANDING, dossiers)

    async def _fetch(self, query: str, *values: object) -> Sequence[Row]:
        with translated():
            rows: Sequence[Row] = await self._pool.fetch(query, *values)
        return rows
