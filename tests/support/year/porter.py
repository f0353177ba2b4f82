"""
A porter who stands at the door of the hall and counts, day by day or minute by minute.

Nothing here knows how to calculate: whatever is asked is found by waiting for it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import cache, cached_property
from typing import NamedTuple

from shared.policy.calendar import ZONE
from tests.support.year.lookups import day_of
from tests.support.year.rows import Ran, Row

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
OFF = {
    2024: "01-01 02-10..02-17 04-04..04-06 05-01..05-05 06-10 09-15..09-17 10-01..10-07",
    2025: "01-01 01-28..02-04 04-04..04-06 05-01..05-05 05-31..06-02 10-01..10-08",
    2026: "01-01..01-03 02-15..02-23 04-04..04-06 05-01..05-05 06-19..06-21 09-25..09-27"
    " 10-01..10-07",
}
"""The days off of the State Council's notices (domain.md 2.1)."""
MADE_UP = {
    2024: "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    2025: "01-26 02-08 04-27 09-28 10-11",
    2026: "01-04 02-14 02-28 05-09 09-20 10-10",
}
"""The days worked in their stead."""


def _days(table: dict[int, str]) -> frozenset[date]:
    found = set()
    for year, spans in table.items():
        for span in spans.split():
            first, _, last = span.partition("..")
            day = date.fromisoformat(f"{year}-{first}")
            while day <= date.fromisoformat(f"{year}-{last or first}"):
                found.add(day)
                day += DAY
    return frozenset(found)


DAYS_OFF, MAKE_UPS = _days(OFF), _days(MADE_UP)


@cache
def is_worked(day: date) -> bool:
    return day in MAKE_UPS or (day not in DAYS_OFF and day.weekday() < 5)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


class Ends(NamedTuple):
    """What a limit comes to: its last day, when it is too late, when it is near."""

    due: date | None
    due_at: datetime | None
    near_at: datetime | None


NEVER = Ends(None, None, None)


class Told(NamedTuple):
    """A card: its level, from when it is true, and when it is over."""

    level: str
    raised_at: datetime
    over_at: datetime | None


