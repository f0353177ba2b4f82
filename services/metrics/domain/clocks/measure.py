"""The arithmetic of a limit: from its start to the instants at which it is near and over."""

from datetime import date, datetime, time
from functools import lru_cache
from typing import NamedTuple, Protocol

from msgspec import Struct

from services.metrics.domain.clocks.instants import (
    SECOND,
    cut_off,
    instant_of_second,
    midnight,
    moment_of,
    second_of,
)
from services.metrics.domain.clocks.run import Run
from shared.contracts.words import LimitUnit
from shared.policy.calendar import WorkCalendar, business_date
from shared.policy.counting import (
    DAY_SECONDS,
    HallHours,
    Ruler,
    Stop,
    counted,
    due,
    passed,
    reached,
    ruler,
    spans,
    spent,
)
from shared.policy.limits import Unit
from shared.policy.sla import HOUR_SECONDS, Policy
from shared.policy.yellow import AfterYellow, HoursYellow, RemainingYellow

SPANS_KEPT_MAX = 16_384
"""Of limits that began on one day with one length; a year of a bureau fits."""
HALLS_KEPT_MAX = 64
"""Calendars and hours of the hall that are remembered; an edition of the rules has one."""

UNITS = {Unit.WD: LimitUnit.WD, Unit.ND: LimitUnit.ND, Unit.AT: LimitUnit.WD}


class LimitEnd(NamedTuple):
    """Where a limit leads: the day for showing, and the instants that are acted on."""

    due: date | None
    due_at: datetime | None
    near_at: datetime | None


OPEN = LimitEnd(None, None, None)
"""A stop that has not ended holds it open."""


def _span(due: date | None, over: datetime, near: datetime | None) -> LimitEnd:
    """Return where a limit leads that nothing holds open; what is over is not near."""
    return LimitEnd(due, over, None if near is not None and near >= over else near)


def _left_with(
    hall: HallHours, first: int, over: int, hours: int, stops: tuple[Stop, ...]
) -> int | None:
    """Return the second with which *hours* are left from *first* to *over*; None if never more."""
    stopped = spans(stops, DAY_SECONDS)
    before = passed(hall, first, over, stopped) - hours * HOUR_SECONDS
    return reached(hall, first, before, stopped) if before > 0 else None


class Measure(Protocol):
    """What the limit of one run is measured with."""

    def span(self, limit: int, stops: tuple[Stop, ...]) -> LimitEnd:
        """Return where *limit* leads."""
        ...

    def counted(self, after: datetime, until: datetime, stops: tuple[Stop, ...]) -> int:
        """Return how many whole units have counted between two instants."""
        ...

    def consumed(self, until: datetime, stops: tuple[Stop, ...]) -> int:
        """Return how many whole units of the limit have counted by *until*."""
        ...


class DayBudget(Struct, frozen=True, gc=False):
    """A limit of days: from when, how many, how many of them are left when it is near, and when."""

    since: date
    limit: int
    margin: int | None
    at: time
    cut_off: time


@lru_cache(SPANS_KEPT_MAX)
def _by_day(
    calendar: WorkCalendar, unit: LimitUnit, days: DayBudget, stops: tuple[Stop, ...]
) -> LimitEnd:
    """Return where *days* lead; so many begin on one day with one limit that it is remembered."""
    measure, by_work = ruler(calendar, unit), unit is LimitUnit.WD
    end = due(calendar, days.since, days.limit, unit, stops)
    if end is None:
        # Working days may have come near before the stop; the others are told by their end.
        return LimitEnd(None, None, _near(measure, days, days.limit, stops) if by_work else None)
    total = days.limit if by_work else counted(measure, days.since, end, stops)
    return _span(end, cut_off(end, days.cut_off), _near(measure, days, total, stops))


