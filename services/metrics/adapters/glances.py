"""What the page of today is made of: read in one snapshot, by index, never from the facts."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import asyncpg

from services.metrics.adapters.columns import RECENT, TableRow, alert_of, bounds, key_of
from services.metrics.adapters.dossiers import dossiers_of
from services.metrics.adapters.pressing import LOAD_LATE_NEXT
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.figures import live
from services.metrics.domain.figures.values import Parts
from services.metrics.domain.fingerprint import Fingerprint
from services.metrics.domain.recent import RecentFact, newest
from services.metrics.ports.glances import (
    Glance,
    Glances,
    ListLengths,
    Offset,
    Outboxes,
    RebuildProgress,
)
from services.metrics.ports.readings import AlertRead, TodaySpan
from shared.contracts.supervision.words import AlertLevel
from shared.eventstore.postgres import translated

SUM_CHANGES = """
SELECT coalesce(sum(changes), 0)::bigint
FROM lanes
"""

LOAD_LANES = """
SELECT changes, recent
FROM lanes
"""

LOAD_SUBJECTS = """
SELECT dossier, state
FROM dossiers
WHERE dossier = ANY($1::text[])
"""

SUM_DAYS = """
SELECT part, sum(value)::bigint AS total
FROM unnest($1::text[], $2::text[]) AS wanted (low, high)
JOIN kpi ON part BETWEEN low AND high
WHERE day = ANY($3::date[])
GROUP BY part
"""

SUM_ALL_DAYS = """
SELECT coalesce(sum(value), 0)::bigint
FROM kpi
WHERE part = $1
"""

COUNT_CARDS = """
SELECT level, clock, count(*) AS cards
FROM alerts
WHERE state IN ('RAISED', 'ACKNOWLEDGED', 'ESCALATED')
GROUP BY level, clock
"""

COUNT_DUE = """
SELECT count(DISTINCT dossier)
FROM clocks
WHERE NOT ended
  AND NOT paused
  AND clock <> 'ACKNOWLEDGEMENT'
  AND due_at > $1
  AND due_at <= $2
"""

LOAD_RED_CARDS = """
SELECT alert_id, dossier, subject, sla, episode, clock, level, severity, alerts.state, raised_at,
       recorded_at, lateness_ms, due, grounds, reason, escalated, by_hand,
       dossiers.state AS folded
FROM alerts
JOIN dossiers USING (dossier)
WHERE level = 'RED'
  AND alerts.state IN ('RAISED', 'ACKNOWLEDGED', 'ESCALATED')
ORDER BY raised_at DESC, alert_id
LIMIT $1
"""

LOAD_OFFSETS = """
SELECT topic, partition, next_offset, highwater, complete_to, checked_at
FROM offsets
ORDER BY topic, partition
"""

# Of other owners' stores metrics may know this and nothing else.
LOAD_OUTBOXES = """
SELECT 'intake' AS owner, intake.unsent_seconds() AS waited
UNION ALL
SELECT 'assist', assist.unsent_seconds()
UNION ALL
SELECT 'review', review.unsent_seconds()
UNION ALL
SELECT 'supervision', supervision.unsent_seconds()
"""

# No row where the projection is ours; no numbers where nobody has begun to make ours.
LOAD_REBUILDING = """
SELECT (SELECT sum(facts)::bigint FROM rebuild_lanes WHERE rebuild.fingerprint = $1) AS facts,
       facts_expected
