"""What readers ask of the projection in PostgreSQL: subjects, facts, figures and alerts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

import asyncpg
import msgspec

from services.metrics.adapters.columns import Row, alert_of
from services.metrics.adapters.dossiers import dossiers_of
from services.metrics.adapters.projection import LOAD_HISTORIES
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.reasons.explanation import Document, Raised
from services.metrics.ports.deadlines import ClockKey
from services.metrics.ports.readings import (
    AlertRead,
    AlertsSought,
    Dimension,
    Parts,
    Readings,
    Section,
    Sought,
    Summed,
)
from shared.contracts.supervision.words import AlertLevel
from shared.eventstore.postgres import translated

K = TypeVar("K")

FIND_DOSSIER = """
SELECT dossier, state
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
SELECT alert_id, dossier, sla, clock, level, severity, alerts.state, raised_at, recorded_at,
       lateness_ms, due, grounds, reason, dossiers.state AS folded
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


class PostgresReadings(Readings):
    """The metrics schema, as requests read it."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def dossier(self, key: str) -> Dossier | None:
        rows = await self._fetch(FIND_DOSSIER, key)
        dossiers = await self._dossiers({row["dossier"]: row["state"] for row in rows})
        return dossiers.get(key)

    async def dossiers(self, sought: Sought) -> Section:
        return await self._section(await self._fetch(LOAD_DOSSIERS, *sought), sought)

    async def due(self, sought: Sought, between: tuple[datetime, datetime]) -> Section:
        return await self._section(await self._fetch(LOAD_DUE, *sought, *between), sought)

    async def timeline(self, key: str) -> Sequence[str]:
        return [row["body"] for row in await self._fetch(LOAD_TIMELINE, key)]

    async def parts(self, kpis: Sequence[str], summed: Summed) -> Mapping[str, Parts]:
        rows = await self._fetch(SUM_PARTS, kpis, *summed)
        return _by_part((row["kpi"], row["part"], row["total"]) for row in rows)

    async def days(self, kpi: str, summed: Summed) -> Mapping[date, Parts]:
        rows = await self._fetch(SUM_DAYS, kpi, *summed)
        return _by_part((row["day"], row["part"], row["total"]) for row in rows)

    async def dimension(self, kpi: str, summed: Summed, by: Dimension) -> Mapping[str, Parts]:
        rows = await self._fetch(SUM_DIMENSION, kpi, *summed, by)
        return _by_part((row["of"], row["part"], row["total"]) for row in rows)

    async def alerts(self, sought: AlertsSought) -> Sequence[AlertRead]:
        before, *wanted = sought
        rows = await self._fetch(LOAD_ALERTS, *before, *wanted)
        return await self._read(rows)

    async def alert(self, alert_id: str) -> tuple[AlertRead, Document] | None:
        rows = await self._fetch(FIND_ALERT, alert_id)
        if not rows:
            return None
        (found,) = await self._read(rows)
        return found, msgspec.json.decode(rows[0]["explanation"])

    async def standing(self, dossiers: Sequence[str]) -> Sequence[tuple[ClockKey, Raised]]:
        return [
            (
                ClockKey(row["dossier"], row["sla"]),
                Raised(AlertLevel(row["level"]), row["raised_at"], row["lateness_ms"]),
            )
            for row in await self._fetch(LOAD_STANDING, dossiers)
        ]

    async def _section(self, rows: Sequence[Row], sought: Sought) -> Section:
        """Return the subjects that fit; those that do not have no state, and count as looked at."""
        last = rows[-1]["dossier"] if len(rows) == sought.rows_max else None
        states = {row["dossier"]: row["state"] for row in rows if row["state"] is not None}
        return Section(list((await self._dossiers(states)).values()), last)

    async def _read(self, rows: Sequence[Row]) -> Sequence[AlertRead]:
        dossiers = await self._dossiers({row["dossier"]: row["folded"] for row in rows})
        return [AlertRead(alert_of(row), dossiers[row["dossier"]]) for row in rows]

    async def _dossiers(self, states: Mapping[str, str]) -> Mapping[str, Dossier]:
        return await dossiers_of(states, self._histories)

    async def _histories(self, keys: Sequence[str]) -> Mapping[str, Sequence[bytes]]:
        histories: dict[str, list[bytes]] = {key: [] for key in keys}
        for row in await self._fetch(LOAD_HISTORIES, keys):
            histories[row["dossier"]].append(row["body"].encode())
        return histories

    async def _fetch(self, query: str, *values: Any) -> Sequence[Row]:  # noqa: ANN401 - parameters
        with translated():
            rows: Sequence[Row] = await self._pool.fetch(query, *values)
        return rows


def _by_part(sums: Iterable[tuple[K, str, int]]) -> Mapping[K, Parts]:
    grouped: dict[K, dict[str, int]] = {}
    for key, part, total in sums:
        grouped.setdefault(key, {})[part] = total
    return grouped
