"""One state of everything in PostgreSQL: what is on record, and what was made of it."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime
from functools import reduce
from typing import Any, Generic, Self, TypeVar, cast

import asyncpg

from services.metrics.adapters.columns import (
    TableRow,
    alert_of,
    key_of,
    last_words_of,
    stored_instant,
)
from services.metrics.domain.figures.dimensions import Dimensions
from services.metrics.domain.last_words import LastWords
from services.metrics.ports.audit import (
    AuditSnapshot,
    ChainRow,
    ClockKept,
    ClockShown,
    ContributorKept,
    Folded,
    Mark,
    OrderKept,
    RecordedFact,
    StateKept,
    StoredFigure,
    SubjectKept,
    fields_of,
)
from shared.contracts.registry import Owner, decode
from shared.contracts.rules.facts import STREAM
from shared.eventstore.postgres import translated
from shared.policy.rules import RuleChange, Rules, evolve, shipped

ROWS_FETCHED = 1_000

NOTHING_SETTLED = "1:1:"
"""A snapshot in which no transaction is visible."""

LOAD_FINGERPRINT = """
SELECT fingerprint
FROM metrics.projection
"""

LOAD_RULES = """
SELECT body
FROM supervision.events
WHERE stream = $1
ORDER BY version
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
       intake.is_settled(xid, $1::text::pg_snapshot) AS settled
FROM intake.events
WHERE published
UNION ALL
SELECT 'assist', partitionkey COLLATE "C", stream, version, source, id, body,
       assist.is_settled(xid, $1::text::pg_snapshot)
FROM assist.events
WHERE published
UNION ALL
SELECT 'review', partitionkey COLLATE "C", stream, version, source, id, body,
       review.is_settled(xid, $1::text::pg_snapshot)
FROM review.events
WHERE published
UNION ALL
SELECT 'supervision', partitionkey COLLATE "C", stream, version, source, id, body,
       supervision.is_settled(xid, $1::text::pg_snapshot)
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
SELECT dossier, phase, source, organisation, fold_version, state, edition
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
SELECT dossier, alert_id, subject, sla, episode, clock, level, severity, state, raised_at,
       recorded_at, lateness_ms, due, grounds, reason, escalated, by_hand
FROM metrics.alerts
ORDER BY dossier
"""

LOAD_CONTRIBUTORS = """
SELECT dossier, part, day, number, organisation, section, service_window, item, channel, site
FROM metrics.contributors
LEFT JOIN metrics.places USING (place)
ORDER BY dossier
"""

LOAD_ORDERS = """
SELECT order_id AS dossier, order_id, alert_id, case_no, organisation, org_name, state, content,
       issued_at, issued_by, reply, answered_at, answered_by
