"""The second projection in PostgreSQL: filled beside the live one, laid beside it, switched."""

from collections.abc import AsyncIterator, Collection, Container, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from services.metrics.adapters.batch import ADD_PLACES, PostgresBatch, place_rows
from services.metrics.adapters.both_projections import STATEMENT_SECONDS_MAX, Comparison
from services.metrics.adapters.editions import load_changes
from services.metrics.domain.figures.dimensions import Dimensions
from services.metrics.domain.fingerprint import Fingerprint
from shared.eventstore.postgres import open_pool, translated
from shared.policy.rules import RuleChange

SEARCH_PATH = "metrics_next,metrics,supervision"
"""What is derived is found in the second projection, everything else where it always is."""

CONNECTIONS_MAX = 6
"""One holds the lock, one reads ahead, one writes; at the end one holds the lanes."""
REBUILD_LOCK = 0x7265_6275
"""Held by whoever rebuilds, as long as it lives."""

TRY_LOCK = "SELECT pg_try_advisory_lock($1)"

BEGIN = "SELECT begin_rebuild($1)"
DROP = "SELECT drop_rebuild()"
ANALYZE = "SELECT analyze_rebuild()"
SWITCH = "SELECT switch_projection()"

LOAD_STANDING = """
SELECT reached, subjects, facts, facts_expected
FROM rebuild
"""

COUNT_PARTITIONS = """
SELECT coalesce(max(partition) + 1, 1)
FROM offsets
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

# Compared and set, so that of two who believe themselves alone one finds out before it writes.
NOTE_REACHED = """
UPDATE rebuild
SET reached = $3, subjects = subjects + $4, facts = facts + $5
WHERE fingerprint = $1 AND reached = $2
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


class ProjectionHeld(Exception):
    """Somebody reads or writes the live projection, and has not ended in time; try again."""


class RebuildOvertaken(Exception):
    """Somebody else goes on with the second projection, or has done away with it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the second projection is."""

    reached: str
    subjects: int
    facts: int
    facts_expected: int


class Chunk:
    """One open transaction over the second projection."""

    def __init__(self, connection: asyncpg.Connection, known_places: Container[int]) -> None:
        self._connection = connection
        self._known_places = known_places

    def batch(self, partition: int) -> PostgresBatch:
        """Return the way to write what belongs to the lane of *partition*."""
        return PostgresBatch(self._connection, partition, known_places=self._known_places)

    async def take_touched(self, subjects_max: int) -> Sequence[str]:
        """Return subjects of which facts have arrived, and forget that they have."""
        rows = await self._connection.fetch(TAKE_TOUCHED, subjects_max)
        return [row["dossier"] for row in rows]


@dataclass(frozen=True, slots=True)
class Step:
    """From where to where a chunk goes, and what lies between; with what arrived, nowhere."""

    behind: str
    upto: str
    subjects: int = 0
    facts: int = 0


