"""When a channel may be told: in working hours, and not in its quiet hours."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from shared.policy.calendar import ZONE, WorkCalendar

HourSpan = tuple[time, time]
"""From, until; a span of quiet hours may go over midnight."""
DAY = timedelta(days=1)
DAYS_MAX = 60
"""No holiday is so long."""


def let_through(
    at: datetime, quiet: HourSpan | None, hall: Sequence[HourSpan] | None, calendar: WorkCalendar
) -> datetime:
    """
    Return the first instant from *at* on that lies outside *quiet* and within *hall* hours.

    *hall* is None where any hour will do. Where the two never meet, the hall's hours count.
    """
    if hall is None:
        return _after_quiet(at, quiet)
    day = at.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    first = None
    for ahead in range(DAYS_MAX):
        on = (day + ahead * DAY).date()
        for opens, closes in hall if calendar.is_workday(on) else ():
            since, until = (datetime.combine(on, moment, ZONE) for moment in (opens, closes))
            begins = max(at, since)
            if begins >= until:
                continue
            first = first or begins
            spoken = _after_quiet(begins, quiet)
            if spoken < until:
                return spoken
    return first or at


def _after_quiet(at: datetime, quiet: HourSpan | None) -> datetime:
    if quiet is None:
        return at
    since, until = quiet
    there = at.astimezone(ZONE)
    now = there.time()
    within = since <= now < until if since < until else now >= since or now < until
    if not within:
        return at
    ends = datetime.combine(there.date(), until, ZONE)
    return ends if ends > there else ends + DAY
