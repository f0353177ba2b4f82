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
DAY_SECONDS = 86_400


class Ruler(Protocol):
    """What a limit is measured with: the days that count, numbered."""

    def before(self, ordinal: int) -> int:
        """Return how many days that count lie before *ordinal*."""
        ...

    def nth(self, count: int) -> int:
        """Return the ordinal of the *count*-th day that counts."""
        ...


class HallHours:
    """
    Seconds count while the hall is open (大厅工时), and it is open on working days.

    A second has the number of its day, as *date.toordinal* has it, times the
    seconds of a day, and then its own.
    """

    __slots__ = ("_calendar", "_daily", "_sessions")

    def __init__(self, calendar: WorkCalendar, sessions: tuple[tuple[int, int], ...]) -> None:
        self._calendar = calendar
        self._sessions = sessions
        self._daily = sum(closes - opens for opens, closes in sessions)

    def before(self, ordinal: int) -> int:
        day, second = divmod(ordinal, DAY_SECONDS)
        days = self._calendar.before(day)
        if self._calendar.before(day + 1) == days:
            return days * self._daily
        today = sum(max(0, min(second, closes) - opens) for opens, closes in self._sessions)
        return days * self._daily + today

    def nth(self, count: int) -> int:
        days, left = divmod(count - 1, self._daily)
        midnight = self._calendar.nth(days + 1) * DAY_SECONDS
        for opens, closes in self._sessions:
            if left < closes - opens:
                return midnight + opens + left
            left -= closes - opens
        raise AssertionError("a day has no more seconds than its sessions")


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
    end = reached(measure, start.toordinal() + 1, amount, spans(stops))
    return None if end is None else _within(start, end)


def _within(start: date, ordinal: int) -> date:
    return max(start, date.fromordinal(min(ordinal, HORIZON_ORDINAL)))


def counted(measure: Ruler, after: date, until: date, stops: tuple[Stop, ...] = ()) -> int:
    """Return how many days in (*after*, *until*] count; *stops* are merged."""
    return passed(measure, after.toordinal() + 1, until.toordinal() + 1, spans(stops))


Span = tuple[int, int | None]
"""A stop by the numbers of a ruler."""


def spans(stops: tuple[Stop, ...], scale: int = 1) -> tuple[Span, ...]:
    """Return *stops* by number; *scale* is how many of them a day has."""
    if not stops:
        return ()
    return tuple(
        (opened.toordinal() * scale, None if closed is None else closed.toordinal() * scale)
        for opened, closed in stops
    )


def reached(measure: Ruler, first: int, amount: int, stopped: tuple[Span, ...]) -> int | None:
    """Return the number at which *amount* have counted from *first* on; None while it is open."""
    count = measure.before(first) + amount
    end = measure.nth(count)
    for since, until in stopped:
        if since > end:
            break
        if until is None:
            return None
        begun = max(since, first)
        if until > begun:
            count += measure.before(until) - measure.before(begun)
            end = measure.nth(count)
    return end


def passed(measure: Ruler, first: int, end: int, stopped: tuple[Span, ...]) -> int:
    """Return how many count from *first* on and before *end*."""
    if end <= first:
        return 0
    total = measure.before(end) - measure.before(first)
    for since, until in stopped:
        begun = max(since, first)
        if begun >= end:
            break
        resumed = end if until is None else min(until, end)
        if resumed > begun:
            total -= measure.before(resumed) - measure.before(begun)
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
