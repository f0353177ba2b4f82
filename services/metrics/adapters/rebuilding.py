"""The second projection in PostgreSQL: filled beside the live one, laid beside it, switched."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager

import asyncpg

from services.metrics.adapters.batch import ADD_PLACES, PostgresBatch, place_rows
from services.metrics.adapters.both_projections import PostgresComparison
from services.metrics.adapters.editions import load_changes
from services.metrics.domain.figures.dimensions import Dimensions
from services.metrics.domain.fingerprint import Fingerprint
from services.metrics.ports.projection import Changes, Known
from services.metrics.ports.rebuilding import (
    Beside,
    Comparison,
    Held,
    ProjectionHeld,
    RebuildOvertaken,
    Refold,
    Standing,
    Stint,
    Stride,
)
from shared.eventstore.postgres import READING_SECONDS_MAX, open_pool, transaction, translated
from shared.policy.rules import RuleChange

SEARCH_PATH = "metrics_next,metrics,supervision"
"""What is derived is found in the second projection, everything else where it always is."""

CONNECTIONS_MAX = 6
"""Two hold locks, one reads ahead, one writes; at the end one holds the lanes."""
REBUILD_LOCK = 0x7265_6275
"""Held by whoever leads, as long as it lives; with a lane's number, by whoever fills that one."""

TRY_LOCK = "SELECT pg_try_advisory_lock($1::bigint)"
LEAVE_LOCK = "SELECT pg_advisory_unlock($1::bigint)"

BEGIN = "SELECT begin_rebuild($1)"
DROP = "SELECT drop_rebuild()"
ANALYZE = "SELECT analyze_rebuild()"
SWITCH = "SELECT switch_projection()"

LOAD_STANDING = """
SELECT count(*) AS lanes, bool_and(filled) AS filled, sum(subjects)::bigint AS subjects,
       sum(facts)::bigint AS facts, facts_expected
FROM rebuild, rebuild_lanes
WHERE fingerprint = $1
GROUP BY facts_expected
"""

LOAD_UNFILLED = """
SELECT partition, (SELECT count(*) FROM rebuild_lanes) AS lanes
FROM rebuild, rebuild_lanes
WHERE fingerprint = $1 AND NOT filled
ORDER BY partition
"""

LOAD_REACHED = """
SELECT reached
FROM rebuild_lanes
WHERE partition = $1 AND NOT filled
"""

# By the key alone, so that the facts themselves are not touched.
LOAD_NEXT = """
SELECT dossier, count(*) AS facts
FROM timeline
WHERE dossier > $1
GROUP BY dossier
ORDER BY dossier
LIMIT $2
"""

# Compared and set, so that of two who believe that a lane is theirs one finds out before it writes.
NOTE_REACHED = """
UPDATE rebuild_lanes
SET reached = $4,
    subjects = subjects + CASE partition WHEN ($2::smallint[])[1] THEN $5 ELSE 0 END,
    facts = facts + CASE partition WHEN ($2::smallint[])[1] THEN $6 ELSE 0 END
WHERE partition = ANY($2) AND reached = $3 AND NOT filled
  AND EXISTS (SELECT FROM rebuild WHERE fingerprint = $1)
"""

NOTE_FILLED = """
UPDATE rebuild_lanes
SET filled = true
WHERE partition = ANY($2::smallint[]) AND reached = $3 AND NOT filled
  AND EXISTS (SELECT FROM rebuild WHERE fingerprint = $1)
"""

# Locked: only one at a time loads dossiers of all lanes and writes what becomes of them.
HOLD_FILLED = """
SELECT fingerprint
FROM rebuild
WHERE fingerprint = $1 AND NOT EXISTS (SELECT FROM rebuild_lanes WHERE NOT filled)
FOR UPDATE
"""

# Taken before the facts are read: what arrives behind it is noted once more.
TAKE_TOUCHED = """
WITH taken AS (
  DELETE FROM touched
  WHERE dossier IN (SELECT dossier FROM touched GROUP BY dossier ORDER BY dossier LIMIT $1)
  RETURNING dossier
)
SELECT DISTINCT dossier
FROM taken
"""

COUNT_TOUCHED = """
SELECT count(*)
FROM (SELECT FROM touched LIMIT $1) AS first_ones
"""

# Conflicts with every batch and with every claim, and with no reader.
HOLD_LANES = "LOCK TABLE lanes IN SHARE ROW EXCLUSIVE MODE"