FROM projection
LEFT JOIN rebuild ON rebuild.fingerprint = $1
WHERE projection.fingerprint <> $1
"""

WAKING = "metrics_changed"

OF_ALL = None
"""Whichever organisation it is."""


class PostgresGlances(Glances):
    """The metrics schema, as the live page reads it whose code has *fingerprint*."""

    def __init__(self, pool: asyncpg.Pool, fingerprint: Fingerprint) -> None:
        self._pool = pool
        self._fingerprint = fingerprint

    async def changes(self) -> int:
        with translated():
            changes: int = await self._pool.fetchval(SUM_CHANGES)
        return changes

    async def load(self, span: TodaySpan, parts: Sequence[str], lines: ListLengths) -> Glance:
        with translated():
            async with (
                self._pool.acquire() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                fetch = connection.fetch
                # Before everything else: a switch waits for whoever has asked this.
                rebuilding = await connection.fetchrow(LOAD_REBUILDING, self._fingerprint)
                lanes = await fetch(LOAD_LANES)
                latest = newest((RECENT.decode(lane["recent"]) for lane in lanes), lines.latest_max)
                subjects = await fetch(LOAD_SUBJECTS, sorted({fact.dossier for fact in latest}))
                late_next = await fetch(
                    LOAD_LATE_NEXT,
                    span.now,
                    span.horizon,
                    span.ends,
                    lines.late_next_max,
                    OF_ALL,
                )
                red = await fetch(LOAD_RED_CARDS, lines.red_max)
                states = {row["dossier"]: row["state"] for row in (*subjects, *late_next)}
                states |= {row["dossier"]: row["folded"] for row in red}
                dossiers = await dossiers_of(states, connection.fetch)
                return Glance(
                    changes=sum(lane["changes"] for lane in lanes),
                    open_cases=await connection.fetchval(SUM_ALL_DAYS, live.Part.OPEN),
                    latest=[(fact, dossiers.get(fact.dossier)) for fact in latest],
                    sums=dict(await fetch(SUM_DAYS, *bounds(parts), [span.today])),
                    cards=_cards(await fetch(COUNT_CARDS)),
                    due_today=await connection.fetchval(COUNT_DUE, span.begins, span.ends),
                    late_next=[(key_of(row), dossiers[row["dossier"]]) for row in late_next],
                    red=[AlertRead(alert_of(row), dossiers[row["dossier"]]) for row in red],
                    offsets=_offsets(await fetch(LOAD_OFFSETS)),
                    outboxes=_outboxes(await fetch(LOAD_OUTBOXES)),
                    rebuilding=_rebuild(rebuilding),
                )

    async def sums(self, parts: Sequence[str], days: Sequence[date]) -> Parts:
        with translated():
            return dict(await self._pool.fetch(SUM_DAYS, *bounds(parts), days))

    async def latest(self, facts_max: int) -> Sequence[tuple[RecentFact, Dossier | None]]:
        with translated():
            async with self._pool.acquire() as connection:
                lanes = await connection.fetch(LOAD_LANES)
                facts = newest((RECENT.decode(lane["recent"]) for lane in lanes), facts_max)
                rows = await connection.fetch(LOAD_SUBJECTS, sorted({one.dossier for one in facts}))
                states = {row["dossier"]: row["state"] for row in rows}
                dossiers = await dossiers_of(states, connection.fetch)
        return [(fact, dossiers.get(fact.dossier)) for fact in facts]

    async def offsets(self) -> Sequence[Offset]:
        with translated():
            return _offsets(await self._pool.fetch(LOAD_OFFSETS))

    async def outboxes(self) -> Outboxes:
        with translated():
            return _outboxes(await self._pool.fetch(LOAD_OUTBOXES))

    async def rebuilding(self) -> RebuildProgress | None:
        with translated():
            return _rebuild(await self._pool.fetchrow(LOAD_REBUILDING, self._fingerprint))

    async def listen(self, wake: Callable[[str], None], stopping: asyncio.Event) -> None:
        with translated():
            async with self._pool.acquire() as connection:
                broken = asyncio.Event()

                def told(_: object, __: int, ___: str, causes: str) -> None:
                    wake(causes)

                connection.add_termination_listener(lambda _: broken.set())
                await connection.add_listener(WAKING, told)
                try:
                    await _either(broken, stopping)
                finally:
                    await connection.remove_listener(WAKING, told)


async def _either(first: asyncio.Event, second: asyncio.Event) -> None:
    async with asyncio.TaskGroup() as tasks:
        waiting = {tasks.create_task(event.wait()) for event in (first, second)}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()


def _cards(rows: Sequence[TableRow]) -> Mapping[tuple[AlertLevel, str], int]:
    return {(AlertLevel(row["level"]), row["clock"]): row["cards"] for row in rows}


def _offsets(rows: Sequence[TableRow]) -> Sequence[Offset]:
    return [Offset(*row.values()) for row in rows]


def _outboxes(rows: Sequence[TableRow]) -> Outboxes:
    return {row["owner"]: row["waited"] for row in rows}


def _rebuild(row: TableRow | None) -> RebuildProgress | None:
    return None if row is None else RebuildProgress(row["facts"] or 0, row["facts_expected"])