def _until(
    calendar: WorkCalendar,
    since: date,
    until: date | datetime,
    margin: int | None,
    at: time,
    last: time,
) -> LimitEnd:
    """Return where a limit leads that ends when somebody said so."""
    end = business_date(until) if isinstance(until, datetime) else until
    over = until if isinstance(until, datetime) else cut_off(until, last)
    total = counted(calendar, since, end)
    return _span(end, over, _near(calendar, DayBudget(since, total, margin, at, last), total, ()))


def _near(measure: Ruler, days: DayBudget, total: int, stops: tuple[Stop, ...]) -> datetime | None:
    """Return when *days* are near, of which *total* count in all."""
    if days.margin is None:
        return None
    day = spent(measure, days.since, total - days.margin, stops)
    return None if day is None else moment_of(day, days.at)


class ByDay(Struct, frozen=True, gc=False):
    """Working days, natural days, or the working days until a day that somebody named."""

    run: Run
    policy: Policy
    calendar: WorkCalendar
    unit: LimitUnit

    @property
    def _ruler(self) -> Ruler:
        return ruler(self.calendar, self.unit)

    def span(self, limit: int, stops: tuple[Stop, ...]) -> LimitEnd:
        yellow = self.run.sla.yellow
        # By what it says of itself, because to ask for a model's class costs as much as the count.
        if yellow is None:
            return self._days(limit, None, time.min, stops)
        if yellow.by == "days":
            return self._days(limit, yellow.days, yellow.at, stops)
        if yellow.by == "hours":
            return self._with_hours_left(limit, yellow.hours, stops)
        if yellow.by == "remaining":
            return self._within_another(limit, yellow, stops)
        return self._days(limit, yellow.left(limit), time.min, stops)

    def _days(self, limit: int, margin: int | None, at: time, stops: tuple[Stop, ...]) -> LimitEnd:
        """Return where *limit* leads that is near at a time of the day, with *margin* days left."""
        run, last = self.run, self.policy.bureau.cut_off
        if run.until is not None:
            return _until(self.calendar, run.started_on, run.until, margin, at, last)
        days = DayBudget(run.started_on, limit, margin, at, last)
        return _by_day(self.calendar, self.unit, days, stops)

    def _within_another(
        self, limit: int, yellow: RemainingYellow, stops: tuple[Stop, ...]
    ) -> LimitEnd:
        others = self.run.others
        margin = yellow.left(limit) if others is None else yellow.left_within(limit, others)
        found = self._days(limit, margin, time.min, stops)
        return found._replace(near_at=found.near_at and max(self.run.started_at, found.near_at))

    def _with_hours_left(self, limit: int, hours: int, stops: tuple[Stop, ...]) -> LimitEnd:
        found = self._days(limit, None, time.min, stops)
        if found.due_at is None:
            return found
        return _span(found.due, found.due_at, self._hours_before(found.due_at, hours, stops))

    def _hours_before(self, over: datetime, hours: int, stops: tuple[Stop, ...]) -> datetime:
        hall = hall_of(self.calendar, self.policy.bureau.hall_seconds)
        near = _left_with(hall, second_of(self.run.started_at), second_of(over), hours, stops)
        return self.run.started_at if near is None else instant_of_second(near + 1)

    def counted(self, after: datetime, until: datetime, stops: tuple[Stop, ...]) -> int:
        return counted(self._ruler, business_date(after), business_date(until), stops)

    def consumed(self, until: datetime, stops: tuple[Stop, ...]) -> int:
        return counted(self._ruler, self.run.started_on, business_date(until), stops)


