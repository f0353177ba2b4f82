"""What readers ask of the projection in PostgreSQL: subjects, facts, figures and alerts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Self, TypeVar

from services.metrics.adapters.alert_lists import count_cards, load_alerts
from services.metrics.adapters.columns import (
    EXPLANATION,
    TableRow,
    alert_of,
    bounds,
    key_of,
    last_words_of,
)
from services.metrics.adapters.dossiers import dossiers_of
from services.metrics.adapters.pressing import load_pressing
from services.metrics.adapters.sight import Sight
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.figures.dimensions import Dimension
from services.metrics.domain.figures.values import Parts
from services.metrics.domain.last_words import LastWords
from services.metrics.domain.reasons.explanation import Raised
from services.metrics.ports.readings import (
    AlertExplained,
    AlertRead,
    AlertsSought,
    Behind,
    CardsCounted,
    ClockRead,
    ClocksSought,
    Pressing,
    PressingSought,
    Readings,
    Section,
    Sought,
    Summed,
)
from shared.contracts.supervision.words import AlertLevel

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

# The same of each organisation that is seen: what a policy leaves out would all be gone through.
LOAD_OWN_DOSSIERS = """
SELECT dossier, CASE WHEN fits THEN state END AS state
FROM unnest($5::text[]) AS seen (code)
CROSS JOIN LATERAL (
  SELECT dossier, state,
         phase = ANY($2::text[]) AND ($3::text IS NULL OR source = $3) AS fits
  FROM dossiers
  WHERE organisation = seen.code
    AND dossier < $1
  ORDER BY dossier DESC
  LIMIT $4
) AS stretch
ORDER BY dossier DESC
LIMIT $4
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
      AND NOT paused AND clock <> 'ACKNOWLEDGEMENT'
      AND due_at > $5
      AND due_at <= $6
  )
ORDER BY dossier DESC
LIMIT $4
"""

LOAD_RUNNING = """
SELECT dossier, subject, sla, episode, near_at, due_at, dossiers.state
FROM clocks
JOIN dossiers USING (dossier)
WHERE NOT ended
  AND NOT paused AND clock <> 'ACKNOWLEDGEMENT'
  AND (due_at, clocks.dossier, subject, sla, episode)
    > ($1::timestamptz, $2::text, $3::text, $4::text, $5::smallint)
  AND due_at <= $6
  AND ($8::text[] IS NULL OR sla = ANY($8))
ORDER BY due_at, clocks.dossier, subject, sla, episode
LIMIT $7
"""

LOAD_TIMELINE = """
SELECT body
FROM timeline
WHERE dossier = $1
"""

LOAD_HOLDING = """
SELECT dossier, body
FROM timeline
WHERE dossier = ANY($1::text[])
  AND strpos(body, $2) > 0
"""

SUM_PARTS = """
SELECT part, sum(value)::bigint AS total
FROM unnest($1::text[], $2::text[]) AS wanted (low, high)
JOIN kpi ON part BETWEEN low AND high
WHERE day BETWEEN $3 AND $4
GROUP BY part
"""

SUM_DAYS = """
SELECT day, part, sum(value)::bigint AS total
FROM unnest($1::text[], $2::text[]) AS wanted (low, high)
JOIN kpi ON part BETWEEN low AND high
WHERE day BETWEEN $3 AND $4
GROUP BY day, part
ORDER BY day
"""

# Contributors are found by exact names: then several processes may read one index.
LOAD_PARTS = """
SELECT part
FROM counted_parts($1, $2, $3, $4) AS part
"""

# The small sums know no dimensions; what is narrowed is summed over its contributors.
SUM_PARTS_NARROWED = """
SELECT part, sum(number)::bigint AS total
FROM contributors
JOIN places USING (place)
WHERE part = ANY($1::text[])
  AND day BETWEEN $2 AND $3
  AND ($4::text[] IS NULL OR organisation = ANY($4))
  AND ($5::text IS NULL OR section = $5)
  AND ($6::text IS NULL OR service_window = $6)
  AND ($7::text IS NULL OR item = $7)
  AND ($8::text IS NULL OR channel = $8)
  AND ($9::text IS NULL OR site = $9)
GROUP BY part
"""

SUM_DAYS_NARROWED = """
SELECT day, part, sum(number)::bigint AS total
FROM contributors
JOIN places USING (place)
WHERE part = ANY($1::text[])
  AND day BETWEEN $2 AND $3
  AND ($4::text[] IS NULL OR organisation = ANY($4))
  AND ($5::text IS NULL OR section = $5)
  AND ($6::text IS NULL OR service_window = $6)
  AND ($7::text IS NULL OR item = $7)
  AND ($8::text IS NULL OR channel = $8)
  AND ($9::text IS NULL OR site = $9)
