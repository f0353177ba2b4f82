"""What the page of today is made of: read in one snapshot, by index, never from the facts."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import asyncpg

from services.metrics.adapters.projection import LOAD_HISTORIES
from services.metrics.domain.fingerprint import Fingerprint
from shared.eventstore.postgres import translated

SUM_CHANGES = """
SELECT coalesce(sum(changes), 0)::bigint
FROM lanes
"""

LOAD_LANES = """
SELECT changes, coalesce(cases, 0) AS open_cases, recent
FROM lanes
LEFT JOIN open_cases USING (partition)
"""

# The names of the subjects that the lanes' recent facts are about.
LOAD_RECENT_SUBJECTS = """
SELECT dossier, state
FROM dossiers
WHERE dossier IN (
  SELECT fact ->> 2
  FROM lanes, jsonb_array_elements(recent::jsonb) AS fact
)
"""

SUM_DAY = """
SELECT kpi, part, sum(value)::bigint AS total
FROM kpi
WHERE kpi = ANY($1::text[])
  AND day = $2
GROUP BY kpi, part
"""

SUM_HOURS = """
SELECT part, sum(value)::bigint AS total
FROM kpi
WHERE kpi = 'L03'
  AND day = ANY($1::date[])
  AND part LIKE 'hour:%'
GROUP BY part
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
  AND red_at > $1
  AND red_at <= $2
"""

LOAD_LATE_NEXT = """
SELECT clocks.dossier, clocks.sla, dossiers.state
FROM clocks
JOIN dossiers USING (dossier)
WHERE NOT clocks.ended
  AND NOT clocks.paused
  AND clocks.red_at > $1
  AND clocks.red_at <= $2
  AND (clocks.yellow_from <= $3 OR clocks.red_at <= $4)
ORDER BY clocks.red_at, clocks.sla DESC, clocks.dossier
LIMIT $5
"""

LOAD_RED_CARDS = """
SELECT alert_id, dossier, sla, clock, level, severity, alerts.state, raised_at, due, lateness_ms,
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
SELECT facts, facts_expected
FROM projection
LEFT JOIN rebuild ON rebuild.fingerprint = $1
WHERE projection.fingerprint <> $1
"""

WAKING = "metrics_changed"

Row = Mapping[str, Any]
Sums = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Span:
    """Now, the cut-offs between which today lies, and how far the look ahead goes."""

    now: datetime
    today: date
    begins: datetime
    ends: datetime
    horizon: datetime


@dataclass(frozen=True, slots=True)
class Lines:
    """How long the page's lists are; its figures count what they leave out."""

    late_next_max: int
    red_max: int


@dataclass(frozen=True, slots=True)
class Glance:
    """The projection at one moment, as far as the page shows it."""

    lanes: Sequence[Row]
    subjects: Mapping[str, str]
    sums: Sums
    cards: Sequence[Row]
    due_today: int
    late_next: Sequence[Row]
    red: Sequence[Row]
    offsets: Sequence[Row]
    outboxes: Sequence[Row]
    rebuilding: Row | None
    """How far our projection is, where that of before is still the live one."""

    @property
    def changes(self) -> int:
        """Return a number that grows with every batch."""
        return sum(lane["changes"] for lane in self.lanes)


class Glances:
    """The metrics schema, as the live page reads it whose code has *fingerprint*."""

    def __init__(self, pool: asyncpg.Pool, fingerprint: Fingerprint) -> None:
        self._pool = pool
        self._fingerprint = fingerprint

    async def changes(self) -> int:
        """Return what tells cheaply whether a batch was folded since the last glance."""
        with translated():
            changes: int = await self._pool.fetchval(SUM_CHANGES)
        return changes

    async def load(self, span: Span, kpis: Sequence[str], lines: Lines) -> Glance:
        """Return the projection at one moment."""
        with translated():
            async with (
                self._pool.acquire() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                fetch = connection.fetch
                return Glance(
                    # Before everything else: a switch waits for whoever has asked this.
                    rebuilding=await connection.fetchrow(LOAD_REBUILDING, self._fingerprint),
                    lanes=await fetch(LOAD_LANES),
                    subjects=dict(await fetch(LOAD_RECENT_SUBJECTS)),
                    sums=_sums(await fetch(SUM_DAY, kpis, span.today)),
                    cards=await fetch(COUNT_CARDS),
                    due_today=await connection.fetchval(COUNT_DUE, span.begins, span.ends),
                    late_next=await fetch(
                        LOAD_LATE_NEXT,
                        span.now,
                        span.horizon,
                        span.today,
                        span.ends,
                        lines.late_next_max,
                    ),
                    red=await fetch(LOAD_RED_CARDS, lines.red_max),
                    offsets=await fetch(LOAD_OFFSETS),
                    outboxes=await fetch(LOAD_OUTBOXES),
                )

    async def hours(self, days: Sequence[date]) -> Mapping[str, int]:
        """Return what was received on *days* together, by the parts that name the hours."""
        with translated():
            rows = await self._pool.fetch(SUM_HOURS, days)
        return {row["part"]: row["total"] for row in rows}

    async def offsets(self) -> Sequence[Row]:
        """Return how far each partition is folded."""
        with translated():
            rows: Sequence[Row] = await self._pool.fetch(LOAD_OFFSETS)
        return rows

    async def rebuilding(self) -> Row | None:
        """Return how far our projection is; None where it is the live one."""
        with translated():
            row: Row | None = await self._pool.fetchrow(LOAD_REBUILDING, self._fingerprint)
        return row

    async def histories(self, keys: Sequence[str]) -> Mapping[str, list[bytes]]:
        """Return every fact of each subject, in no order."""
        histories: dict[str, list[bytes]] = {key: [] for key in keys}
        with translated():
            for key, body in await self._pool.fetch(LOAD_HISTORIES, keys):
                histories[key].append(body.encode())
        return histories

    async def outboxes(self) -> Sequence[Row]:
        """Return how long the oldest fact of each owner has waited for the relay."""
        with translated():
            rows: Sequence[Row] = await self._pool.fetch(LOAD_OUTBOXES)
        return rows

    async def listen(self, wake: Callable[[], None], stopping: asyncio.Event) -> None:
        """
        Call *wake* after the commits of workers until *stopping* or until the line breaks.

        A notification is only a hint: whoever must not miss a change looks as well.

        Raises:
            StoreUnavailable: there is no line to listen on.
        """
        with translated():
            async with self._pool.acquire() as connection:
                broken = asyncio.Event()

                def told(*_: object) -> None:
                    wake()

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


def _sums(rows: Sequence[Row]) -> Sums:
    return {(row["kpi"], row["part"]): row["total"] for row in rows}
