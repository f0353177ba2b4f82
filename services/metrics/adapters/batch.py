"""One transaction of a lane in PostgreSQL: what is loaded in it, and all that is written."""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import asyncpg

from services.metrics.adapters.binary_copy import binary_copy
from services.metrics.adapters.columns import DOSSIER, clock_row, text_of
from services.metrics.adapters.dossiers import histories_of
from services.metrics.adapters.editions import load_changes
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import FOLD_VERSION, Dossier
from services.metrics.domain.entry import Arrived
from services.metrics.domain.figures.contributions import Contributions, Contributor
from services.metrics.domain.figures.dimensions import Dimensions, dimensions_of, identity_of
from services.metrics.domain.last_words import WORDS_KEPT_MAX, LastWords
from services.metrics.domain.picture import Differences
from services.metrics.ports.projection import (
    Batch,
    Changes,
    FactKnown,
    FactName,
    Known,
    ProjectionOutdated,
)
from shared.policy.rules import RuleChange

TIMELINE = ("timeline", ("dossier", "identity", "occurred_at", "body"))

INSERT_UNKNOWN_FACTS = """
INSERT INTO timeline
SELECT *
FROM unnest($1::timeline_row[])
ON CONFLICT DO NOTHING
RETURNING dossier, identity
"""

LOAD_STATES = """
SELECT dossier, fold_version, state, edition
FROM dossiers
WHERE dossier = ANY($1::text[])
"""

LOAD_OUTDATED = """
SELECT dossier, fold_version, state, edition
FROM dossiers
WHERE partition = $1 AND edition < $2
LIMIT $3
"""

REMARK = """
UPDATE dossiers
SET edition = $2
WHERE dossier = ANY($1::text[])
"""

SETTLE = """
INSERT INTO swept (partition, edition)
VALUES ($1, $2)
ON CONFLICT (partition) DO UPDATE
SET edition = excluded.edition
"""

# Whole rows, not an array for each column, because PostgreSQL spools every array on its own.
WRITE_STATES = """
INSERT INTO dossiers
SELECT *
FROM unnest($1::dossiers_row[])
ON CONFLICT (dossier) DO UPDATE
SET phase = excluded.phase,
    source = excluded.source,
    fold_version = excluded.fold_version,
    state = excluded.state,
    edition = excluded.edition,
    organisation = excluded.organisation
"""

# Sorted, so that pages are visited once.
ADD_FIGURES = """
INSERT INTO kpi
SELECT *
FROM unnest($1::kpi_row[])
ON CONFLICT (part, day, partition) DO UPDATE
SET value = kpi.value + excluded.value
"""

# The one row for which two lanes may wait: sorted, so that they never wait for each other.
ADD_PLACES = """
INSERT INTO places
SELECT *
FROM unnest($1::places_row[])
ON CONFLICT DO NOTHING
"""

CONTRIBUTORS = ("contributors", ("number", "place", "day", "part", "dossier"))

CHANGE_CONTRIBUTORS = """
UPDATE contributors
SET number = new.number, place = new.place
FROM unnest($1::contributors_row[]) AS new
WHERE contributors.part = new.part
  AND contributors.day = new.day
  AND contributors.dossier = new.dossier
"""

REMOVE_CONTRIBUTORS = """
DELETE FROM contributors
USING unnest($1::contributors_row[]) AS gone
WHERE contributors.part = gone.part
  AND contributors.day = gone.day
  AND contributors.dossier = gone.dossier
"""


# Where an alert was raised before, the ticker must look again at once: it may no longer be right.
WRITE_CLOCKS = """
INSERT INTO clocks
SELECT *
FROM unnest($1::clocks_row[])
ON CONFLICT (dossier, subject, sla, episode) DO UPDATE
SET started_on = excluded.started_on,
    due = excluded.due,
    near_at = excluded.near_at,
    due_at = excluded.due_at,
    limit_total = excluded.limit_total,
    unit = excluded.unit,
    paused = excluded.paused,
    provisional = excluded.provisional,
    ended = excluded.ended,
    gone = false,
    written = excluded.written,
    next_at = CASE WHEN clocks.alerted THEN '-infinity' ELSE excluded.next_at END
"""

# The ticker withdraws what was said of them.
CLOSE_GONE = """
UPDATE clocks
SET ended = true,
    gone = true,
    written = $5,
    next_at = CASE WHEN alerted THEN '-infinity'::timestamptz END
FROM unnest($1::text[], $2::text[], $3::text[], $4::smallint[])
  AS lost (dossier, subject, sla, episode)
WHERE (clocks.dossier, clocks.subject, clocks.sla, clocks.episode)
  = (lost.dossier, lost.subject, lost.sla, lost.episode)
"""

# What is kept of both is the same whichever came first, and however often each comes.
WRITE_LAST_WORDS = """
INSERT INTO last_words
SELECT *
FROM unnest($1::last_words_row[])
ON CONFLICT (partition, publisher) DO UPDATE
SET words = (
  SELECT array_agg(word ORDER BY word)
  FROM (
    SELECT DISTINCT word
    FROM unnest(last_words.words || excluded.words) AS word
    ORDER BY word DESC
    LIMIT $2
  ) AS kept
)
"""

NEW = (False, False)
"""Not gone and not alerted: so a new clock is; of a known one it stays."""