class Beside:
    """The second projection, which *fingerprint* makes; whoever has it open is the only one."""

    def __init__(self, pool: asyncpg.Pool, fingerprint: Fingerprint) -> None:
        self._pool = pool
        self.fingerprint = fingerprint
        self._places: set[int] = set()

    async def begin(self) -> Standing:
        """
        Go on with what the same code has begun, else begin with nothing.

        Raises:
            ProjectionHeld: somebody inserts facts, and does not end.
        """
        await self._settled(BEGIN, self.fingerprint)
        with translated():
            return Standing(*await self._pool.fetchrow(LOAD_STANDING))

    async def drop(self) -> None:
        """
        Leave nothing of it.

        Raises:
            ProjectionHeld: somebody reads the timeline, and does not end.
        """
        await self._settled(DROP)

    async def partitions(self) -> int:
        """Return over how many lanes the subjects are spread."""
        with translated():
            return int(await self._pool.fetchval(COUNT_PARTITIONS))

    async def rule_changes(self) -> Sequence[RuleChange]:
        """Return what made every edition of the rules, oldest first."""
        with translated():
            async with self._pool.acquire() as connection:
                return await load_changes(connection, 0)

    async def following(self, dossier: str, subjects_max: int) -> Sequence[tuple[str, int]]:
        """Return the next subjects behind *dossier*, and how many facts each has."""
        with translated():
            rows = await self._pool.fetch(LOAD_NEXT, dossier, subjects_max)
        return [(row["dossier"], row["facts"]) for row in rows]

    async def histories(self, dossiers: Sequence[str]) -> Mapping[str, Sequence[bytes]]:
        """Return every fact of each dossier, in no order."""
        with translated():
            async with self._pool.acquire() as connection:
                return await PostgresBatch(connection, 0).histories(dossiers)

    @asynccontextmanager
    async def chunk(self, step: Step) -> AsyncIterator[Chunk]:
        """
        Open the transaction in which *step* takes effect, once and for ever.

        Raises:
            RebuildOvertaken: somebody else has taken it.
        """
        with translated():
            async with self._pool.acquire() as connection, connection.transaction():
                taken = await connection.execute(
                    NOTE_REACHED,
                    self.fingerprint,
                    step.behind,
                    step.upto,
                    step.subjects,
                    step.facts,
                )
                if taken != "UPDATE 1":
                    raise RebuildOvertaken(step)
                yield Chunk(connection, self._places)

    async def meet(self, dimensions: Collection[Dimensions]) -> None:
        """
        Keep those of *dimensions* that nobody has met yet.

        At once, and not with a chunk: what waits for a lane there would have
        others wait for it.
        """
        rows = place_rows(dimensions, self._places)
        if rows:
            with translated():
                await self._pool.execute(ADD_PLACES, rows)
            self._places.update(place for place, *_ in rows)

    async def touched(self, count_max: int) -> int:
        """Return how much has arrived and is not folded here; *count_max* where it is more."""
        with translated():
            return int(await self._pool.fetchval(COUNT_TOUCHED, count_max))

    async def arm(self) -> None:
        """Have the ticker look at every clock of which it has spoken."""
        with translated():
            await self._pool.execute(ARM_ALERTED, timeout=STATEMENT_SECONDS_MAX)
            await self._pool.execute(ARM_GONE, timeout=STATEMENT_SECONDS_MAX)

    async def analyze(self) -> None:
        with translated():
            await self._pool.execute(ANALYZE, timeout=STATEMENT_SECONDS_MAX)

    @asynccontextmanager
    async def lanes_held(self) -> AsyncIterator["Held"]:
        """Let nobody fold within the block; what was under way has ended."""
        with translated():
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.execute(HOLD_LANES)
                yield Held(connection)

    @asynccontextmanager
    async def looked_at(self) -> AsyncIterator[Comparison]:
        """Look at both projections as they are when the block begins."""
        with translated():
            async with (
                self._pool.acquire() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                # The first statement takes the snapshot.
                await connection.execute("SELECT FROM projection")
                yield Comparison(connection)

    async def _settled(self, query: str, *values: object) -> None:
        with translated():
            try:
                await self._pool.execute(query, *values, timeout=STATEMENT_SECONDS_MAX)
            except asyncpg.LockNotAvailableError as held:
                raise ProjectionHeld from held


class Held:
    """The lanes, while nobody folds."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def switch(self) -> None:
        """
        Make the second projection the live one, with the end of the block.

        Raises:
            ProjectionHeld: a reader has not ended in time; nothing has changed.
        """
        try:
            await self._connection.execute(SWITCH)
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError) as held:
            raise ProjectionHeld from held


@asynccontextmanager
async def open_beside(dsn: str, fingerprint: Fingerprint) -> AsyncIterator[Beside | None]:
    """
    Become the only one who rebuilds; None where somebody else does.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    async with await open_pool(
        dsn, SEARCH_PATH, connections_max=CONNECTIONS_MAX, waits_for_disk=False
    ) as pool:
        # The lock goes with its session, and that with the pool.
        with translated():
            async with pool.acquire() as connection:
                alone = await connection.fetchval(TRY_LOCK, REBUILD_LOCK)
                yield Beside(pool, fingerprint) if alone else None
