"""
How a limit is counted: from the day after the start, without the days on which it was stopped.

A stop is half-open: the day on which it began does not count, the day on which
it ended does. So a stop within one day excludes nothing, and adjoining stops
exclude no day twice.
"""

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from shared.contracts.words import LimitUnit
from shared.policy.calendar import WorkCalendar

Stop = tuple[date, date | None]
"""The day a clock stopped and the day it ran again; None while it still stands."""

HORIZON = date(9998, 12, 31)
"""
The last day that a count can reach; one that would go on ends here, and is provisional.

Every reader can hold it and the midnight after it in every zone. The last day
of Python's calendar is infinity to the driver of PostgreSQL.
"""

HORIZON_ORDINAL = HORIZON.toordinal()


class Ruler(Protocol):
    """What a limit is measured with: the days that count, numbered."""

    def before(self, ordinal: int) -> int:
        """Return how many days that count lie before *ordinal*."""
        ...

    def nth(self, count: int) -> int:
        """Return the ordinal of the *count*-th day that counts."""
        ...


class NaturalDays:
    """Every day counts (自然日)."""

    def before(self, ordinal: int) -> int:
        return ordinal - 1

    def nth(self, count: int) -> int:
        return count


NATURAL_DAYS = NaturalDays()


def ruler(calendar: WorkCalendar, unit: LimitUnit) -> Ruler:
    return calendar if unit is LimitUnit.WD else NATURAL_DAYS


def merged(stops: Iterable[Stop]) -> tuple[Stop, ...]:
    """Return the same stopped days as disjoint stops, earliest first, none of them empty."""
    apart = [stop for stop in stops if stop[1] is None or stop[0] < stop[1]]
    if len(apart) < 2:  # noqa: PLR2004 - nothing to merge, and the fold asks thousands of times
        return tuple(apart)
    result: list[Stop] = []
    for opened, closed in sorted(apart, key=lambda stop: (stop[0], stop[1] or date.max)):
        if result and (last := result[-1])[1] is None:
            break
        if result and (until := result[-1][1]) is not None and opened <= until:
            result[-1] = (last[0], None if closed is None else max(until, closed))
        else:
            result.append((opened, closed))
    return tuple(result)


def spent(measure: Ruler, start: date, amount: int, stops: tuple[Stop, ...] = ()) -> date | None:
    """
    Return the day with which *amount* days have counted; None while a stop holds it open.

    *stops* are merged. An amount of 0 is spent on the day of the start.
    """
    if amount <= 0:
        return start
    first = start.toordinal() + 1
    count = measure.before(first) + amount
    end = measure.nth(count)
    if not stops:
        return _within(start, end)
    for opened, closed in stops:
        since = opened.toordinal()
        if since > end:
            break
        if closed is None:
            return None
        until = closed.toordinal()
        since = max(since, first)
        if until > since:
            count += measure.before(until) - measure.before(since)
            end = measure.nth(count)
    return _within(start, end)


def _within(start: date, ordinal: int) -> date:
    return max(start, date.fromordinal(min(ordinal, HORIZON_ORDINAL)))


def counted(measure: Ruler, after: date, until: date, stops: tuple[Stop, ...] = ()) -> int:
    """Return how many days in (*after*, *until*] count; *stops* are merged."""
    first, end = after.toordinal() + 1, until.toordinal() + 1
    if end <= first:
        return 0
    total = measure.before(end) - measure.before(first)
    for opened, closed in stops:
        since = max(opened.toordinal(), first)
        if since >= end:
            break
        resumed = end if closed is None else min(closed.toordinal(), end)
        if resumed > since:
            total -= measure.before(resumed) - measure.before(since)
    return total


def due(
    calendar: WorkCalendar,
    start: date,
    limit: int,
    unit: LimitUnit = LimitUnit.WD,
    stops: tuple[Stop, ...] = (),
) -> date | None:
    """
    Return the last day of *limit*, or None while a stop holds it open.

    The first day does not count (民法典 第二百零一条); a last day on which nobody
    works moves to the next working day (第二百零三条), which only natural days can
    meet. A limit of 0 is the day of the start itself.
    """
    end = spent(ruler(calendar, unit), start, limit, stops)
    if end is None or unit is LimitUnit.WD or limit <= 0:
        return end
    return _next_worked(calendar, end, stops)


def _next_worked(calendar: WorkCalendar, day: date, stops: tuple[Stop, ...]) -> date | None:
    ordinal = calendar.nth(calendar.before(day.toordinal()) + 1)
    for opened, closed in stops:
        if opened.toordinal() > ordinal:
            break
        if closed is None:
            return None
        if closed.toordinal() > ordinal:
            ordinal = calendar.nth(calendar.before(closed.toordinal()) + 1)
    return _within(day, ordinal)
