"""The rounds in which clocks are looked for that run and are not armed, in PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import asyncpg

from services.metrics.adapters.columns import DOSSIER, clock_row, key_of, stored_instant
from services.metrics.adapters.deadlines import LOAD_ALERTS, alert_in
from services.metrics.adapters.projection import LOAD_FINGERPRINT
from services.metrics.domain.clocks.alert import Alert
from services.metrics.domain.clocks.armed import DeadClock
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.fingerprint import Fingerprint
from services.metrics.ports.clock_rounds import (
    ArmedRow,
    ClockRounds,
    LookedAt,
    RoundsSoFar,
    RoundStep,
)
from services.metrics.ports.projection import ProjectionOutdated
from shared.eventstore.postgres import transaction, translated

# Whoever comes second finds that the first has looked just now.
TAKE = """
UPDATE clock_rounds
SET looked_at = $1
WHERE looked_at <= $2
RETURNING reached
"""

LOAD_NEXT = """
SELECT dossier, state, edition, xmin::text AS version
FROM dossiers
WHERE dossier > $1
ORDER BY dossier
LIMIT $2
"""

LOAD_ROWS = """
SELECT dossier, subject, sla, episode, next_at, gone
FROM clocks
WHERE dossier = ANY($1::text[])
"""

# A batch writes a dossier together with its clocks, so it waits for us, or we find it changed.
LOCK_UNCHANGED = """
SELECT dossier
FROM dossiers
JOIN unnest($1::text[], $2::text[]) AS given (dossier, version) USING (dossier)
WHERE dossiers.xmin::text = given.version
FOR SHARE OF dossiers
"""

# What the ticker has armed meanwhile stays as it is.
REARM = """
UPDATE clocks
SET next_at = given.next_at, alerted = given.alerted, gone = false
FROM unnest(
  $1::text[], $2::text[], $3::text[], $4::smallint[],
  $5::timestamptz[], $6::boolean[], $7::timestamptz[]
) AS given (dossier, subject, sla, episode, next_at, alerted, seen)
WHERE (clocks.dossier, clocks.subject, clocks.sla, clocks.episode)
  = (given.dossier, given.subject, given.sla, given.episode)
AND clocks.next_at IS NOT DISTINCT FROM given.seen
RETURNING clocks.dossier, clocks.subject, clocks.sla, clocks.episode
"""

INSERT = """
INSERT INTO clocks
SELECT *
FROM unnest($1::clocks_row[])
ON CONFLICT DO NOTHING
RETURNING dossier, subject, sla, episode
"""

LOAD_CHANGES = """
SELECT dossier, changes
FROM dossiers
JOIN lanes USING (partition)
WHERE dossier = ANY($1::text[])
"""

GO_ON = """
UPDATE clock_rounds
SET reached = $2,
    went_round_at = CASE WHEN $2 = '' THEN $3 ELSE went_round_at END,
    found = found + $4
WHERE reached = $1
"""

LOAD_ROUNDS = """
SELECT went_round_at, found
FROM clock_rounds
"""


class PostgresClockRounds(ClockRounds):
    """The dossiers of the metrics schema, for code that has *fingerprint*."""

    def __init__(self, pool: asyncpg.Pool, fingerprint: Fingerprint) -> None:
        self._pool = pool
        self._fingerprint = fingerprint

    async def take(
        self, now: datetime, rest: timedelta, dossiers_max: int, edition: int
    ) -> RoundStep | None:
        with translated():
            after = await self._pool.fetchval(TAKE, now, now - rest)
            if after is None:
                return None
            async with (
                self._pool.acquire() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                stored = await connection.fetchval(LOAD_FINGERPRINT)
                if stored not in (None, self._fingerprint):
                    raise ProjectionOutdated(stored)
                found = await connection.fetch(LOAD_NEXT, after, dossiers_max)
                until = found[-1]["dossier"] if len(found) == dossiers_max else ""
                ours = [row for row in found if row["edition"] == edition]
                keys = [row["dossier"] for row in ours]
                rows = await connection.fetch(LOAD_ROWS, keys)
                alerts = await connection.fetch(LOAD_ALERTS, keys)
        armed, said = _rows(rows), _said(alerts)
        dossiers = [
            LookedAt(
                DOSSIER.decode(row["state"]),
                row["version"],
                armed.get(row["dossier"], {}),
                said.get(row["dossier"], {}),
            )
            for row in ours
        ]
        return RoundStep(after, dossiers, until)

    async def settle(
        self, look: RoundStep, dead: Sequence[DeadClock], now: datetime
    ) -> Sequence[ClockKey]:
        with translated():
            async with transaction(self._pool) as connection:
                armed = await _arm(connection, look, dead) if dead else []
                await connection.execute(GO_ON, look.after, look.until, now, len(armed))
        return armed

    async def rounds(self) -> RoundsSoFar:
        with translated():
            return RoundsSoFar(*await self._pool.fetchrow(LOAD_ROUNDS))


async def _arm(
    connection: asyncpg.Connection, look: RoundStep, dead: Sequence[DeadClock]
) -> list[ClockKey]:
    seen = {one.dossier.key: one for one in look.dossiers}
    names = sorted({one.clock.key.dossier for one in dead})
    versions = [seen[name].version for name in names]
    unchanged = {row[0] for row in await connection.fetch(LOCK_UNCHANGED, names, versions)}
    known = {key: row for one in look.dossiers for key, row in one.rows.items()}
    dead = [one for one in dead if one.clock.key.dossier in unchanged]
    late = [one for one in dead if one.clock.key in known]
    missing = [one for one in dead if one.clock.key not in known]
    armed = []
    if late:
        given = [
            (*clock.key, next_at, alerted, known[clock.key].next_at)
            for clock, next_at, alerted in late
        ]
        armed += await connection.fetch(REARM, *zip(*given, strict=True))
    if missing:
        changes = dict(await connection.fetch(LOAD_CHANGES, names))
        rows = [
            (*clock_row(clock)[:-1], False, alerted, next_at, changes[clock.key.dossier])
            for clock, next_at, alerted in missing
        ]
        armed += await connection.fetch(INSERT, rows)
    return [key_of(row) for row in armed]


def _rows(rows: Sequence[asyncpg.Record]) -> Mapping[str, Mapping[ClockKey, ArmedRow]]:
    found: dict[str, dict[ClockKey, ArmedRow]] = {}
    for row in rows:
        key = key_of(row)
        at = row["next_at"]
        found.setdefault(key.dossier, {})[key] = ArmedRow(at and stored_instant(at), row["gone"])
    return found


def _said(rows: Sequence[asyncpg.Record]) -> Mapping[str, Mapping[ClockKey, Sequence[Alert]]]:
    found: dict[str, dict[ClockKey, list[Alert]]] = {}
    for row in rows:
        key = key_of(row)
        found.setdefault(key.dossier, {}).setdefault(key, []).append(alert_in(row))
    return found
