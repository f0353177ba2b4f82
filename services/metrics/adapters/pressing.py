"""What presses today, of some organisations: as the glances ask it of all, without the dossiers."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from services.metrics.adapters.columns import key_of
from services.metrics.adapters.dossiers import Ask
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.ports.readings import PressingSought
from shared.contracts.supervision.words import AlertLevel

LOAD_LATE_NEXT = """
SELECT clocks.dossier, clocks.subject, clocks.sla, clocks.episode, dossiers.state
FROM clocks
JOIN dossiers USING (dossier)
WHERE NOT clocks.ended
  AND NOT clocks.paused
  AND clocks.clock <> 'ACKNOWLEDGEMENT'
  AND clocks.due_at > $1
  AND clocks.due_at <= $2
  AND (clocks.near_at <= $1 OR clocks.due_at <= $3)
  AND ($5::text[] IS NULL OR dossiers.organisation = ANY($5))
ORDER BY clocks.due_at, clocks.sla DESC, clocks.dossier, clocks.subject, clocks.episode
LIMIT $4
"""

COUNT_DUE = """
SELECT count(DISTINCT dossier) AS due
FROM clocks
JOIN dossiers USING (dossier)
WHERE NOT clocks.ended
  AND NOT clocks.paused
  AND clocks.clock <> 'ACKNOWLEDGEMENT'
  AND clocks.due_at > $1
  AND clocks.due_at <= $2
  AND ($3::text[] IS NULL OR dossiers.organisation = ANY($3))
"""

COUNT_CARDS = """
SELECT level, clock, count(*) AS cards
FROM alerts
JOIN dossiers USING (dossier)
WHERE alerts.state IN ('RAISED', 'ACKNOWLEDGED', 'ESCALATED')
  AND ($1::text[] IS NULL OR dossiers.organisation = ANY($1))
GROUP BY level, clock
"""


class PressingRows(NamedTuple):
    """What presses, and the states of the dossiers that are named."""

    late_next: Sequence[ClockKey]
    states: Mapping[str, str]
    due_today: int
    cards: Mapping[tuple[AlertLevel, str], int]


async def load_pressing(ask: Ask, sought: PressingSought) -> PressingRows:
    """Return what is asked for, as *ask* is answered."""
    span, lines_max, of = sought
    rows = await ask(LOAD_LATE_NEXT, span.now, span.horizon, span.ends, lines_max, of)
    due = await ask(COUNT_DUE, span.begins, span.ends, of)
    cards = await ask(COUNT_CARDS, of)
    return PressingRows(
        [key_of(row) for row in rows],
        {row["dossier"]: row["state"] for row in rows},
        due[0]["due"],
        {(AlertLevel(row["level"]), row["clock"]): row["cards"] for row in cards},
    )