# The ticker looks at once at what it has spoken of under the projection of before.
ARM_ALERTED = """
UPDATE clocks
SET alerted = true, next_at = '-infinity'
FROM (SELECT DISTINCT dossier, subject, sla, episode FROM alerts) AS said
WHERE (clocks.dossier, clocks.subject, clocks.sla, clocks.episode)
  = (said.dossier, said.subject, said.sla, said.episode)
  AND NOT clocks.alerted
"""

# What was said of a clock that has no place in the new projection is withdrawn in the same way.
ARM_GONE = """
INSERT INTO clocks
SELECT DISTINCT ON (dossier, subject, sla, episode)
       dossier, subject, sla, episode, clock, due, NULL::date, NULL::timestamptz,
       NULL::timestamptz, 0, 'WD', false, false, true, true, true, '-infinity'::timestamptz
FROM alerts
ON CONFLICT DO NOTHING
"""


class PostgresRefold(Refold):
    """One open transaction over the second projection."""

    def __init__(self, connection: asyncpg.Connection, known_places: Collection[int]) -> None:
        self._connection = connection
        self._known_places = known_places

    async def take_touched(self, subjects_max: int) -> Sequence[str]:
        rows = await self._connection.fetch(TAKE_TOUCHED, subjects_max)
        return [row["dossier"] for row in rows]

    async def load(self, dossiers: Sequence[str]) -> Mapping[str, Known]:
        return await self._batch(0).load(dossiers)

    async def histories(self, dossiers: Sequence[str]) -> Mapping[str, Sequence[bytes]]:
        return await self._batch(0).histories(dossiers)

    async def write(self, lane: int, changes: Changes) -> None:
        await self._batch(lane).write(changes)

    def _batch(self, lane: int) -> PostgresBatch:
        return PostgresBatch(self._connection, lane, known_places=self._known_places)


class PostgresBeside(Beside):
    """The schema `metrics_next`, which the pool sees before `metrics`."""

    def __init__(self, pool: asyncpg.Pool, fingerprint: Fingerprint) -> None:
        self._pool = pool
        self._fingerprint = fingerprint
        self._places: set[int] = set()

    @property
    def fingerprint(self) -> Fingerprint:
        return self._fingerprint

    async def begin(self) -> None:
        await self._settled(BEGIN, self._fingerprint)

    async def drop(self) -> None:
        await self._settled(DROP)

    async def standing(self) -> Standing:
        with translated():
            row = await self._pool.fetchrow(LOAD_STANDING, self._fingerprint)
        if row is None:
            raise RebuildOvertaken
        return Standing(**row)

    async def rule_changes(self, after: int) -> Sequence[RuleChange]:
        with translated():
            async with self._pool.acquire() as connection:
                return await load_changes(connection, after)

    @asynccontextmanager
    async def stint(self, lanes_max: int) -> AsyncIterator[Stint | None]:
        with translated():
            async with self._pool.acquire() as connection:
                rows = await connection.fetch(LOAD_UNFILLED, self._fingerprint)
                taken: dict[int, str] = {}
                try:
                    for number, _ in rows:
                        if len(taken) < lanes_max:
                            await _take(connection, number, taken)
                    yield _stint(taken, rows[0]["lanes"]) if taken else None
                finally:
                    for number in taken:
                        await _leave(connection, number)

    async def following(self, dossier: str, subjects_max: int) -> Sequence[tuple[str, int]]:
        with translated():
            rows = await self._pool.fetch(LOAD_NEXT, dossier, subjects_max)
        return [(row["dossier"], row["facts"]) for row in rows]

    async def histories(self, dossiers: Sequence[str]) -> Mapping[str, Sequence[bytes]]:
        with translated():
            async with self._pool.acquire() as connection:
                return await PostgresBatch(connection, 0).histories(dossiers)

    async def meet(self, dimensions: Collection[Dimensions]) -> None:
        # At once, and not with a step: what waits for a lane there would have others wait for it.
        rows = place_rows(dimensions, self._places)
        if rows:
            with translated():
                await self._pool.execute(ADD_PLACES, rows)
            self._places.update(place for place, *_ in rows)

    @asynccontextmanager
    async def step(self, step: Stride) -> AsyncIterator[Refold]:
        with translated():
            async with transaction(self._pool) as connection:
                taken = await connection.execute(
                    NOTE_REACHED,
                    self._fingerprint,
                    step.lanes,
                    step.behind,
                    step.upto,
                    step.subjects,
                    step.facts,
                )
                _all_of(step.lanes, taken)
                yield PostgresRefold(connection, self._places)

    async def fill(self, lanes: Sequence[int], reached: str) -> None:
        with translated():
            async with transaction(self._pool) as connection:
                taken = await connection.execute(NOTE_FILLED, self._fingerprint, lanes, reached)
                _all_of(lanes, taken)

    @asynccontextmanager
    async def catching_up(self) -> AsyncIterator[Refold]:
        with translated():
            async with transaction(self._pool) as connection:
                await _hold_filled(connection, self._fingerprint)
                yield PostgresRefold(connection, self._places)

    async def touched(self, count_max: int) -> int:
        with translated():
            return int(await self._pool.fetchval(COUNT_TOUCHED, count_max))

    async def arm(self) -> None:
        with translated():
            await self._pool.execute(ARM_ALERTED, timeout=READING_SECONDS_MAX)
            await self._pool.execute(ARM_GONE, timeout=READING_SECONDS_MAX)

    async def analyze(self) -> None:
        with translated():
            await self._pool.execute(ANALYZE, timeout=READING_SECONDS_MAX)

    @asynccontextmanager
    async def lanes_held(self) -> AsyncIterator[Held]:
        with translated():
            async with transaction(self._pool) as connection:
                await connection.execute(HOLD_LANES)
                yield PostgresHeld(connection, self._fingerprint)

    @asynccontextmanager
    async def looked_at(self) -> AsyncIterator[Comparison]:
        with translated():
            async with (
                self._pool.acquire() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                # The first statement takes the snapshot.
                await connection.execute("SELECT FROM projection")
                yield PostgresComparison(connection)

    async def _settled(self, query: str, *values: object) -> None:
        with translated():
            try:
                await self._pool.execute(query, *values, timeout=READING_SECONDS_MAX)
            except asyncpg.LockNotAvailableError as held:
                raise ProjectionHeld from held


class PostgresHeld(Held):
    """One open transaction that holds the lanes."""

    def __init__(self, connection: asyncpg.Connection, fingerprint: Fingerprint) -> None:
        self._connection = connection
        self._fingerprint = fingerprint

    async def switch(self) -> None:
        await _hold_filled(self._connection, self._fingerprint)
        try:
            await self._connection.execute(SWITCH)
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError) as held:
            raise ProjectionHeld from held


