"""What differs between the live projection and the second one, in words of both."""

from collections.abc import Sequence

import asyncpg
import msgspec

from services.metrics.ports.rebuilding import Comparison, Deviation
from shared.eventstore.postgres import READING_SECONDS_MAX

COMPARE_FIGURES = """
WITH before AS (
  SELECT part, day, sum(value) AS value
  FROM metrics.kpi
  GROUP BY part, day
  HAVING sum(value) <> 0
), after AS (
  SELECT part, day, sum(value) AS value
  FROM metrics_next.kpi
  GROUP BY part, day
  HAVING sum(value) <> 0
)
SELECT split_part(part, '/', 1) AS name,
       count(*) FILTER (WHERE before.value IS NULL) AS added,
       count(*) FILTER (WHERE after.value IS NULL) AS gone,
       count(*) FILTER (WHERE before.value <> after.value) AS changed,
       (array_agg(
          jsonb_build_object(
            'part', part, 'day', day, 'before', before.value, 'after', after.value)
          ORDER BY part, day))[1:$1]::text[] AS examples
FROM before
FULL JOIN after USING (part, day)
WHERE before.value IS DISTINCT FROM after.value
GROUP BY 1
ORDER BY 1
"""

# By place, not by dossier: where a whole group agrees, its members are believed.
COMPARE_CONTRIBUTORS = """
WITH before AS (
  SELECT part, place, count(*) AS dossiers, sum(number) AS value
  FROM metrics.contributors
  GROUP BY part, place
), after AS (
  SELECT part, place, count(*) AS dossiers, sum(number) AS value
  FROM metrics_next.contributors
  GROUP BY part, place
)
SELECT split_part(part, '/', 1) AS name,
       count(*) FILTER (WHERE before.dossiers IS NULL) AS added,
       count(*) FILTER (WHERE after.dossiers IS NULL) AS gone,
       count(*) FILTER (WHERE before.place = after.place) AS changed,
       (array_agg(
          to_jsonb(places) - 'place' || jsonb_build_object(
            'part', part, 'before', before.value, 'after', after.value)
          ORDER BY part, place))[1:$1]::text[] AS examples
FROM before
FULL JOIN after USING (part, place)
JOIN metrics.places USING (place)
WHERE (before.dossiers, before.value) IS DISTINCT FROM (after.dossiers, after.value)
GROUP BY 1
ORDER BY 1
"""

COMPARE_STATES = """
SELECT concat(before.phase, ' → ', after.phase) AS name,
       count(*) FILTER (WHERE before.dossier IS NULL) AS added,
       count(*) FILTER (WHERE after.dossier IS NULL) AS gone,
       count(*) FILTER (WHERE before.dossier = after.dossier) AS changed,
       (array_agg(jsonb_build_object('dossier', dossier) ORDER BY dossier))[1:$1]::text[]
         AS examples
FROM metrics.dossiers AS before
FULL JOIN metrics_next.dossiers AS after USING (dossier)
WHERE (before.phase, before.source) IS DISTINCT FROM (after.phase, after.source)
GROUP BY 1
ORDER BY 1
"""

# How a clock is armed follows from what the ticker has said, too.
COMPARE_CLOCKS = """
WITH before AS (
  SELECT dossier, subject, sla, episode,
         to_jsonb(row) - '{alerted,next_at,written}'::text[] AS clock
  FROM metrics.clocks AS row
  WHERE NOT gone
), after AS (
  SELECT dossier, subject, sla, episode,
         to_jsonb(row) - '{alerted,next_at,written}'::text[] AS clock
  FROM metrics_next.clocks AS row
  WHERE NOT gone
)
SELECT sla AS name,
       count(*) FILTER (WHERE before.clock IS NULL) AS added,
       count(*) FILTER (WHERE after.clock IS NULL) AS gone,
       count(*) FILTER (WHERE before.clock <> after.clock) AS changed,
       (array_agg(
          jsonb_build_object('dossier', dossier, 'before', before.clock, 'after', after.clock)
          ORDER BY dossier))[1:$1]::text[] AS examples
FROM before
FULL JOIN after USING (dossier, subject, sla, episode)
WHERE before.clock IS DISTINCT FROM after.clock
GROUP BY sla
ORDER BY sla
"""

# The newest alone: which others are kept depends on how many lanes there are.
COMPARE_LAST_WORDS = """
WITH before AS (
  SELECT publisher, max(learned) AS heard_at
  FROM metrics.last_words
  CROSS JOIN LATERAL unnest(words)
  GROUP BY publisher
), after AS (
  SELECT publisher, max(learned) AS heard_at
  FROM metrics_next.last_words
  CROSS JOIN LATERAL unnest(words)
  GROUP BY publisher
)
SELECT publisher AS name,
       count(*) FILTER (WHERE before.heard_at IS NULL) AS added,
       count(*) FILTER (WHERE after.heard_at IS NULL) AS gone,
       count(*) FILTER (WHERE before.heard_at <> after.heard_at) AS changed,
       (array_agg(
          jsonb_build_object(
            'publisher', publisher, 'before', before.heard_at, 'after', after.heard_at)
          ORDER BY publisher))[1:$1]::text[] AS examples
FROM before
FULL JOIN after USING (publisher)
WHERE before.heard_at IS DISTINCT FROM after.heard_at
GROUP BY publisher
ORDER BY publisher
"""

COMPARISONS = {
    "figure": COMPARE_FIGURES,
    "contributor": COMPARE_CONTRIBUTORS,
    "state": COMPARE_STATES,
    "clock": COMPARE_CLOCKS,
    "source": COMPARE_LAST_WORDS,
}


class PostgresComparison(Comparison):
    """One snapshot of both projections."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def deviations(self, examples_max: int) -> Sequence[Deviation]:
        return [
            _deviation(what, row)
            for what, query in COMPARISONS.items()
            for row in await self._connection.fetch(
                query, examples_max, timeout=READING_SECONDS_MAX
            )
        ]


def _deviation(what: str, row: asyncpg.Record) -> Deviation:
    examples = [msgspec.json.decode(example) for example in row["examples"]]
    return Deviation(what, row["name"], row["added"], row["gone"], row["changed"], examples)
