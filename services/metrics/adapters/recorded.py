"""All that is on record and all that was made of it, in one snapshot, as the auditor sees it."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any, Self, cast

import asyncpg

from shared.contracts.registry import Owner, decode
from shared.contracts.rules.facts import STREAM
from shared.eventstore.postgres import CONNECT_SECONDS_MAX, translated
from shared.kafka.port import Partition
from shared.policy.rules import RuleChange, Rules, evolve, shipped

Row = Mapping[str, Any]
"""A row by column."""

ROWS_FETCHED = 1_000
STATEMENT_SECONDS_MAX = 900.0
"""The first row of a sort of everything takes its time."""

HOLD_PROJECTION = "LOCK TABLE metrics.projection IN ACCESS SHARE MODE"

NOTHING_SETTLED = "1:1:"
"""A snapshot in which no transaction is visible."""

LOAD_FINGERPRINT = """
SELECT fingerprint
FROM metrics.projection
"""

LOAD_MARK = """
SELECT pg_current_snapshot()::text AS snapshot, clock_timestamp() AS at
"""

# A row for each owner whose relay has not sent what was visible in the given snapshot.
FIND_UNSENT = """
SELECT 'intake' AS owner, count(*) AS waiting
FROM intake.events JOIN intake.relay_cursor AS sent
  ON (events.xid, events.position) > (sent.xid, sent.position)
WHERE events.published AND pg_visible_in_snapshot(events.xid, $1::text::pg_snapshot)
UNION ALL
SELECT 'assist', count(*)
FROM assist.events JOIN assist.relay_cursor AS sent
  ON (events.xid, events.position) > (sent.xid, sent.position)
WHERE events.published AND pg_visible_in_snapshot(events.xid, $1::text::pg_snapshot)
UNION ALL
SELECT 'review', count(*)
FROM review.events JOIN review.relay_cursor AS sent
  ON (events.xid, events.position) > (sent.xid, sent.position)
WHERE events.published AND pg_visible_in_snapshot(events.xid, $1::text::pg_snapshot)
UNION ALL
SELECT 'supervision', count(*)
FROM supervision.events JOIN supervision.relay_cursor AS sent
  ON (events.xid, events.position) > (sent.xid, sent.position)
WHERE events.published AND pg_visible_in_snapshot(events.xid, $1::text::pg_snapshot)
"""

LOAD_OFFSETS = """
SELECT topic, partition, next_offset
FROM metrics.offsets
"""

COUNT_DUE = """
SELECT count(*)
FROM metrics.clocks
WHERE next_at <= $1
"""

LOAD_RULES = """
SELECT body
FROM supervision.events
WHERE stream = $1
ORDER BY version
"""

COUNT_OUTDATED = """
SELECT count(*)
FROM metrics.lanes LEFT JOIN metrics.swept USING (partition)
WHERE coalesce(edition, 0) < (
  SELECT coalesce(max(version), 0)
  FROM supervision.events
  WHERE stream = $1
)
"""

COUNT_ROWS = """
SELECT (SELECT count(*) FROM intake.events) + (SELECT count(*) FROM assist.events)
  + (SELECT count(*) FROM review.events) + (SELECT count(*) FROM supervision.events)
"""

# The search path says whose.
LOAD_CHAINS = """
SELECT stream, version, published, body, digest, previous_hash, hash,
       source, id, type, partitionkey, occurred_at
FROM events
ORDER BY stream, version
"""

# By bytes, as the projection's keys are sorted, so that all of them can be read side by side.
LOAD_FACTS = """
SELECT 'intake' AS owner, partitionkey COLLATE "C" AS dossier, stream, version, source, id, body,
       pg_visible_in_snapshot(xid, $1::text::pg_snapshot) AS settled
FROM intake.events
WHERE published
UNION ALL
SELECT 'assist', partitionkey COLLATE "C", stream, version, source, id, body,
       pg_visible_in_snapshot(xid, $1::text::pg_snapshot)