class PostgresBatch(Batch):
    """One open transaction of one lane."""

    def __init__(
        self,
        connection: asyncpg.Connection,
        partition: int,
        edition: int = 0,
        known_places: Container[int] = (),
        change: int = 0,
    ) -> None:
        self._connection = connection
        self._partition = partition
        self._edition = edition
        self._change = change
        """Which of its lane's this is."""
        self._known_places = known_places
        self.new_places: set[int] = set()
        """What nobody knew before this batch, as far as its worker knew."""

    @property
    def edition(self) -> int:
        return self._edition

    async def rule_changes(self, after: int) -> Sequence[RuleChange]:
        return await load_changes(self._connection, after)

    async def insert(self, facts: Sequence[Arrived]) -> None:
        table, names = TIMELINE
        try:
            await self._connection.copy_to_table(
                table, columns=names, source=binary_copy(facts), format="binary"
            )
        except asyncpg.UniqueViolationError as violation:
            raise FactKnown from violation

    async def insert_unknown(self, facts: Sequence[Arrived]) -> set[FactName]:
        rows = [(one.dossier, one.identity, one.occurred_at, one.body.decode()) for one in facts]
        added = await self._connection.fetch(INSERT_UNKNOWN_FACTS, rows)
        return {(dossier, identity) for dossier, identity in added}

    async def load(self, dossiers: Sequence[str]) -> Mapping[str, Known]:
        return _known(await self._connection.fetch(LOAD_STATES, dossiers))

    async def outdated(self, edition: int, dossiers_max: int) -> Mapping[str, Known]:
        partition = self._partition
        return _known(await self._connection.fetch(LOAD_OUTDATED, partition, edition, dossiers_max))

    async def settle(self, edition: int) -> None:
        await self._connection.execute(SETTLE, self._partition, edition)

    async def histories(self, dossiers: Sequence[str]) -> Mapping[str, Sequence[bytes]]:
        return await histories_of(dossiers, self._connection.fetch)

    async def write(self, changes: Changes) -> None:
        if changes.dossiers:
            await self._write_dossiers(changes.dossiers, changes.edition)
        if changes.rejudged:
            await self._connection.execute(REMARK, changes.rejudged, changes.edition)
        await self._add_figures(changes.figures.sums)
        await self._write_contributors(changes.figures)
        await self._write_clocks(changes.clocks, changes.gone)
        await self._write_last_words(changes.last_words)

    async def _write_dossiers(self, dossiers: Sequence[Dossier], edition: int) -> None:
        rows = [
            (
                one.key,
                self._partition,
                one.case.state,
                one.source,
                FOLD_VERSION,
                text_of(one),
                edition,
                dimensions_of(one).organisation,
            )
            for one in dossiers
        ]
        await self._connection.execute(WRITE_STATES, rows)

    async def _add_figures(self, sums: Contributions) -> None:
        rows = [
            (part, day, self._partition, number) for (part, day), number in sums.items() if number
        ]
        rows.sort()
        if rows:
            await self._connection.execute(ADD_FIGURES, rows)

    async def _write_contributors(self, figures: Differences) -> None:
        await self._add_places((*figures.added, *figures.changed))
        if figures.gone:
            await self._connection.execute(REMOVE_CONTRIBUTORS, _rows(figures.gone))
        if figures.changed:
            await self._connection.execute(CHANGE_CONTRIBUTORS, _rows(figures.changed))
        if figures.added:
            table, names = CONTRIBUTORS
            await self._connection.copy_records_to_table(
                table, records=_rows(figures.added), columns=names
            )

    async def _add_places(self, contributors: Iterable[Contributor]) -> None:
        rows = place_rows({one.dimensions for one in contributors}, self._known_places)
        if rows:
            await self._connection.execute(ADD_PLACES, rows)
            self.new_places.update(place for place, *_ in rows)

    async def _write_clocks(self, clocks: Sequence[Clock], gone: Sequence[ClockKey]) -> None:
        """Replace *clocks*, and note that nobody shall hear of those that are *gone*."""
        if clocks:
            rows = [(*row[:-1], *NEW, row[-1], self._change) for row in map(clock_row, clocks)]
            await self._connection.execute(WRITE_CLOCKS, rows)
        if gone:
            await self._connection.execute(CLOSE_GONE, *zip(*gone, strict=True), self._change)

    async def _write_last_words(self, words: LastWords) -> None:
        if words:
            rows = [(self._partition, publisher, [*told]) for publisher, told in words.items()]
            await self._connection.execute(WRITE_LAST_WORDS, rows, WORDS_KEPT_MAX)


def place_rows(
    dimensions: Iterable[Dimensions], known: Container[int]
) -> list[tuple[int, str, str, str, str, str, str]]:
    """Return the rows of those of *dimensions* that are not *known*, in the order of their keys."""
    places = {identity_of(one): one for one in dimensions}
    return [(place, *one) for place, one in sorted(places.items()) if place not in known]


def _rows(contributors: Iterable[Contributor]) -> list[tuple[int, int, date, str, str]]:
    """Return the rows of *contributors* in the order of their index."""
    return [
        (one.number, identity_of(one.dimensions), one.day, one.part, one.dossier)
        for one in sorted(contributors)
    ]


def _known(rows: Iterable[Sequence[Any]]) -> dict[str, Known]:
    known = {}
    for key, version, state, edition in rows:
        if version != FOLD_VERSION:
            raise ProjectionOutdated(f"{key}: fold {version}")
        known[key] = Known(DOSSIER.decode(state), edition)
    return known
