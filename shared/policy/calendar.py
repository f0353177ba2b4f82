"""Which days are worked: the State Council's notices, else Monday to Friday."""

import hashlib
import json
from bisect import bisect_left
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Self
from zoneinfo import ZoneInfo

from chinese_calendar import Holiday, holidays, workdays

ZONE = ZoneInfo("Asia/Shanghai")
"""Business dates are local dates here."""

MINUTE = timedelta(minutes=1)
NO_OFFSET = timedelta(0)
WEEK_DAYS = 7
WEEK_WORKDAYS = 5
NAMELESS = "法定节假日"
"""What a day off is called where its notice gives no name."""

SPELLED_OUT = {"清明": "清明节", "端午": "端午节", "中秋": "中秋节"}


def business_date(instant: datetime) -> date:
    """Return the bureau's calendar day at *instant*, which must be aware."""
    if instant.tzinfo is None:
        raise ValueError("a naive time has no business date")
    return instant.astimezone(ZONE).date()


def local(instant: datetime) -> datetime:
    """
    Return *instant* in the bureau's zone, as far as RFC 3339 can write it.

    Before 1901 the zone kept local mean time, whose offset has seconds that
    RFC 3339 cannot say: an instant of then is in UTC.
    """
    there = instant.astimezone(ZONE)
    offset = there.utcoffset() or NO_OFFSET
    return there if offset % MINUTE == NO_OFFSET else instant.astimezone(UTC)


def spelled(instant: datetime, timespec: str = "auto") -> str:
    """Return *instant* as RFC 3339 writes it, in the bureau's zone."""
    return local(instant).isoformat(timespec=timespec)


class DayKind(StrEnum):
    """Why a day is or is not worked."""

    WEEKDAY = "weekday"
    WEEKEND = "weekend"
    DAY_OFF = "day_off"
    MAKE_UP = "make_up"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day of the calendar; *name* is the holiday that it belongs to or makes up for."""

    kind: DayKind
    name: str = ""
    settled_by: int | None = field(default=None, compare=False)
    """The year whose notice said so: mostly its own, sometimes the one beside it."""

    @property
    def worked(self) -> bool:
        return self.kind in (DayKind.WEEKDAY, DayKind.MAKE_UP)


WEEKDAY = CalendarDay(DayKind.WEEKDAY)
WEEKEND = CalendarDay(DayKind.WEEKEND)


class WorkCalendar:
    """
    An immutable calendar; a new notice makes a new one with another version.

    The version follows from the days alone, so equal calendars have equal
    versions wherever they were built. Ordinals are those of *date.toordinal*.
    """

    __slots__ = (
        "_before",
        "_drift",
        "_exceptions",
        "_first",
        "_worked",
        "official_years",
        "version",
    )

    def __init__(
        self, official_years: Collection[int], exceptions: Mapping[date, CalendarDay]
    ) -> None:
        self.official_years = frozenset(official_years)
        self._exceptions = dict(sorted(exceptions.items()))
        self.version = _version(self.official_years, self._exceptions)
        years = {*official_years, *(day.year for day in exceptions)} or {1}
        self._first = date(min(years), 1, 1).toordinal()
        last = date(max(years), 12, 31).toordinal()
        span = range(self._first, last + 1)
        self._worked = [ordinal for ordinal in span if self.is_workday(date.fromordinal(ordinal))]
        start = _weekdays_before(self._first)
        self._before = [start + bisect_left(self._worked, ordinal) for ordinal in span]
        self._drift = start + len(self._worked) - _weekdays_before(last + 1)

    def kind(self, day: date) -> CalendarDay:
        plain = WEEKDAY if day.weekday() < WEEK_WORKDAYS else WEEKEND
        return self._exceptions.get(day, plain)

    def is_workday(self, day: date) -> bool:
        return self.kind(day).worked

    def official(self, year: int) -> bool:
        """Whether the notice for *year* is known; else Monday to Friday stands in for it."""
        return year in self.official_years

    def provisional(self, start: date, until: date) -> bool:
        """Whether a count from *start* to *until* enters a year without a notice."""
        first, last, years = start.year, until.year, self.official_years
        if first == last:
            return first not in years
        return any(year not in years for year in range(first, last + 1))

    def before(self, ordinal: int) -> int:
        """Return how many working days lie before *ordinal*, from the first day of all."""
        index = ordinal - self._first
        if 0 <= index < len(self._before):
            return self._before[index]
        return _weekdays_before(ordinal) + (self._drift if index > 0 else 0)

    def nth(self, count: int) -> int:
        """Return the ordinal of the working day that *count* - 1 working days lie before."""
        index = count - 1 - self._before[0]
        if 0 <= index < len(self._worked):
            return self._worked[index]
        week, weekday = divmod(count - 1 - (self._drift if index > 0 else 0), WEEK_WORKDAYS)
        return week * WEEK_DAYS + weekday + 1

    def working_days_between(self, after: date, until: date) -> int:
        """Return the working days in (*after*, *until*]; 0 where *until* is not later."""
        return max(0, self.before(until.toordinal() + 1) - self.before(after.toordinal() + 1))

    def working_days_back(self, until: date, count: int) -> date:
        """Return the earliest day that at most *count* working days lie behind, up to *until*."""
        return date.fromordinal(self.nth(self.before(until.toordinal() + 1) - count))

    def published(
        self, years: Collection[int], days_off: Mapping[date, str], make_ups: Mapping[date, str]
    ) -> Self:
        """
        Return this calendar with the notice for *years* in place of an earlier one for them.

        It settles those years, and of those beside them the days that it names;
        what another year's notice says of a day that this one does not name stays.
        """
        kept = {d: what for d, what in self._exceptions.items() if what.settled_by not in years}

        def settled(kind: DayKind, days: Mapping[date, str]) -> dict[date, CalendarDay]:
            return {
                day: CalendarDay(
                    kind, name or NAMELESS, min(years, key=lambda year: abs(day.year - year))
                )
                for day, name in days.items()
            }

        named = settled(DayKind.DAY_OFF, days_off) | settled(DayKind.MAKE_UP, make_ups)
        return type(self)(self.official_years.union(years), kept | named)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WorkCalendar) and self.version == other.version

    def __hash__(self) -> int:
        return hash(self.version)

    def __repr__(self) -> str:
        return f"WorkCalendar({self.version})"


def _weekdays_before(ordinal: int) -> int:
    weeks, rest = divmod(ordinal - 1, WEEK_DAYS)  # day 1 of the calendar was a Monday
    return weeks * WEEK_WORKDAYS + min(rest, WEEK_WORKDAYS)


def _version(years: frozenset[int], exceptions: Mapping[date, CalendarDay]) -> str:
    days = [(day.isoformat(), what.kind.value, what.name) for day, what in exceptions.items()]
    digest = hashlib.sha256(json.dumps([sorted(years), days]).encode()).hexdigest()[:8]
    return f"cn-{min(years)}-{max(years)}-{digest}" if years else f"cn-none-{digest}"


@cache
def official_calendar() -> WorkCalendar:
    """Return the calendar of every notice that the installed chinesecalendar knows."""
    names = {word.value: SPELLED_OUT.get(word.chinese, word.chinese) for word in Holiday}
    off = {
        day: CalendarDay(DayKind.DAY_OFF, names[name], day.year) for day, name in holidays.items()
    }
    on = {
        day: CalendarDay(DayKind.MAKE_UP, names[name], day.year) for day, name in workdays.items()
    }
    first, last = min(holidays).year, max(holidays).year
    return WorkCalendar(range(first, last + 1), off | on)