class ByHour(Struct, frozen=True, gc=False):
    """Hall hours, from the very second of the start; a stop still takes whole days."""

    run: Run
    hall: HallHours

    def span(self, limit: int, stops: tuple[Stop, ...]) -> LimitEnd:
        over = self._after(limit * HOUR_SECONDS, stops)
        if over is None:
            return OPEN
        yellow = self.run.sla.yellow
        left = None if yellow is None else yellow.left(limit)
        near = None if left is None else self._after((limit - left) * HOUR_SECONDS, stops)
        # Over with the close of a day, it was due on that day and not on the next one.
        return _span(business_date(over - SECOND), over, near)

    def _after(self, seconds: int, stops: tuple[Stop, ...]) -> datetime | None:
        if seconds <= 0:
            return self.run.started_at
        first = second_of(self.run.started_at)
        last = reached(self.hall, first, seconds, spans(stops, DAY_SECONDS))
        return None if last is None else instant_of_second(last + 1)

    def counted(self, after: datetime, until: datetime, stops: tuple[Stop, ...]) -> int:
        stopped = spans(stops, DAY_SECONDS)
        return passed(self.hall, second_of(after), second_of(until), stopped) // HOUR_SECONDS

    def consumed(self, until: datetime, stops: tuple[Stop, ...]) -> int:
        return self.counted(self.run.started_at, until, stops)


class ByClose(Struct, frozen=True, gc=False):
    """Working days from the one on which the hall is open next, until it closes on the last."""

    run: Run
    policy: Policy
    calendar: WorkCalendar

    def span(self, limit: int, stops: tuple[Stop, ...]) -> LimitEnd:
        hall, first = self._hall, self._first
        end = due(self.calendar, date.fromordinal(first // DAY_SECONDS), limit, stops=stops)
        if end is None:
            return OPEN
        over = instant_of_second(
            end.toordinal() * DAY_SECONDS + self.policy.bureau.hall_seconds[-1][1]
        )
        match self.run.sla.yellow:
            case AfterYellow(hours=hours):
                near = reached(hall, first, hours * HOUR_SECONDS, spans(stops, DAY_SECONDS))
            case HoursYellow(hours=hours):
                left = _left_with(hall, first, second_of(over), hours, stops)
                near = first - 1 if left is None else left
            case _:
                near = None
        return _span(end, over, None if near is None else instant_of_second(near + 1))

    @property
    def _hall(self) -> HallHours:
        return hall_of(self.calendar, self.policy.bureau.hall_seconds)

    @property
    def _first(self) -> int:
        """The first second from the start on in which the hall is open."""
        run = self.run
        begun = (
            run.started_at
            if business_date(run.started_at) == run.started_on
            else midnight(run.started_on)
        )
        return self._hall.nth(self._hall.before(second_of(begun)) + 1)

    def counted(self, after: datetime, until: datetime, stops: tuple[Stop, ...]) -> int:
        return counted(self.calendar, business_date(after), business_date(until), stops)

    def consumed(self, until: datetime, stops: tuple[Stop, ...]) -> int:
        since = date.fromordinal(self._first // DAY_SECONDS)
        return counted(self.calendar, since, business_date(until), stops)


class AtOnce(Struct, frozen=True, gc=False):
    """Nothing is counted: what is broken is broken by its first fact."""

    run: Run

    def span(self, limit: int, stops: tuple[Stop, ...]) -> LimitEnd:
        del limit, stops
        return LimitEnd(self.run.started_on, self.run.started_at, None)

    def counted(self, after: datetime, until: datetime, stops: tuple[Stop, ...]) -> int:
        del after, until, stops
        return 0

    def consumed(self, until: datetime, stops: tuple[Stop, ...]) -> int:
        return self.counted(self.run.started_at, until, stops)


@lru_cache(HALLS_KEPT_MAX)
def hall_of(calendar: WorkCalendar, sessions: tuple[tuple[int, int], ...]) -> HallHours:
    """Return the hall hours of a bureau."""
    return HallHours(calendar, sessions)


def measure_of(run: Run, policy: Policy, calendar: WorkCalendar) -> Measure:
    """Return what *run* is measured with."""
    days = UNITS.get(run.unit)
    if days is not None:
        return ByDay(run, policy, calendar, days)
    if run.unit is Unit.HH:
        return ByHour(run, hall_of(calendar, policy.bureau.hall_seconds))
    if run.unit is Unit.DH:
        return ByClose(run, policy, calendar)
    return AtOnce(run)