FROM metrics.orders
ORDER BY order_id
"""

LOAD_FIGURES = """
SELECT part, day, sum(value)::bigint AS value
FROM metrics.kpi
GROUP BY part, day
ORDER BY part, day
"""

LOAD_LAST_WORDS = """
SELECT publisher, words
FROM metrics.last_words
"""

T = TypeVar("T")


class Lines(Generic[T]):
    """What one query tells, in the order of the dossiers, taken dossier by dossier."""

    def __init__(self, rows: AsyncIterator[TableRow], told: Callable[[TableRow], T]) -> None:
        self._rows = rows
        self._told = told
        self._next: TableRow | None = None

    @classmethod
    async def begin(cls, rows: AsyncIterator[TableRow], told: Callable[[TableRow], T]) -> Self:
        lines = cls(rows, told)
        await lines._step()
        return lines

    @property
    def dossier(self) -> str | None:
        """Whose rows come next; None at the end."""
        return None if self._next is None else str(self._next["dossier"])

    async def take(self, dossier: str) -> list[T]:
        """Return what is told of *dossier*, which no row still to come may precede."""
        taken = []
        while self._next is not None and self._next["dossier"] == dossier:
            taken.append(self._told(self._next))
            await self._step()
        return taken

    async def _step(self) -> None:
        self._next = await anext(self._rows, None)


class PostgresSnapshot(AuditSnapshot):
    """One transaction that sees one snapshot."""

    def __init__(self, connection: asyncpg.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    @property
    def now(self) -> datetime:
        return self._now

    async def made_by(self) -> str | None:
        return await made_by_of(self._connection)

    async def count(self) -> int:
        with translated():
            return int(await self._connection.fetchval(COUNT_ROWS))

    async def rules(self) -> Rules:
        with translated():
            rows = await self._connection.fetch(LOAD_RULES, STREAM)
        events = (decode(row["body"].encode()) for row in rows)
        return reduce(evolve, (cast("RuleChange", event.data) for event in events), shipped())

    async def chains(self, owner: Owner) -> AsyncIterator[ChainRow]:
        with translated():
            await self._connection.execute(
                "SELECT set_config('search_path', $1, true)", owner.value
            )
            async for row in self._cursor(LOAD_CHAINS):
                yield _chain_row(row)

    async def subjects(self, mark: Mark | None) -> AsyncIterator[SubjectKept]:
        settled = NOTHING_SETTLED if mark is None else mark.seen
        with translated():
            facts = await Lines.begin(self._cursor(LOAD_FACTS, settled), _recorded)
            timeline = await Lines.begin(self._cursor(LOAD_TIMELINE), _folded)
            states = await Lines.begin(self._cursor(LOAD_STATES), _state)
            clocks = await Lines.begin(self._cursor(LOAD_CLOCKS, self.now), _clock)
            alerts = await Lines.begin(self._cursor(LOAD_ALERTS), alert_of)
            contributors = await Lines.begin(self._cursor(LOAD_CONTRIBUTORS), _contributor)
            orders = await Lines.begin(self._cursor(LOAD_ORDERS), _order)
            lines: Sequence[Lines[Any]] = (
                facts,
                timeline,
                states,
                clocks,
                alerts,
                contributors,
                orders,
            )
            while (dossier := min(_dossiers(lines), default=None)) is not None:
                yield SubjectKept(
                    dossier,
                    await facts.take(dossier),
                    await timeline.take(dossier),
                    next(iter(await states.take(dossier)), None),
                    await clocks.take(dossier),
                    await alerts.take(dossier),
                    await contributors.take(dossier),
                    await orders.take(dossier),
                )

    async def figures(self) -> AsyncIterator[StoredFigure]:
        with translated():
            async for row in self._cursor(LOAD_FIGURES):
                yield StoredFigure(*row.values())

    async def last_words(self) -> LastWords:
        with translated():
            return last_words_of(await self._connection.fetch(LOAD_LAST_WORDS))

    async def _cursor(self, query: str, *values: Any) -> AsyncIterator[TableRow]:  # noqa: ANN401 - what SQL takes
        async for row in self._connection.cursor(query, *values, prefetch=ROWS_FETCHED):
            yield row


async def made_by_of(connection: asyncpg.Connection) -> str | None:
    with translated():
        stored: str | None = await connection.fetchval(LOAD_FINGERPRINT)
    return stored


def _dossiers(lines: Sequence[Lines[Any]]) -> Iterator[str]:
    return (line.dossier for line in lines if line.dossier is not None)


def _chain_row(row: TableRow) -> ChainRow:
    at = stored_instant(row["occurred_at"])
    return ChainRow(**{**row, "body": row["body"].encode(), "occurred_at": at})


def _recorded(row: TableRow) -> RecordedFact:
    return RecordedFact(
        Owner(row["owner"]),
        row["stream"],
        row["version"],
        row["source"],
        row["id"],
        row["body"].encode(),
        row["settled"],
    )


def _folded(row: TableRow) -> Folded:
    return Folded(row["identity"], row["body"].encode())


def _state(row: TableRow) -> StateKept:
    return StateKept(
        row["phase"],
        row["source"],
        row["organisation"],
        row["fold_version"],
        row["edition"],
        fields_of(row["state"]),
    )


def _clock(row: TableRow) -> ClockKept:
    return ClockKept(
        key_of(row),
        ClockShown(*(row[name] for name in ClockShown._fields)),
        row["gone"],
        row["alerted"],
        row["next_at"],
        row["is_due"],
    )


def _order(row: TableRow) -> OrderKept:
    return OrderKept(*(row[name] for name in OrderKept._fields))


def _contributor(row: TableRow) -> ContributorKept:
    where = (
        row["organisation"],
        row["section"],
        row["service_window"],
        row["item"],
        row["channel"],
        row["site"],
    )
    dimensions = None if None in where else Dimensions(*where)
    return ContributorKept(row["part"], row["day"], row["number"], dimensions)
