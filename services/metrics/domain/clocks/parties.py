"""Who used up the clock (用时方): whose each day was, so that the parts make the whole."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.instants import SECOND, midnight
from services.metrics.domain.clocks.measure import measure_of
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.subject import CourseStep, Subject
from services.metrics.domain.subjects.terms import Hold
from shared.contracts.words import ClockParty
from shared.policy.calendar import WorkCalendar, business_date
from shared.policy.parties import AwaitedStretch, Parties

ONE_DAY = timedelta(days=1)
SINCE = attrgetter("since")
NO_DAYS: Mapping[ClockParty, int] = dict.fromkeys(ClockParty, 0)


class Waited(NamedTuple):
    """Days on which *party* was waited for: from *since* on, and before *until*."""

    since: date
    until: date | None
    party: ClockParty


class PartyDays(NamedTuple):
    """A run of days that are one party's, by the last of them."""

    party: ClockParty
    last: date


class PartyTime(NamedTuple):
    """What passed while it was one party's turn, and how much of that counted against the limit."""

    party: ClockParty
    elapsed: int
    counted: int


def case_waits(dossier: Dossier, parties: Parties) -> list[Waited]:
    """Return when the case waited for somebody, by its holds and by what goes on beside it."""
    found, by_subject = [*_held(dossier.case.holds, parties)], parties.by_subject
    for subject in dossier.subjects:
        for waiting in by_subject.get(subject.COURSE.subject, ()):
            if not waiting.alone:
                found += _said(subject, waiting)
    return found


def clock_waits(clock: Clock, dossier: Dossier, parties: Parties) -> list[Waited]:
    """Return when what *clock* measures waited for somebody; a case waits for all beside it."""
    run = clock.run
    subject = _measured(clock, dossier)
    if isinstance(subject, Case):
        return case_waits(dossier, parties)
    waitings = parties.by_subject.get(subject.COURSE.subject, ())
    return [
        *_held(run.stood, parties),
        *(one for waiting in waitings for one in _said(subject, waiting)),
    ]


def _measured(clock: Clock, dossier: Dossier) -> Subject:
    kind, name = clock.sla.subject, clock.subject
    return next(one for one in dossier.subjects if one.COURSE.subject == kind and one.name == name)


def _held(holds: tuple[Hold, ...], parties: Parties) -> Iterator[Waited]:
    for hold in holds if len(holds) < 2 else sorted(holds, key=_opened):  # noqa: PLR2004 - in order
        yield Waited(hold.opened_on, hold.closed_on, parties.of_reason(hold.reason))


def _opened(hold: Hold) -> tuple[date, str]:
    return hold.opened_on, hold.hold_id


def _said(subject: Subject, waiting: AwaitedStretch) -> Iterator[Waited]:
    beginning, ending = waiting.beginning, waiting.ending
    begun: CourseStep | None = None
    for step in subject.steps:
        if begun is None:
            if step.fact in beginning and _meets(step, beginning[step.fact]):
                begun = step
        elif step.fact in ending and _meets(step, ending[step.fact]):
            yield Waited(begun.day, step.day, waiting.party)
            begun = None
    if begun is not None:
        yield Waited(begun.day, None, waiting.party)


def _meets(step: CourseStep, asked: frozenset[str | None]) -> bool:
    """Say whether *step* meets one of the guards that are *asked*; None asks for none."""
    return None in asked or not asked.isdisjoint(step.meets)


def turns(waits: Iterable[Waited], first: date, last: date) -> Iterator[PartyDays]:
    """
    Yield whose each day from *first* to *last* is.

    Where several are waited for at once, a day is of the one who was waited for
    first; where nobody is, it is the bureau's.
    """
    day = first
    for since, until, party in sorted(waits, key=SINCE):
        begun = max(since, day)
        if begun > last:
            break
        if until is not None and until <= begun:
            continue
        if begun > day:
            yield PartyDays(ClockParty.BUREAU, begun - ONE_DAY)
        if until is None or until > last:
            yield PartyDays(party, last)
            return
        yield PartyDays(party, until - ONE_DAY)
        day = until
    if day <= last:
        yield PartyDays(ClockParty.BUREAU, last)


def used_by(clock: Clock, waits: Iterable[Waited], at: datetime) -> tuple[PartyTime, ...]:
    """
    Return whose turn it was while *clock* ran or stood, until *at* or until it ended.

    In whole units of the clock; of hall hours a broken one is of whoever had its end.
    What counted adds up to what is consumed.
    """
    measure = measure_of(clock.run, clock.policy, clock.calendar)
    until = at if clock.ended_at is None else min(at, clock.ended_at)
    last = business_date(until)
    elapsed, counted = {**NO_DAYS}, {**NO_DAYS}
    elapsed_before = counted_before = 0
    for party, day in turns(waits, clock.started_on, last):
        # Before the last day a turn ends with its day, whatever is counted on it.
        moment = until if day == last else midnight(day + ONE_DAY) - SECOND
        elapsed_now, counted_now = measure.consumed(moment, ()), clock.consumed(moment)
        elapsed[party] += elapsed_now - elapsed_before
        counted[party] += counted_now - counted_before
        elapsed_before, counted_before = elapsed_now, counted_now
    return tuple(PartyTime(party, all_, counted[party]) for party, all_ in elapsed.items() if all_)


def case_used_by(
    dossier: Dossier, parties: Parties, calendar: WorkCalendar, until: date
) -> tuple[PartyTime, ...]:
    """Return whose the working days were from the receipt of a case to its end, or to *until*."""
    case = dossier.case
    if case.received_on is None:
        return ()
    first = case.received_on
    last = min(until, case.ending.ended_on) if case.ending else until
    waits = case_waits(dossier, parties)
    if not waits:
        # As most cases are, and the fold asks for each of their last facts.
        whole = calendar.working_days_between(first, last)
        return (PartyTime(ClockParty.BUREAU, whole, whole),) if whole else ()

    days, before = {**NO_DAYS}, first
    for party, day in turns(waits, first, last):
        days[party] += calendar.working_days_between(before, day)
        before = day
    return tuple(PartyTime(party, whole, whole) for party, whole in days.items() if whole)
