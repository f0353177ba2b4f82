"""What was told of each dossier, in PostgreSQL."""

from collections.abc import Sequence

import asyncpg

from services.metrics.ports.chronicles import Chronicle, Chronicles
from shared.eventstore.postgres import translated

LOAD_HOLDING = """
WITH following AS (
  SELECT dossier
  FROM dossiers
  WHERE dossier > $2
  ORDER BY dossier
  LIMIT $3
)
SELECT dossier, array_agg(body) FILTER (
  WHERE EXISTS (SELECT FROM unnest($1::text[]) AS word WHERE strpos(body, word) > 0)
) AS bodies
FROM following
LEFT JOIN timeline USING (dossier)
GROUP BY dossier
ORDER BY dossier
"""


class PostgresChronicles(Chronicles):
    """The timeline, as somebody goes through it: step by step, so that it holds up nobody."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def dossiers(self) -> int:
        with translated():
            return int(await self._pool.fetchval("SELECT count(*) FROM dossiers"))

    async def holding(
        self, words: Sequence[str], key: str, dossiers_max: int
    ) -> Sequence[Chronicle]:
        with translated():
            rows = await self._pool.fetch(LOAD_HOLDING, words, key, dossiers_max)
        return [
            Chronicle(row["dossier"], [body.encode() for body in row["bodies"] or ()])
            for row in rows
        ]
