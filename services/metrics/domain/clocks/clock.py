"""A clock: a budget of days, what has been consumed of it, and when it is due therefore."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from services.metrics.domain.subjects.case import Ending, Extension, Hold, Terms
from shared.contracts.types import OrgRef
from shared.contracts.words import ClockName, LimitUnit
from shared.policy.calendar import ZONE, WorkCalendar
from shared.policy.counting import Stop, counted, due, merged, ruler, spent
from shared.policy.sla import Policy, Sla

INSTANTS_KEPT_MAX = 16_384
"""Midnights and cut-offs that are remembered; twenty years of both fit."""

UNITS = {unit.value: unit for unit in LimitUnit}
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """What the clocks of one case are made of; the fold knows all of it."""

    subject: str
    terms: Terms
    holds: tuple[Hold, ...] = ()
    extensions: tuple[Extension, ...] = ()
    ending: Ending | None = None
    org: OrgRef | None = None
    """Who has to answer for it; the bureau itself where nobody is named."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days since which one limit was in force, and the fact that set it."""

    since: date
    limit: int
    event_id: str


@dataclass(frozen=True, slots=True)
class Clock:
    """
    One limit of one case, as all facts that are known today make it.

    *holds* are those that stop it; the others of the case let it run. *due* is
    None while one of them keeps it open, *yellow_from* also where no day is near.
    """

    facts: ClockFacts
    sla: Sla
    policy: Policy
    calendar: WorkCalendar
    unit: LimitUnit
    limits: tuple[Stretch, ...]
    holds: tuple[Hold, ...]
    stops: tuple[Stop, ...]
    due: date | None
    yellow_from: date | None

    @property
    def subject(self) -> str:
        return self.facts.subject

    @property
    def name(self) -> ClockName:
        return self.sla.clock

    @property
    def org(self) -> OrgRef:
        """Who has to answer for it."""
        return self.facts.org or self.policy.bureau.org

    @property
    def started_on(self) -> date:
        return self.facts.terms.effective_on

    @property
    def started_by(self) -> str:
        return self.facts.terms.accepted_by

    @property
    def ending(self) -> Ending | None:
        return self.facts.ending

    @property
    def limit(self) -> int:
        """The limit in days, extensions included."""
        return self.limits[-1].limit

    @property
    def paused(self) -> bool:
        """Whether a hold that stops this clock is still open."""
        return bool(self.stops) and self.stops[-1][1] is None

    @property
    def provisional(self) -> bool:
        """Whether the count enters a year whose notice has not appeared."""
        return self.calendar.provisional(self.started_on, self.due or self.started_on)

    @property
    def red_at(self) -> datetime | None:
        """The first instant after the due day's cut-off."""
        return None if self.due is None else cut_off(self.due, self.policy)

    @property
    def ended_at(self) -> datetime | None:
        """
        The instant at which the clock stopped for good.

        The date that the fact names is what counts; where it was entered on
        another day, its time of day says nothing.
        """
        ending = self.facts.ending
        if ending is None:
            return None
        entered = ending.ended_at.astimezone(ZONE)
        return entered if entered.date() == ending.ended_on else midnight(ending.ended_on)

    def near_from(self, limit: Stretch) -> date | None:
        """Return the first day on which *limit* was near, had it stayed in force."""
        if limit is self.limits[-1]:
            return self.yellow_from
        return _near_from(
            self.sla, self.calendar, self.unit, self.started_on, limit.limit, self.stops
        )

    def due_then(self, limit: Stretch, on: date) -> date:
        """Return when *limit* was due by what had stopped the clock and let it go before *on*."""
        if not self.stops and limit is self.limits[-1]:
            return self.due or on
        stops = tuple(stop for stop in self.stops if stop[0] <= on and stop[1] is not None)
        return due(self.calendar, self.started_on, limit.limit, self.unit, stops) or on

    @property
    def causes(self) -> tuple[str, ...]:
        """The ids of the events that made this clock, in the order in which they acted on it."""
        ids = [self.started_by]
        for hold in self.holds:
            ids += [hold.opened_by, hold.closed_by or ""]
        ids += [limit.event_id for limit in self.limits[1:]]
        ids.append(self.facts.ending.ended_by if self.facts.ending else "")
        return tuple(dict.fromkeys(event_id for event_id in ids if event_id))

    def consumed(self, on: date) -> int:
        """Return the days that had counted by the end of *on*, at most until the clock stopped."""
        ending = self.facts.ending
        until = on if ending is None else min(on, ending.ended_on)
        return counted(ruler(self.calendar, self.unit), self.started_on, until, self.stops)

    def remaining(self, on: date) -> int:
        """Return what is left of the limit, below 0 where it is late; a stop freezes it."""
        return self.limit - self.consumed(on)

    def days_left(self, on: date) -> int:
        """Return the days that count after *on* until it is due; 0 on the due day and later."""
        if self.due is None:
            return self.remaining(on)
        return counted(ruler(self.calendar, self.unit), on, self.due, self.stops)

    def overdue_days(self, on: date) -> int:
        """Return the days that counted after the due day until *on*, or until the clock stopped."""
        if self.due is None:
            return 0
        ending = self.facts.ending
        until = on if ending is None else min(on, ending.ended_on)
        return counted(ruler(self.calendar, self.unit), self.due, until, self.stops)


