"""How the dossiers stand judged, in PostgreSQL."""

from collections.abc import Sequence

import asyncpg

from services.metrics.adapters.columns import key_of
from services.metrics.adapters.deadlines import LOAD_ALERTS, alert_in
from services.metrics.adapters.dossiers import dossiers_of
from services.metrics.domain.clocks.alert import Alert
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.ports.judgements import JudgedDossier, Judgements
from shared.eventstore.postgres import translated

LOAD_FOLLOWING = """
SELECT dossier, state, edition
FROM dossiers
WHERE dossier > $1
ORDER BY dossier
LIMIT $2
"""

COUNT_BEHIND = """
SELECT count(*)
FROM lanes
LEFT JOIN swept USING (partition)
WHERE coalesce(swept.edition, 0) < $1
"""


class PostgresJudgements(Judgements):
    """The metrics schema, as a preview reads it: step by step, so that it holds up nobody."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def dossiers(self) -> int:
        with translated():
            return int(await self._pool.fetchval("SELECT count(*) FROM dossiers"))

    async def following(self, key: str, dossiers_max: int) -> Sequence[JudgedDossier]:
        with translated():
            async with self._pool.acquire() as connection:
                rows = await connection.fetch(LOAD_FOLLOWING, key, dossiers_max)
                alerts = await connection.fetch(LOAD_ALERTS, [row["dossier"] for row in rows])
        said: dict[str, dict[ClockKey, list[Alert]]] = {}
        for row in alerts:
            by_clock = said.setdefault(row["dossier"], {})
            by_clock.setdefault(key_of(row), []).append(alert_in(row))
        states = {row["dossier"]: row["state"] for row in rows}
        with translated():
            dossiers = await dossiers_of(states, self._pool.fetch)
        return [
            JudgedDossier(dossiers[row["dossier"]], row["edition"], said.get(row["dossier"], {}))
            for row in rows
        ]

    async def lanes_behind(self, edition: int) -> int:
        with translated():
            return int(await self._pool.fetchval(COUNT_BEHIND, edition))
