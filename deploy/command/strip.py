"""The day strip of a deadline on a terminal: one cell a day, as the page draws it."""

from datetime import date

from deploy.command.output import Styled
from services.metrics.views.explanation import ClockDayKind, DeadlineDay, Explanation

DAYS_SHOWN_MAX = 60
"""A longer strip shows its end: that is where the deadline is."""

MONDAY = 0

CELLS = {
    "start": ("┣", "muted"),
    "elapsed": ("█", "accent"),
    "upcoming": ("░", "accent"),
    "off": ("·", "muted"),
    "stopped": ("▒", "muted"),
    "late": ("█", "late"),
    "late_off": ("·", "late"),
}
PLAIN = {
    "start": "|",
    "elapsed": "#",
    "upcoming": "-",
    "off": ".",
    "stopped": "=",
    "late": "!",
    "late_off": ".",
}
DUE = "▕"


def strip(explained: Explanation, today: date, *, plain: bool = False) -> Styled:
    """Return the days of an explanation, a gap before each Monday, a mark behind the due day."""
    days = explained.days
    text = Styled("… " if len(days) > DAYS_SHOWN_MAX else "", style="muted")
    for day in days[-DAYS_SHOWN_MAX:]:
        fill = _fill(day, today, explained.due)
        cell, style = CELLS[fill]
        if day.date.weekday() == MONDAY and len(text) > 0:
            text.append(" ")
        text.append(PLAIN[fill] if plain else cell, style)
        if day.date == explained.due:
            text.append("]" if plain else DUE, "ink")
    return text


def _fill(day: DeadlineDay, today: date, due: date | None) -> str:
    if day.kind in (ClockDayKind.START, ClockDayKind.STOPPED):
        return day.kind.value
    if due is not None and day.date > due:
        return "late" if day.counted else "late_off"
    if not day.counted:
        return "off"
    return "elapsed" if day.date <= today else "upcoming"