@lru_cache(INSTANTS_KEPT_MAX)
def midnight(day: date) -> datetime:
    """Return the instant at which *day* begins for the bureau."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


@lru_cache(INSTANTS_KEPT_MAX)
def _cut_off(day: date, hour: int, minute: int, second: int) -> datetime:
    last = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=ZONE)
    # The last day of all has no instant after it; only what was let in before starts there.
    return last if day == date.max else last + SECOND


def cut_off(day: date, policy: Policy) -> datetime:
    """Return the first instant at which *day* is over for a deadline."""
    last = policy.bureau.cut_off
    return _cut_off(day, last.hour, last.minute, last.second)


def clocks(facts: ClockFacts, policy: Policy, calendar: WorkCalendar) -> tuple[Clock, ...]:
    """Return the committed and the statutory clock of a case, from all that is known of it."""
    terms = facts.terms
    return (
        _clock(facts, policy, calendar, ClockName.COMMITTED, terms.committed_limit),
        _clock(facts, policy, calendar, ClockName.STATUTORY, terms.statutory_limit),
    )


def _clock(
    facts: ClockFacts, policy: Policy, calendar: WorkCalendar, name: ClockName, limit: int
) -> Clock:
    terms = facts.terms
    unit = UNITS[terms.committed_unit if name is ClockName.COMMITTED else terms.statutory_unit]
    sla, start = policy.by_clock[name], terms.effective_on
    holds = _stopping(facts, policy, name) if facts.holds else ()
    stops = _stops(holds, facts.ending) if holds else ()
    limits: tuple[Stretch, ...] = (Stretch(start, limit, terms.accepted_by),)
    if facts.extensions:
        limits = _extended(limits[0], facts, policy, calendar, unit, stops)
        limit = limits[-1].limit
    return Clock(
        facts=facts,
        sla=sla,
        policy=policy,
        calendar=calendar,
        unit=unit,
        limits=limits,
        holds=holds,
        stops=stops,
        due=due(calendar, start, limit, unit, stops),
        yellow_from=_near_from(sla, calendar, unit, start, limit, stops),
    )


def _near_from(
    sla: Sla,
    calendar: WorkCalendar,
    unit: LimitUnit,
    start: date,
    limit: int,
    stops: tuple[Stop, ...],
) -> date | None:
    margin = sla.yellow.days(limit)
    if margin is None:
        return None
    measure = ruler(calendar, unit)
    if unit is not LimitUnit.WD:
        end = due(calendar, start, limit, unit, stops)
        if end is None:
            return None
        limit = counted(measure, start, end, stops)
    return spent(measure, start, limit - margin, stops)


def _stopping(facts: ClockFacts, policy: Policy, name: ClockName) -> tuple[Hold, ...]:
    """Return the holds that stop this clock, earliest first."""
    ending, holds = facts.ending, facts.holds
    if len(holds) > 1:
        holds = tuple(sorted(holds, key=lambda hold: (hold.opened_on, hold.hold_id)))
    times: dict[str, int] = {}
    stopping = []
    for hold in holds:
        over = ending is not None and hold.opened_on >= ending.ended_on
        before = times.get(hold.reason, 0)
        if over or name not in hold.pauses:
            continue
        if policy.may_pause(name, hold.reason, hold.basis, times_before=before):
            times[hold.reason] = before + 1
            stopping.append(hold)
    return tuple(stopping)


def _stops(holds: tuple[Hold, ...], ending: Ending | None) -> tuple[Stop, ...]:
    """Return the days on which *holds* stop the clock; none outlives the case."""
    if ending is None:
        return merged((hold.opened_on, hold.closed_on) for hold in holds)
    last = ending.ended_on
    return merged((hold.opened_on, min(hold.closed_on or last, last)) for hold in holds)


def _extended(
    first: Stretch,
    facts: ClockFacts,
    policy: Policy,
    calendar: WorkCalendar,
    unit: LimitUnit,
    stops: tuple[Stop, ...],
) -> tuple[Stretch, ...]:
    """Return the limits in their order; an extension that came after the due day is none."""
    limits = [first]
    for extension in sorted(facts.extensions, key=lambda one: (one.approved_on, one.approved_by)):
        ended = facts.ending is not None and extension.approved_on > facts.ending.ended_on
        if ended or len(limits) > policy.bureau.extensions_max:
            break
        end = due(calendar, first.since, limits[-1].limit, unit, stops)
        if end is None or extension.approved_on <= end:
            since = max(extension.approved_on, first.since)
            limits.append(Stretch(since, limits[-1].limit + extension.days, extension.approved_by))
    return tuple(limits)