FROM assist.events
WHERE published
UNION ALL
SELECT 'review', partitionkey COLLATE "C", stream, version, source, id, body,
       pg_visible_in_snapshot(xid, $1::text::pg_snapshot)
FROM review.events
WHERE published
UNION ALL
SELECT 'supervision', partitionkey COLLATE "C", stream, version, source, id, body,
       pg_visible_in_snapshot(xid, $1::text::pg_snapshot)
FROM supervision.events
WHERE published
ORDER BY dossier
"""

LOAD_TIMELINE = """
SELECT dossier, identity, occurred_at, body
FROM metrics.timeline
ORDER BY dossier
"""

LOAD_STATES = """
SELECT dossier, phase, source, fold_version, state, edition
FROM metrics.dossiers
ORDER BY dossier
"""

LOAD_CLOCKS = """
SELECT dossier, subject, sla, episode, clock, started_on, due, near_at, due_at, limit_total, unit,
       paused, provisional, ended, gone, alerted, next_at, coalesce(next_at <= $1, false) AS is_due
FROM metrics.clocks
ORDER BY dossier
"""

LOAD_ALERTS = """
SELECT dossier, alert_id, subject, sla, episode, level, severity, state, raised_at, recorded_at,
       lateness_ms, due, grounds, reason
FROM metrics.alerts
ORDER BY dossier
"""

LOAD_CONTRIBUTORS = """
SELECT dossier, part, day, number, organisation, section, service_window, item, channel, site
FROM metrics.contributors
LEFT JOIN metrics.places USING (place)
ORDER BY dossier
"""

LOAD_FIGURES = """
SELECT part, day, sum(value)::bigint AS value
FROM metrics.kpi
GROUP BY part, day
ORDER BY part, day
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment: what was committed by then is what its snapshot sees."""

    snapshot: str
    at: datetime


class Lines:
    """The rows of one query in the order of their dossiers, taken dossier by dossier."""

    def __init__(self, rows: AsyncIterator[Row]) -> None:
        self._rows = rows
        self._next: Row | None = None

    @classmethod
    async def begin(cls, rows: AsyncIterator[Row]) -> Self:
        lines = cls(rows)
        await lines._step()
        return lines

    @property
    def dossier(self) -> str | None:
        """Whose rows come next; None at the end."""
        return None if self._next is None else str(self._next["dossier"])

    async def take(self, dossier: str) -> list[Row]:
        """Return the rows of *dossier*, which no row still to come may precede."""
        taken = []
        while self._next is not None and self._next["dossier"] == dossier:
            taken.append(self._next)
            await self._step()
        return taken

    async def _step(self) -> None:
        self._next = await anext(self._rows, None)


@dataclass(frozen=True, slots=True)
class SubjectRows:
    """All that is stored about one subject."""

    dossier: str
    facts: Sequence[Row]
    timeline: Sequence[Row]
    states: Sequence[Row]
    clocks: Sequence[Row]
    alerts: Sequence[Row]
    contributors: Sequence[Row]


class Snapshot:
    """One state of the whole database, however long the reading takes."""

    def __init__(self, connection: asyncpg.Connection, now: datetime) -> None:
        self._connection = connection
        self.now = now

    async def made_by(self) -> str | None:
        """Return what has made the projection, if anything has been folded."""
        return await _made_by(self._connection)

    async def count(self) -> int:
        """Return how many facts are on record."""
        with translated():
            return int(await self._connection.fetchval(COUNT_ROWS))

    async def rules(self) -> Rules:
        """Return the newest edition of the rules."""
        with translated():
            rows = await self._connection.fetch(LOAD_RULES, STREAM)
        events = (decode(row["body"].encode()) for row in rows)
        return reduce(evolve, (cast("RuleChange", event.data) for event in events), shipped())

    async def chains(self, owner: Owner) -> AsyncIterator[Row]:
        """Yield the rows of every stream of *owner*, stream by stream, oldest first."""
        with translated():
            await self._connection.execute(
                "SELECT set_config('search_path', $1, true)", owner.value
            )
            async for row in self._cursor(LOAD_CHAINS):
                yield row

    async def subjects(self, settled: str) -> AsyncIterator[SubjectRows]:
        """Yield subject by subject; a fact is settled where the snapshot *settled* sees it."""
        with translated():
            lines = [
                await Lines.begin(rows)
                for rows in (
                    self._cursor(LOAD_FACTS, settled),
                    self._cursor(LOAD_TIMELINE),
                    self._cursor(LOAD_STATES),
                    self._cursor(LOAD_CLOCKS, self.now),
                    self._cursor(LOAD_ALERTS),
                    self._cursor(LOAD_CONTRIBUTORS),
                )
            ]
            while (dossier := min(_dossiers(lines), default=None)) is not None:
                yield SubjectRows(dossier, *[await line.take(dossier) for line in lines])

    async def figures(self) -> AsyncIterator[Row]:
        with translated():
            async for row in self._cursor(LOAD_FIGURES):
                yield row

    async def _cursor(self, query: str, *values: Any) -> AsyncIterator[Row]:  # noqa: ANN401 - what SQL takes
        async for row in self._connection.cursor(query, *values, prefetch=ROWS_FETCHED):
            yield row


async def _made_by(connection: asyncpg.Connection) -> str | None:
    with translated():
        stored: str | None = await connection.fetchval(LOAD_FINGERPRINT)
    return stored


def _dossiers(lines: Sequence[Lines]) -> Iterator[str]:
    return (line.dossier for line in lines if line.dossier is not None)


class Records:
    """The bureau's database, as the role that may read everything."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def mark(self) -> Mark:
        """Return the present moment."""
        with translated():
            return Mark(*await self._connection.fetchrow(LOAD_MARK))

    async def made_by(self) -> str | None:
        """Return what has made the projection, if anything has been folded."""
        return await _made_by(self._connection)

    async def unsent(self, mark: Mark) -> dict[str, int]:
        """Return how many facts of *mark* each owner's relay has yet to send, where any."""
        with translated():
            rows = await self._connection.fetch(FIND_UNSENT, mark.snapshot)
        return {owner: waiting for owner, waiting in rows if waiting}

    async def offsets(self) -> dict[Partition, int]:
        """Return up to where each partition is folded."""
        with translated():
            rows = await self._connection.fetch(LOAD_OFFSETS)
        return {Partition(topic, number): offset for topic, number, offset in rows}

    async def outdated(self) -> int:
        """Return how many lanes have yet to fold the newest edition of the rules."""
        with translated():
            return int(await self._connection.fetchval(COUNT_OUTDATED, STREAM))

    async def due(self, at: datetime) -> int:
        """Return how many clocks the ticker should have looked at by *at*."""
        with translated():
            return int(await self._connection.fetchval(COUNT_DUE, at))

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """Hold still: whatever is committed from now on is not seen."""
        with translated():
            async with self._connection.transaction(isolation="repeatable_read", readonly=True):
                # Before there is a snapshot: a projection that takes the place of this one waits.
                await self._connection.execute(HOLD_PROJECTION)
                # The first statement takes the snapshot; its clock is read behind it.
                mark = await self.mark()
                yield Snapshot(self._connection, mark.at)


@asynccontextmanager
async def open_records(dsn: str) -> AsyncIterator[Records]:
    """
    Connect as the auditor.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    with translated():
        connection = await asyncpg.connect(
            dsn,
            timeout=CONNECT_SECONDS_MAX,
            command_timeout=STATEMENT_SECONDS_MAX,
            server_settings={"application_name": "casetrack-verify"},
        )
    try:
        yield Records(connection)
    finally:
        connection.terminate()
