"""A deadline in one sentence, as a clerk would say it."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import groupby

from services.metrics.domain import wording as words
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.reasons.days import ClockDay, Stopped, stopped
from services.metrics.views.explanation import ClockDayKind as Kind
from shared.policy.calendar import WEEK_WORKDAYS, ZONE, business_date
from shared.policy.counting import NATURAL_DAYS, spent
from shared.policy.limits import Unit

TO_THE_MINUTE = (Unit.HH, Unit.DH)
"""Units of limits that end within a day."""


class Narrator:
    """Says dates and clauses in one language; the year only of days outside *year*."""

    def __init__(self, language: str, year: int) -> None:
        self.language = language
        self._year = year

    def day(self, on: date) -> str:
        return words.day(self.language, on, full=on.year != self._year)

    def span(self, first: date, last: date) -> str:
        if first == last:
            return self.day(first)
        if (first.year, first.month) != (last.year, last.month) or first.year != self._year:
            return words.say(self.language, "span.many", first=self.day(first), last=self.day(last))
        return words.say(
            self.language, "span.month", month=first.month, day=first.day, last=last.day
        )

    def amount(self, n: int, unit: str) -> str:
        return words.amount(self.language, n, unit)

    def say(self, clause: str, **values: object) -> str:
        worded = {
            name: self.day(value) if isinstance(value, date) else value
            for name, value in values.items()
        }
        return words.say(self.language, f"sentence.{clause}", **worded)


def sentence(clock: Clock, strip: Iterable[ClockDay], at: datetime, language: str) -> str:
    """Return why *clock* is due when it is: start, exceptions in the order of time, end."""
    on = business_date(at)
    narrator = Narrator(language, clock.started_on.year)
    counted = [day for day in strip if clock.due is None or day.day <= clock.due]
    clauses = sorted(
        [
            *(() if clock.unit is Unit.ND else _off_and_on(counted, narrator)),
            *_stops(clock, narrator, at),
            *_changes(clock, narrator),
        ]
    )
    told = [_start(clock, Narrator(language, on.year)), *(text for _, text in clauses)]
    if clock.due is not None and clock.run.unit is not Unit.AO:
        told.append(_end(clock, narrator, at))
    catalogue = words.words(language)
    return catalogue["clause"].join(told) + catalogue["stop"]


def _start(clock: Clock, begun: Narrator) -> str:
    said = clock.sla.begins[begun.language].format(on=begun.day(clock.started_on))
    if clock.unit is Unit.HH:
        return begun.say("start_hours", begun=said, time=clock_time(clock.run.started_at))
    at_once = clock.due == clock.started_on or clock.run.until is not None
    return said if at_once else begun.say("start", begun=said)


def clock_time(instant: datetime) -> str:
    """Return what the bureau's clocks show at *instant*."""
    return f"{instant.astimezone(ZONE):%H:%M}"


def _off_and_on(strip: Iterable[ClockDay], narrator: Narrator) -> Iterator[tuple[date, str]]:
    """Yield what the calendar did beyond ordinary weeks."""
    for (kind, name), run in groupby(strip, key=lambda day: (day.kind, day.calendar.name)):
        days = [one.day for one in run]
        if kind is Kind.MAKE_UP or (kind is Kind.DUE and days[0].weekday() >= WEEK_WORKDAYS):
            for day in days:
                yield day, narrator.say("make_up", on=day, weekday=day.weekday())
        elif kind is Kind.HOLIDAY and any(day.weekday() < WEEK_WORKDAYS for day in days):
            span = narrator.span(days[0], days[-1])
            yield days[0], narrator.say("holiday", span=span, name=name)


def _stops(clock: Clock, narrator: Narrator, at: datetime) -> Iterator[tuple[date, str]]:
    for stop in stopped(clock):
        if clock.due is None or stop.first <= clock.due:
            yield stop.first, _stop(stop, clock, narrator, at)


def _stop(stop: Stopped, clock: Clock, narrator: Narrator, at: datetime) -> str:
    hold = clock.why(stop.hold)
    if stop.last is not None:
        return narrator.say("stopped", span=narrator.span(stop.first, stop.last), hold=hold)
    return narrator.say(
        "stopped_open",
        on=stop.first,
        hold=hold,
        remaining=narrator.amount(clock.remaining(at), clock.unit),
    )


def _changes(clock: Clock, narrator: Narrator) -> Iterator[tuple[date, str]]:
    for before, after in zip(clock.limits, clock.limits[1:], strict=False):
        days = narrator.amount(after.limit - before.limit, clock.unit)
        yield after.since, narrator.say("extended", on=after.since, days=days)
    if clock.due is None or clock.unit is not Unit.ND:
        return
    nominal = spent(NATURAL_DAYS, clock.started_on, clock.limit, clock.stops)
    if nominal is not None and clock.limit and nominal != clock.due:
        yield nominal, narrator.say("rolled", on=nominal)


def _end(clock: Clock, narrator: Narrator, at: datetime) -> str:
    due, due_at, ended_at = clock.due or clock.started_on, clock.due_at, clock.ended_at
    text = _due(clock, due, narrator)
    if clock.provisional:
        unpublished = next(
            year
            for year in range(clock.started_on.year, due.year + 1)
            if not clock.calendar.official(year)
        )
        text += narrator.say("provisional", year=unpublished)
    if ended_at is not None:
        late = due_at is not None and ended_at >= due_at
        return text + narrator.say("late" if late else "on_time", on=business_date(ended_at))
    if overdue := clock.overdue(at):
        amount = narrator.amount(overdue, clock.unit)
        text += narrator.say("overdue", on=business_date(at), days=amount)
    return text


def _due(clock: Clock, due: date, narrator: Narrator) -> str:
    if clock.due_at is not None and clock.run.unit in TO_THE_MINUTE:
        return narrator.say("due_hours", on=due, time=clock_time(clock.due_at))
    return narrator.say("due_today" if due == clock.started_on else "due", on=due)