GROUP BY day, part
ORDER BY day
"""

# By place first: there are few of them, and they are numbers.
SUM_DIMENSION = """
SELECT CASE $10::text
         WHEN 'organisation' THEN organisation
         WHEN 'section' THEN section
         WHEN 'window' THEN service_window
         WHEN 'item' THEN item
         WHEN 'channel' THEN channel
         ELSE site
       END AS of,
       part, sum(total)::bigint AS total
FROM (
  SELECT place, part, sum(number) AS total
  FROM contributors
  WHERE part = ANY($1::text[])
    AND day BETWEEN $2 AND $3
  GROUP BY place, part
) AS sums
JOIN places USING (place)
WHERE true
  AND ($4::text[] IS NULL OR organisation = ANY($4))
  AND ($5::text IS NULL OR section = $5)
  AND ($6::text IS NULL OR service_window = $6)
  AND ($7::text IS NULL OR item = $7)
  AND ($8::text IS NULL OR channel = $8)
  AND ($9::text IS NULL OR site = $9)
GROUP BY 1, 2
"""

# Whoever is among the first of a page is among the first of each of its parts, so that few rows
# of every part are enough, read by the index from its end.
LOAD_BEHIND = """
WITH page AS (
  SELECT day, dossier, array_agg(part) AS parts, array_agg(number) AS numbers
  FROM unnest($1::text[]) AS given (part)
  CROSS JOIN LATERAL (
    SELECT day, dossier, number
    FROM contributors
    JOIN places USING (place)
    WHERE contributors.part = given.part
      AND day BETWEEN $2 AND $3
      AND (day, dossier) < ($10::date, $11::text)
      AND ($4::text[] IS NULL OR organisation = ANY($4))
      AND ($5::text IS NULL OR section = $5)
      AND ($6::text IS NULL OR service_window = $6)
      AND ($7::text IS NULL OR item = $7)
      AND ($8::text IS NULL OR channel = $8)
      AND ($9::text IS NULL OR site = $9)
    ORDER BY day DESC, dossier DESC
    LIMIT $12
  ) AS first
  GROUP BY day, dossier
  ORDER BY day DESC, dossier DESC
  LIMIT $12
)
SELECT day, dossier, parts, numbers, state
FROM page
JOIN dossiers USING (dossier)
ORDER BY day DESC, dossier DESC
"""

LOAD_LAST_WORDS = """
SELECT publisher, words
FROM last_words
"""

FIND_ALERTS = """
SELECT alerts.*, dossiers.state AS folded
FROM alerts
JOIN dossiers USING (dossier)
WHERE alert_id = ANY($1::text[])
"""

LOAD_STANDING = """
SELECT dossier, subject, sla, episode, level, raised_at, lateness_ms
FROM alerts
WHERE dossier = ANY($1::text[])
  AND state IN ('RAISED', 'ACKNOWLEDGED', 'ESCALATED')
