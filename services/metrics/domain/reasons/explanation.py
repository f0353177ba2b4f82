"""Why a clock is due when it is: all that a person, or another program, needs to find it again."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from msgspec.structs import replace

from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.instants import midnight
from services.metrics.domain.reasons.days import ClockDay, Stopped, days, stopped
from services.metrics.domain.reasons.sentence import sentence
from services.metrics.domain.subjects.terms import Hold
from services.metrics.domain.wording import LANGUAGES, named, words
from services.metrics.views.explanation import ClockDayKind as Kind
from services.metrics.views.explanation import (
    ClockSpan,
    DeadlineDay,
    Explanation,
    Extension,
    Measured,
    Near,
    OpenHours,
)
from services.metrics.views.view import Both
from shared.contracts.handling.words import HoldBasis
from shared.contracts.naming import called
from shared.contracts.supervision.words import AlertLevel
from shared.policy.calendar import WorkCalendar, business_date, local, spelled
from shared.policy.limits import Unit
from shared.policy.yellow import Yellow

ONE_DAY = timedelta(days=1)
NO_DAY = timedelta(0)

NAMED = {Kind.HOLIDAY, Kind.MAKE_UP}

WHOLE_DAYS = (Unit.WD, Unit.ND)

ALIKE_KEPT_MAX = 512
"""Limits of one length that began on one day and are explained on one day."""


@dataclass(frozen=True, slots=True)
class Raised:
    """The card that is explained: its level, its due instant, and how late it was said."""

    level: AlertLevel
    raised_at: datetime
    lateness_ms: int


def explain(
    clock: Clock, at: datetime, raised: Raised | None = None, language: str = LANGUAGES[0]
) -> Explanation:
    """
    Return the explanation of *clock* as it stands at *at*.

    Spans name their first and their last day, both included; a stretch without a
    last day goes on. Laws are cited in *language*, the sentence comes in both.
    """
    told = _told_of(clock, at, language)
    return Explanation(
        subject=clock.subject,
        sla_id=clock.sla.id,
        clock=clock.name.value,
        policy_version=clock.policy.version,
        calendar_version=clock.calendar.version,
        limit=clock.limit,
        unit=clock.unit.value,
        started_by=clock.started_by,
        starts_on=clock.started_on,
        due=clock.due,
        provisional=clock.provisional,
        extensions=_extensions(clock),
        stretches=tuple(_stretches(clock)),
        days=told.days,
        consumed=clock.consumed(at),
        remaining=clock.remaining(at),
        ended_on=clock.ending.ended_on if clock.ending else None,
        level=raised.level if raised else None,
        raised_at=local(raised.raised_at) if raised else None,
        lateness_ms=raised.lateness_ms if raised else None,
        causes=clock.causes,
        episode=clock.run.episode,
        name=Both(*(clock.sla.name[language] for language in LANGUAGES)),
        near_at=local(clock.near_at) if clock.near_at else None,
        due_at=local(clock.due_at) if clock.due_at else None,
        sentence=told.sentence,
        measured=_measured(clock, at),
    )


class _Told(NamedTuple):
    """What is said of the days of a clock, and in one sentence."""

    days: tuple[DeadlineDay, ...]
    sentence: Both


@dataclass(frozen=True, slots=True)
class _Alike:
    """A clock of days that nothing stopped, lengthened or ended: so many are told alike."""

    policy: str
    calendar: WorkCalendar
    sla: str
    unit: Unit
    limit: int
    started_on: date
    on: date
    language: str
    clock: Clock = field(compare=False)
    """One of them."""


def _told_of(clock: Clock, at: datetime, language: str) -> _Told:
    run = clock.run
    moved = clock.holds or clock.ending is not None or len(clock.limits) > 1
    if moved or run.until is not None or run.unit not in WHOLE_DAYS:
        return _told(clock, at, language)
    policy, calendar, on = clock.policy.version, clock.calendar, business_date(at)
    known = _told_alike(
        _Alike(
            policy, calendar, run.sla.id, run.unit, run.limit, run.started_on, on, language, clock
        )
    )
    first, *others = known.days
    if first.event_id is None:
        return known
    return known._replace(days=(replace(first, event_id=run.started_by), *others))


@lru_cache(ALIKE_KEPT_MAX)
def _told_alike(alike: _Alike) -> _Told:
    return _told(alike.clock, midnight(alike.on), alike.language)


def _told(clock: Clock, at: datetime, language: str) -> _Told:
    strip = tuple(days(clock, at))
    return _Told(
        tuple(_day(clock, one, language) for one in strip),
        Both(*(sentence(clock, strip, at, name) for name in LANGUAGES)),
    )


def _measured(clock: Clock, at: datetime) -> Measured:
    run, bureau = clock.run, clock.policy.bureau
    yellow, years = run.sla.yellow, range(clock.started_on.year, _last(clock).year + 1)
    return Measured(
        unit=run.unit.value,
        started_at=local(run.started_at),
        ended_at=local(clock.ended_at) if clock.ended_at else None,
        seen_at=local(at),
        until=_named(run.until),
        cut_off=bureau.cut_off.isoformat(),
        hall=tuple(OpenHours(*(at.isoformat() for at in session)) for session in bureau.hall),
        near=Near(**_rule_of(yellow), others=run.others) if yellow else None,
        unpublished=tuple(year for year in years if not clock.calendar.official(year)),
    )


def _named(until: date | datetime | None) -> str | None:
    if until is None:
        return None
    return spelled(until) if isinstance(until, datetime) else until.isoformat()


def _last(clock: Clock) -> date:
    return clock.due or clock.started_on


@cache
def _rule_of(yellow: Yellow) -> dict[str, Any]:
    """Return what a row says of when it is near, as JSON has it."""
    return yellow.model_dump(mode="json", exclude={"of"})


def _extensions(clock: Clock) -> tuple[Extension, ...]:
    return tuple(
        Extension(after.since, after.limit - before.limit, after.event_id)
        for before, after in pairwise(clock.limits)
    )


def _stretches(clock: Clock) -> list[ClockSpan]:
    """Return running and stopped stretches by turns, from the day after the start."""
    result: list[ClockSpan] = []
    at_once = clock.run.unit in (Unit.HH, Unit.DH) or not clock.limit
    first = clock.started_on + (NO_DAY if at_once else ONE_DAY)
    since: date | None = first
    resumed_by: str | None = clock.started_by
    for stop in stopped(clock):
        if since is not None and stop.first > since:
            result.append(_running(since, stop.first - ONE_DAY, resumed_by))
        if stop.last is None or stop.last >= first:
            result.append(_stopped(stop))
        since = stop.last + ONE_DAY if stop.last else None
        resumed_by = stop.hold.closed_by
    ended_on = clock.ending.ended_on if clock.ending else None
    if since is not None and (ended_on is None or since <= ended_on):
        result.append(_running(since, ended_on, resumed_by))
    return result


def _running(first: date, last: date | None, event_id: str | None) -> ClockSpan:
    return ClockSpan(first, last, running=True, reason=None, legal_basis=None, event_id=event_id)


def _stopped(stop: Stopped) -> ClockSpan:
    hold = stop.hold
    return ClockSpan(
        stop.first,
        stop.last,
        running=False,
        reason=hold.reason,
        legal_basis=hold.basis,
        event_id=hold.opened_by,
    )


def _day(clock: Clock, one: ClockDay, language: str) -> DeadlineDay:
    started_by = clock.started_by if one.kind is Kind.START else None
    return DeadlineDay(
        one.day,
        one.counted,
        _why(one),
        one.kind,
        _law(clock, one, language),
        named(language, one.calendar.name) if one.calendar.name else None,
        one.hold.reason if one.hold else None,
        one.hold.opened_by if one.hold and not started_by else started_by,
        one.calendar.worked,
    )


def _why(one: ClockDay) -> str:
    if one.hold is not None:
        return f"{one.kind}({one.hold.reason}, {one.hold.basis})"
    return f"{one.kind}({one.calendar.name})" if one.kind in NAMED else one.kind.value


def _law(clock: Clock, one: ClockDay, language: str) -> str | None:
    """Return the article that makes *one* what it is."""
    catalogue = words(language)
    match one.kind:
        case Kind.START:
            return catalogue["law.first_day"]
        case Kind.STOPPED if one.hold is not None:
            return ground_of(clock, one.hold, language)
        case Kind.DUE:
            return catalogue["law.last_day"]
        case _ if clock.unit is not Unit.ND:
            return catalogue["law.working_days"]
        case _:
            return None if one.counted else catalogue["law.last_day"]


def ground_of(clock: Clock, hold: Hold, language: str) -> str:
    """Return what lets *hold* stop the clock: a law by name, else the bureau's own rule."""
    waited = {one.reason: one.ground for one in clock.sla.standstills}
    if hold.reason in waited:
        return waited[hold.reason][language]
    if hold.basis == HoldBasis.LOCAL_RULE:
        return clock.policy.by_reason[hold.reason].ground[language]
    return called(HoldBasis, hold.basis, language)