async def _take(connection: asyncpg.Connection, number: int, taken: dict[int, str]) -> None:
    """Take lane *number* where it is free and as far as those that were *taken*."""
    if not await connection.fetchval(TRY_LOCK, _lane_lock(number)):
        return
    # Only now: whoever had it before has gone on until it let go.
    reached = await connection.fetchval(LOAD_REACHED, number)
    if reached is not None and {reached} >= {*taken.values()}:
        taken[number] = reached
    else:
        await _leave(connection, number)


def _lane_lock(number: int) -> int:
    """Return the key of lane *number*, beside that of the lead: two numbers are the relay's."""
    return REBUILD_LOCK << 32 | number


def _stint(taken: Mapping[int, str], lanes: int) -> Stint:
    (reached,) = {*taken.values()}
    return Stint(tuple(taken), lanes, reached)


async def _leave(connection: asyncpg.Connection, number: int) -> None:
    # A lock goes with its session.
    if not connection.is_closed():
        await connection.execute(LEAVE_LOCK, _lane_lock(number))


async def _hold_filled(connection: asyncpg.Connection, fingerprint: Fingerprint) -> None:
    if await connection.fetchval(HOLD_FILLED, fingerprint) is None:
        raise RebuildOvertaken


def _all_of(lanes: Sequence[int], taken: str) -> None:
    if taken != f"UPDATE {len(lanes)}":
        raise RebuildOvertaken(lanes)


@asynccontextmanager
async def open_beside(dsn: str, fingerprint: Fingerprint) -> AsyncIterator[Beside | None]:
    """
    Become the only one who leads a rebuild; None where somebody else does.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    async with _open_pool(dsn) as pool:
        # The lock goes with its session, and that with the pool.
        with translated():
            async with pool.acquire() as connection:
                alone = await connection.fetchval(TRY_LOCK, REBUILD_LOCK)
                yield PostgresBeside(pool, fingerprint) if alone else None


@asynccontextmanager
async def join_beside(dsn: str, fingerprint: Fingerprint) -> AsyncIterator[Beside]:
    """Fill lanes of a second projection that somebody else leads."""
    async with _open_pool(dsn) as pool:
        yield PostgresBeside(pool, fingerprint)


@asynccontextmanager
async def _open_pool(dsn: str) -> AsyncIterator[asyncpg.Pool]:
    async with await open_pool(
        dsn, SEARCH_PATH, connections_max=CONNECTIONS_MAX, waits_for_disk=False
    ) as pool:
        yield pool