"""


class PostgresReadings(Readings):
    """The metrics schema, as requests read it with the eyes of whoever asks."""

    def __init__(self, sight: Sight) -> None:
        self._fetch = sight.fetch
        self._sight = sight

    def within(self, organisations: Collection[str] | None) -> Self:
        return type(self)(self._sight.within(organisations))

    async def dossier(self, key: str) -> Dossier | None:
        rows = await self._fetch(FIND_DOSSIER, key)
        dossiers = await self._dossiers({row["dossier"]: row["state"] for row in rows})
        return dossiers.get(key)

    async def dossiers(self, sought: Sought) -> Section:
        seen = self._sight.organisations
        if seen is None:
            rows = await self._fetch(LOAD_DOSSIERS, *sought)
        else:
            rows = await self._fetch(LOAD_OWN_DOSSIERS, *sought, [*seen])
        return await self._section(rows, sought)

    async def due(self, sought: Sought, between: tuple[datetime, datetime]) -> Section:
        return await self._section(await self._fetch(LOAD_DUE, *sought, *between), sought)

    async def running(self, sought: ClocksSought) -> Sequence[ClockRead]:
        (due_at, key), *wanted = sought
        rows = await self._fetch(LOAD_RUNNING, due_at, *key, *wanted)
        dossiers = await self._dossiers({row["dossier"]: row["state"] for row in rows})
        return [
            ClockRead(key_of(row), row["near_at"], row["due_at"], dossiers[row["dossier"]])
            for row in rows
        ]

    async def pressing(self, sought: PressingSought) -> Pressing:
        found = await load_pressing(self._fetch, sought)
        dossiers = await self._dossiers(found.states)
        late_next = [(key, dossiers[key.dossier]) for key in found.late_next]
        return Pressing(late_next, found.due_today, found.cards)

    async def timeline(self, key: str) -> Sequence[str]:
        return [row["body"] for row in await self._fetch(LOAD_TIMELINE, key)]

    async def holding(self, dossiers: Sequence[str], word: str) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for row in await self._fetch(LOAD_HOLDING, dossiers, word):
            found.setdefault(row["dossier"], []).append(row["body"])
        return found

    async def parts(self, summed: Summed) -> Parts:
        rows = await self._summed(SUM_PARTS, SUM_PARTS_NARROWED, summed)
        return {row["part"]: row["total"] for row in rows}

    async def days(self, summed: Summed) -> Mapping[date, Parts]:
        rows = await self._summed(SUM_DAYS, SUM_DAYS_NARROWED, summed)
        return _by_part((row["day"], row["part"], row["total"]) for row in rows)

    async def dimension(self, summed: Summed, by: Dimension) -> Mapping[str, Parts]:
        rows = await self._of_contributors(SUM_DIMENSION, summed, by)
        return _by_part((row["of"], row["part"], row["total"]) for row in rows)

    async def behind(
        self, summed: Summed, before: tuple[date, str], rows_max: int
    ) -> Sequence[Behind]:
        rows = await self._of_contributors(LOAD_BEHIND, summed, *before, rows_max)
        dossiers = await self._dossiers({row["dossier"]: row["state"] for row in rows})
        return [
            Behind(
                row["day"],
                dossiers[row["dossier"]],
                dict(zip(row["parts"], row["numbers"], strict=True)),
            )
            for row in rows
        ]

    async def _summed(self, whole: str, narrowed: str, summed: Summed) -> Sequence[TableRow]:
        if summed.everywhere:
            return await self._fetch(whole, *bounds(summed.parts), summed.since, summed.until)
        return await self._of_contributors(narrowed, summed)

    async def _of_contributors(
        self, query: str, summed: Summed, *values: object
    ) -> Sequence[TableRow]:
        days = (summed.since, summed.until)
        known = await self._fetch(LOAD_PARTS, *bounds(summed.parts), *days)
        parts = [row["part"] for row in known]
        _, *others = summed.narrowed
        return await self._fetch(query, parts, *days, summed.whose, *others, *values)

    async def last_words(self) -> LastWords:
        return last_words_of(await self._fetch(LOAD_LAST_WORDS))

    async def alerts(self, sought: AlertsSought) -> Sequence[AlertRead]:
        return await self._read(await load_alerts(self._fetch, sought))

    async def cards(self) -> Sequence[CardsCounted]:
        return await count_cards(self._fetch)

    async def explained(self, alert_ids: Collection[str]) -> Mapping[str, AlertExplained]:
        rows = await self._fetch(FIND_ALERTS, alert_ids)
        return {
            row["alert_id"]: (read, EXPLANATION.decode(row["explanation"]))
            for row, read in zip(rows, await self._read(rows), strict=True)
        }

    async def standing(self, dossiers: Sequence[str]) -> Sequence[tuple[ClockKey, Raised]]:
        return [
            (
                key_of(row),
                Raised(AlertLevel(row["level"]), row["raised_at"], row["lateness_ms"]),
            )
            for row in await self._fetch(LOAD_STANDING, dossiers)
        ]

    async def _section(self, rows: Sequence[TableRow], sought: Sought) -> Section:
        """Return the subjects that fit; those that do not have no state, and count as looked at."""
        last = rows[-1]["dossier"] if len(rows) == sought.rows_max else None
        states = {row["dossier"]: row["state"] for row in rows if row["state"] is not None}
        return Section(list((await self._dossiers(states)).values()), last)

    async def _read(self, rows: Sequence[TableRow]) -> Sequence[AlertRead]:
        dossiers = await self._dossiers({row["dossier"]: row["folded"] for row in rows})
        return [AlertRead(alert_of(row), dossiers[row["dossier"]]) for row in rows]

    async def _dossiers(self, states: Mapping[str, str]) -> Mapping[str, Dossier]:
        return await dossiers_of(states, self._fetch)


def _by_part(sums: Iterable[tuple[K, str, int]]) -> Mapping[K, Parts]:
    grouped: dict[K, dict[str, int]] = {}
    for key, part, total in sums:
        grouped.setdefault(key, {})[part] = total
    return grouped
