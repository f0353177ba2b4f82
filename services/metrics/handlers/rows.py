"""How pictures are laid out in columns."""

from typing import Any

import msgspec

from services.metrics.adapters.projection import ClockRow
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.deadline import first_at
from services.metrics.handlers.reading import Arrived
from shared.policy.calendar import spelled

RECENT_FACTS_MAX = 20
"""As many as the page's ticker shows."""

Recent = tuple[tuple[str, str, str, str | None], ...]
"""Time, type, dossier and activity of the last facts of a lane, newest last."""

RECENT = msgspec.json.Decoder(Recent)
ENCODE = msgspec.json.Encoder().encode


def clock_row(clock: Clock) -> ClockRow:
    """Return the row of *clock*, armed for the first alert that it calls for."""
    return (
        clock.facts.subject,
        clock.sla.id,
        clock.sla.clock,
        clock.started_on,
        clock.due,
        clock.yellow_from,
        clock.red_at,
        clock.limit,
        clock.unit.value,
        clock.paused,
        clock.provisional,
        clock.ending is not None,
        first_at(clock),
    )


def recent_after(recent: Recent, arrived: list[Arrived]) -> Recent:
    """Return the last facts of a lane when *arrived* have come."""
    news = tuple(
        (spelled(fact.occurred_at), fact.entry.type, fact.dossier, fact.entry.activity)
        for fact in arrived[-RECENT_FACTS_MAX:]
        if fact.entry is not None
    )
    return (*recent, *news)[-RECENT_FACTS_MAX:]


def text_of(value: Any) -> str:  # noqa: ANN401 - whatever msgspec encodes
    return ENCODE(value).decode()
