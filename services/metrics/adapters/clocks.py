"""How the clocks that a batch changes are written."""

from collections.abc import Sequence

import asyncpg

from services.metrics.adapters.columns import clock_row
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.run import ClockKey

# Where an alert was raised before, the ticker must look again at once: it may no longer be right.
WRITE_CLOCKS = """
INSERT INTO clocks
SELECT *
FROM unnest($1::clocks[])
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
    next_at = CASE WHEN clocks.alerted THEN '-infinity' ELSE excluded.next_at END
"""

# The ticker withdraws what was said of them.
CLOSE_GONE = """
UPDATE clocks
SET ended = true,
    gone = true,
    next_at = CASE WHEN alerted THEN '-infinity'::timestamptz END
FROM unnest($1::text[], $2::text[], $3::text[], $4::smallint[])
  AS lost (dossier, subject, sla, episode)
WHERE (clocks.dossier, clocks.subject, clocks.sla, clocks.episode)
  = (lost.dossier, lost.subject, lost.sla, lost.episode)
"""

NEW = (False, False)
"""Not gone and not alerted: so a new clock is; of a known one it stays."""


async def write_clocks(
    connection: asyncpg.Connection, clocks: Sequence[Clock], gone: Sequence[ClockKey]
) -> None:
    """Replace *clocks*, and note that *gone* never began to run by what is known now."""
    if clocks:
        rows = [(*row[:-1], *NEW, row[-1]) for row in map(clock_row, clocks)]
        await connection.execute(WRITE_CLOCKS, rows)
    if gone:
        await connection.execute(CLOSE_GONE, *zip(*gone, strict=True))
