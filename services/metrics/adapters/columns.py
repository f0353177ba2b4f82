"""How the domain's values are laid out in columns, and read again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from services.metrics.domain.clocks.alert import AlertRecord
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.deadline import first_at
from services.metrics.domain.clocks.reason import Grounds
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.figures.figure import MANY, heads, many
from services.metrics.domain.last_words import LastWord, LastWords, merged
from services.metrics.domain.recent import Recent
from services.metrics.views.explanation import Explanation
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.words import AlertLevel

LAST = "\U0010ffff"
"""Sorts behind every character."""

EVER = datetime.min.replace(tzinfo=UTC)
"""Minus infinity of PostgreSQL, as an instant that can be reckoned with."""

TableRow = Mapping[str, Any]

ClockRow = tuple[
    str,
    str,
    str,
    int,
    str,
    date,
    date | None,
    datetime | None,
    datetime | None,
    int,
    str,
    bool,
    bool,
    bool,
    datetime | None,
]
"""The columns of a clock, in their order, without whether it is gone or was alerted."""

DOSSIER = msgspec.json.Decoder(Dossier)
GROUNDS = msgspec.json.Decoder(Grounds)
RECENT = msgspec.json.Decoder(Recent)
EXPLANATION = msgspec.json.Decoder(Explanation)
ENCODE = msgspec.json.Encoder().encode

ALERT_COLUMNS = (
    "alert_id",
    "clock",
    "severity",
    "raised_at",
    "recorded_at",
    "lateness_ms",
    "due",
    "reason",
    "escalated",
    "by_hand",
)
"""Those that are stored as they are."""


def bounds(parts: Sequence[str]) -> tuple[list[str], list[str]]:
    """
    Return the first and the last name of each stretch of names that *parts* stand for.

    No two of them overlap: what lies in two stretches would be summed twice.
    """
    lows, highs, names = [], [], frozenset(parts)
    for part in parts:
        name = part.removesuffix(MANY)
        if any(many(head) in names for head in heads(name) if many(head) != part):
            continue
        lows.append(name)
        highs.append(name)
        if name != part:
            lows.append(f"{name}:")
            highs.append(f"{name}:{LAST}")
    return lows, highs


def text_of(value: Any) -> str:  # noqa: ANN401 - whatever msgspec encodes
    return ENCODE(value).decode()


def clock_row(clock: Clock) -> ClockRow:
    """Return the row of *clock*, armed for the first alert that it calls for."""
    run = clock.run
    return (
        *run.key,
        run.sla.clock,
        run.started_on,
        clock.due,
        clock.near_at,
        clock.due_at,
        clock.limit,
        clock.unit,
        clock.paused,
        clock.provisional,
        run.ending is not None,
        first_at(clock),
    )


def key_of(row: TableRow) -> ClockKey:
    """Return which clock *row* is about."""
    return ClockKey(row["dossier"], row["subject"], row["sla"], row["episode"])


def alert_of(row: TableRow) -> AlertRecord:
    """Return the alert in *row*."""
    return AlertRecord(
        **{name: row[name] for name in ALERT_COLUMNS},
        key=key_of(row),
        level=AlertLevel(row["level"]),
        state=AlertState(row["state"]),
        grounds=GROUNDS.decode(row["grounds"]),
    )


def last_words_of(rows: Iterable[TableRow]) -> LastWords:
    """Return what publishers told last, of the rows of all lanes."""
    return merged(
        *({row["publisher"]: tuple(LastWord(*word) for word in row["words"])} for row in rows)
    )


def stored_instant(at: datetime) -> datetime:
    """Return *at* as a column tells it; the driver has a moment without a zone for -infinity."""
    return at if at.tzinfo is not None else EVER