@dataclass(frozen=True)
class Porter:
    """Waits for one limit."""

    ran: Ran
    bureau: Row

    @cached_property
    def ended_at(self) -> datetime | None:
        if self.ran.ended is None:
            return None
        day, at = self.ran.ended
        return at if day_of(at) == day else midnight(day)

    @cached_property
    def pauses(self) -> tuple[tuple[date, date | None], ...]:
        """From when to when it stands still; nothing stands still once it is over."""
        last = self.ran.ended[0] if self.ran.ended else None
        return tuple(
            (one.since, min(one.until or last, last) if last else one.until)
            for one in self.ran.pauses
        )

    @cached_property
    def sessions(self) -> list[tuple[time, time]]:
        return [tuple(map(time.fromisoformat, one)) for one in self.bureau["hall"]]  # type: ignore[misc]  # pairs

    def paused(self, day: date) -> bool:
        return any(since <= day and (until is None or day < until) for since, until in self.pauses)

    def for_ever(self, day: date) -> bool:
        """Say whether it stands still on *day* and nobody knows until when."""
        return any(until is None and since <= day for since, until in self.pauses)

    def works(self, day: date) -> bool:
        return is_worked(day) and not self.paused(day)

    def counts(self, day: date) -> bool:
        return not self.paused(day) if self.ran.unit == "ND" else self.works(day)

    def hall_is_open(self, at: datetime) -> bool:
        local = at.astimezone(ZONE)
        return is_worked(local.date()) and any(
            opens <= local.time() < closes for opens, closes in self.sessions
        )

    def is_open(self, at: datetime) -> bool:
        """Say whether the hall is open in the minute that begins *at*, and the clock runs."""
        return self.hall_is_open(at) and not self.paused(day_of(at))

    def open_minutes(self, since: datetime, until: datetime | None = None) -> Iterator[datetime]:
        """Yield the ends of the minutes that count, until it stands still for ever."""
        at = since.astimezone(ZONE)
        while not self.for_ever(at.date()) and (until is None or at < until):
            if not self.works(at.date()):
                at = midnight(at.date() + DAY)
                continue
            if self.is_open(at):
                yield at + MINUTE
            at += MINUTE

    def after_minutes(self, since: datetime, minutes: int) -> datetime | None:
        if minutes <= 0:
            return since
        for number, at in enumerate(self.open_minutes(since), 1):
            if number == minutes:
                return at
        return None

    def minutes_between(self, since: datetime, until: datetime) -> int:
        return sum(1 for _ in self.open_minutes(since, until))

    def days_between(self, after: date, until: date, counts: Callable[[date], bool]) -> int:
        day, found = after, 0
        while day < until:
            day += DAY
            found += counts(day)
        return found

    def after_days(self, first: date, days: int, counts: Callable[[date], bool]) -> date | None:
        day = first
        while days > 0:
            day += DAY
            if counts is not is_worked and self.for_ever(day):
                return None
            days -= counts(day)
        return day

    @cached_property
    def opening(self) -> datetime:
        """When the hall is open first, from the start on."""
        ran = self.ran
        at = (
            ran.started_at if day_of(ran.started_at) == ran.started_on else midnight(ran.started_on)
        )
        while not self.hall_is_open(at):
            at += MINUTE
        return at

    @cached_property
    def unit(self) -> str:
        """In what it is counted; what has a latest day is over then if it would be later."""
        ran = self.ran
        if ran.unit != "WD" or ran.until is None:
            return ran.unit
        due = self.after_days(ran.started_on, ran.limit, self.works)
        return "AT" if due is not None and due > ran.until else "WD"

    def ends(self, limit: int) -> Ends:
        ran = self.ran
        if self.unit == "AO":
            return Ends(ran.started_on, ran.started_at, None)
        due, over = self.last(limit)
        near = self.near(limit, due, over)
        return Ends(due, over, None if near and over and near >= over else near)

    def last(self, limit: int) -> tuple[date | None, datetime | None]:
        ran = self.ran
        if self.unit == "HH":
            over = self.after_minutes(ran.started_at, limit * 60)
            return (day_of(over - timedelta(seconds=1)) if over else None), over
        if self.unit == "AT":
            due = ran.until
        elif self.unit == "DH":
            due = self.after_days(day_of(self.opening), limit, self.works)
        else:
            due = self.after_days(ran.started_on, limit, self.counts)
        while self.unit == "ND" and limit and due is not None and not self.works(due):
            due = None if self.for_ever(due) else due + DAY
        if due is None:
            return None, None
        if self.unit == "DH":
            return due, datetime.combine(due, self.sessions[-1][1], ZONE)
        cut_off = time.fromisoformat(self.bureau["cut_off"])
        return due, datetime.combine(due, cut_off, ZONE) + timedelta(seconds=1)

    def near(self, limit: int, due: date | None, over: datetime | None) -> datetime | None:
        yellow = self.ran.row.get("yellow")
        if yellow is None or (over is None and not (self.unit == "WD" and yellow["by"] != "hours")):
            return None
        if yellow["by"] == "after":
            return self.after_minutes(self.opening, yellow["hours"] * 60)
        if self.unit == "HH":
            return self.near_by_minutes(limit, yellow)
        if yellow["by"] == "hours" and over is not None:
            begun = self.opening if self.unit == "DH" else self.ran.started_at
            left = self.minutes_between(begun, over) - yellow["hours"] * 60
            return self.after_minutes(begun, left)
        return self.near_by_days(limit, due, yellow)

    def near_by_minutes(self, limit: int, yellow: Row) -> datetime | None:
        if self.is_near(yellow, limit, Fraction(0)):
            return self.ran.started_at
        minutes = enumerate(self.open_minutes(self.ran.started_at), 1)
        near = (at for n, at in minutes if self.is_near(yellow, limit, Fraction(n, 60)))
        return next(near, None)

    def near_by_days(self, limit: int, due: date | None, yellow: Row) -> datetime | None:
        ran, counts = self.ran, is_worked if self.unit == "AT" else self.counts
        total = limit
        if due is not None and self.unit != "WD":
            total = self.days_between(ran.started_on, due, counts)
        day, passed = ran.started_on, 0
        while not self.is_near(yellow, limit, Fraction(passed), total):
            day += DAY
            if day.year > ran.started_on.year + 5 or (
                counts is not is_worked and self.for_ever(day)
            ):
                return None
            passed += counts(day)
        at = datetime.combine(day, time.fromisoformat(yellow.get("at", "00:00")), ZONE)
        return max(at, ran.started_at) if yellow["by"] == "remaining" else at

    def is_near(  # noqa: PLR0911 - a case for each word of a row
        self, yellow: Row, limit: int, passed: Fraction, total: int | None = None
    ) -> bool:
        """Say whether *limit* is near once so much of it has *passed*, of so much in all."""
        left = (limit if total is None else total) - passed
        match yellow["by"]:
            case "the day before":
                return bool(limit > 0 and left <= (1 if limit > 1 else 0))
            case "share" if limit < yellow["limit_min"]:
                return False
            case "share" if limit <= yellow["zero_upto"]:
                return left <= 0
            case "share":
                share = int(Fraction(yellow["fraction"]) * limit)
                return bool(left <= min(yellow["days_max"], max(yellow["days_min"], share)))
            case "remaining" if self.ran.others is not None and left > 0:
                return bool(self.ran.others - passed <= yellow["days"])
            case "remaining":
                return left <= 0
            case by:
                return bool(left <= yellow[by])

    @cached_property
    def limits(self) -> list[tuple[date, int]]:
        """Since when it had how many days: more are granted in time or not at all."""
        ran = self.ran
        limit = ran.limit
        if self.unit == "AT" and ran.until is not None:
            limit = self.days_between(ran.started_on, ran.until, is_worked)
        found = [(ran.started_on, limit)]
        for on, days in sorted(ran.extensions, key=lambda one: one[0]):
            if len(found) > ran.row["extensions"]["times_max"] or (ran.ended and on > ran.ended[0]):
                break
            due = self.ends(found[-1][1]).due
            if due is None or on <= due:
                found.append((max(on, ran.started_on), found[-1][1] + days))
        return found

    @cached_property
    def end(self) -> Ends:
        return self.ends(self.limits[-1][1])

    def cards(self) -> list[Told]:
        """Return every card that should be raised, in the order of time."""
        over, ended, heard = self.end.due_at, self.ended_at, self.ran.row["recipients"]
        late = None
        if over is not None and (ended is None or ended >= over):
            late = Told(self.ran.row.get("late", "RED"), over, ended)
        told = [*self.yellows(late)] + ([late] if late else [])
        return [one for one in told if one.level in heard]

    def yellows(self, late: Told | None) -> Iterator[Told]:
        """Yield the cards of what is near: look whenever one might appear or go."""
        stages = [(midnight(since), self.ends(limit).near_at) for since, limit in self.limits]
        moments = {near for _, near in stages if near is not None} | {at for at, _ in stages[1:]}
        near_level = self.ran.row.get("near_level", "YELLOW")
        showing: datetime | None = None
        for now in sorted(moments):
            if self.ended_at is not None and now > self.ended_at:
                break
            near = [near for since, near in stages if since <= now][-1:]
            is_near = near != [] and near[0] is not None and near[0] <= now
            if is_near and showing is None:
                showing = now
            elif not is_near and showing is not None:
                yield Told(near_level, showing, now)
                showing = None
        if showing is not None:
            yield Told(near_level, showing, late.raised_at if late else self.ended_at)

    def consumed(self, at: datetime) -> int:
        """Return how much of the limit has counted by *at*."""
        until = at if self.ended_at is None else min(at, self.ended_at)
        ran, due = self.ran, self.end.due
        if self.unit == "AO":
            return 0
        if self.unit == "HH":
            return self.minutes_between(ran.started_at, until) // 60
        first = day_of(self.opening) if self.unit == "DH" else ran.started_on
        day, found = first, 0
        while day < day_of(until):
            day += DAY
            waits = self.unit == "ND" and due is not None and found >= self.limits[-1][1]
            found += self.counts(day) and not (waits and due is not None and day <= due)
        return found

    def left(self, at: datetime) -> int:
        """Return how much counts from *at* until it is due."""
        due, over, _ = self.end
        if due is None or over is None:
            return self.limits[-1][1] - self.consumed(at)
        return self.between(at, due, over)

    def overdue(self, at: datetime) -> int:
        """Return how much counted from when it was due until *at*."""
        until = at if self.ended_at is None else min(at, self.ended_at)
        due, over, _ = self.end
        if due is None or over is None or self.unit == "AO":
            return 0
        if self.unit == "HH":
            return self.minutes_between(over, until) // 60
        return self.days_between(due, day_of(until), self.counts)

    def between(self, at: datetime, due: date, over: datetime) -> int:
        if self.unit == "AO":
            return 0
        if self.unit == "HH":
            return self.minutes_between(at, over) // 60
        return self.days_between(day_of(at), due, self.counts)
