"""The days of a clock one by one: which counted, which did not, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.subjects.terms import Hold
from services.metrics.views.explanation import ClockDayKind as Kind
from shared.policy.calendar import CalendarDay, DayKind, business_date
from shared.policy.limits import Unit

DAYS_SHOWN_MAX = 1_100
"""Three years; a case that lies longer is late beyond anything a strip can show."""

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stopped:
    """Days from *first* to *last*, both included, that one hold kept from counting."""

    first: date
    last: date | None
    hold: Hold

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class ClockDay:
    """One day of the strip."""

    day: date
    kind: Kind
    counted: bool
    calendar: CalendarDay
    hold: Hold | None = None


def stopped(clock: Clock) -> tuple[Stopped, ...]:
    """Return the stopped days; where holds overlap, a day belongs to the one opened first."""
    result = []
    for opened, closed in clock.stops:
        day: date | None = opened
        while day is not None and (closed is None or day < closed):
            hold = _hold_on(clock, day)
            until = hold.closed_on if closed is None or hold.closed_on else closed
            until = closed if until is None else min(until, closed or until)
            result.append(Stopped(day, until - ONE_DAY if until else None, hold))
            day = until
    return tuple(result)


def _hold_on(clock: Clock, day: date) -> Hold:
    return next(
        hold
        for hold in clock.holds
        if hold.opened_on <= day and (hold.closed_on is None or day < hold.closed_on)
    )


def days(clock: Clock, at: datetime) -> Iterator[ClockDay]:
    """
    Yield the days of *clock* from its start to its due day, and to *at* where that is later.

    One that has no due day has the day on which it was stopped.
    """
    ending = clock.ending
    seen = business_date(at) if ending is None else ending.ended_on
    # By number: there is no day after the last one of all.
    end = clock.due or clock.stops[-1][0]
    first, last = clock.started_on.toordinal(), max(end, seen).toordinal()
    last = max(first, min(last, first + DAYS_SHOWN_MAX))
    stops, consumed, hours = stopped(clock), 0, clock.unit is Unit.HH
    for ordinal in range(first, last + 1):
        day = date.fromordinal(ordinal)
        shown = _day(clock, day, stops, spent=not hours and consumed >= clock.limit)
        consumed += shown.counted
        yield shown


def _day(clock: Clock, day: date, stops: tuple[Stopped, ...], *, spent: bool) -> ClockDay:
    what = clock.calendar.kind(day)
    hold = next((stop.hold for stop in stops if stop.covers(day)), None)
    late = clock.due is not None and day > clock.due
    natural = clock.unit is Unit.ND
    if day == clock.started_on and day != clock.due:
        hours = clock.unit is Unit.HH and what.worked and hold is None
        return ClockDay(day, Kind.START, counted=hours, calendar=what)
    if hold is not None:
        return ClockDay(day, Kind.STOPPED, counted=False, calendar=what, hold=hold)
    if day == clock.due:
        return ClockDay(day, Kind.DUE, counted=not spent, calendar=what)
    if not what.worked and (spent or not natural):
        off = Kind.HOLIDAY if what.kind is DayKind.DAY_OFF else Kind.WEEKEND
        return ClockDay(day, off, counted=late and natural, calendar=what)
    if late:
        return ClockDay(day, Kind.AFTER_DUE, counted=True, calendar=what)
    make_up = what.kind is DayKind.MAKE_UP and not natural
    return ClockDay(day, Kind.MAKE_UP if make_up else Kind.COUNTED, counted=True, calendar=what)
