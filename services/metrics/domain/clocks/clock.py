"""A clock: a run under the rules, what has been consumed of it, and when it is due therefore."""

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct

from services.metrics.domain.clocks.instants import midnight
from services.metrics.domain.clocks.measure import LimitEnd, Measure, measure_of
from services.metrics.domain.clocks.run import ClockKey, Run
from services.metrics.domain.subjects.terms import Ending, Hold
from shared.contracts.supervision.words import AlertLevel
from shared.contracts.types import OrgRef
from shared.contracts.words import ClockName
from shared.policy.calendar import ZONE, WorkCalendar
from shared.policy.counting import Stop, merged
from shared.policy.limits import Limit, Unit
from shared.policy.sla import Policy

SHOWN_AS_DAYS = (Unit.AT, Unit.DH, Unit.AO)


class LimitInForce(Struct, frozen=True, gc=False):
    """The days since which one limit was in force, and the fact that set it."""

    since: date
    limit: int
    event_id: str


class Clock(Struct, frozen=True, gc=False):
    """
    One run, as all facts that are known today make it.

    *holds* are those that stop it; the others of the case let it run. *due* is
    None while one of them keeps it open, *near_at* also where it is never near.
    """

    run: Run
    policy: Policy
    calendar: WorkCalendar
    limits: tuple[LimitInForce, ...]
    holds: tuple[Hold, ...]
    stops: tuple[Stop, ...]
    due: date | None
    due_at: datetime | None
    """The first instant at which it is too late."""
    near_at: datetime | None
    ended_at: datetime | None
    """
    The instant at which the clock stopped for good.

    The date that the fact names is what counts; where it was entered on
    another day, its time of day says nothing.
    """

    @property
    def key(self) -> ClockKey:
        return self.run.key

    @property
    def sla(self) -> Limit:
        return self.run.sla

    @property
    def subject(self) -> str:
        return self.run.subject

    @property
    def name(self) -> ClockName:
        return self.run.sla.clock

    @property
    def warning(self) -> AlertLevel:
        """The level of the card that says that it is near; that of what is late has the row."""
        return self.policy.bureau.supervision.warning

    @property
    def unit(self) -> Unit:
        return Unit.WD if self.run.unit in SHOWN_AS_DAYS else self.run.unit

    @property
    def org(self) -> OrgRef:
        """Who has to answer for it; the bureau itself where nobody is named."""
        run = self.run
        if not run.org_code:
            return self.policy.bureau.org
        return OrgRef.model_construct(org_code=run.org_code, org_name=run.org_name)

    @property
    def started_on(self) -> date:
        return self.run.started_on

    @property
    def started_by(self) -> str:
        return self.run.started_by

    @property
    def ending(self) -> Ending | None:
        return self.run.ending

    @property
    def limit(self) -> int:
        """The limit in its unit, extensions included."""
        return self.limits[-1].limit

    @property
    def paused(self) -> bool:
        """Whether a hold that stops this clock is still open."""
        return bool(self.stops) and self.stops[-1][1] is None

    @property
    def provisional(self) -> bool:
        """Whether the count enters a year whose notice has not appeared."""
        return self.calendar.provisional(self.started_on, self.due or self.started_on)

    def near_then(self, limit: LimitInForce) -> datetime | None:
        """Return when *limit* would have come near, had it stayed in force."""
        if limit is self.limits[-1]:
            return self.near_at
        return self._measure.span(limit.limit, self.stops).near_at

    def due_then(self, limit: LimitInForce, on: date) -> date:
        """Return when *limit* was due by what had stopped the clock and let it go before *on*."""
        if not self.stops and limit is self.limits[-1]:
            return self.due or on
        stops = tuple(stop for stop in self.stops if stop[0] <= on and stop[1] is not None)
        return self._measure.span(limit.limit, stops).due or on

    def why(self, hold: Hold) -> str | Mapping[str, str]:
        """Return what stopped it: the code of a hold's reason, or the words of the row's own."""
        waited = {one.reason: one.name for one in self.sla.standstills}
        return waited.get(hold.reason, hold.reason)

    @property
    def causes(self) -> tuple[str, ...]:
        """The ids of the events that made this clock, in the order in which they acted on it."""
        ids = [self.started_by]
        for hold in self.holds:
            ids += [hold.opened_by, hold.closed_by or ""]
        ids += [limit.event_id for limit in self.limits[1:]]
        ids.append(self.ending.ended_by if self.ending else "")
        return tuple(dict.fromkeys(event_id for event_id in ids if event_id))

    def consumed(self, at: datetime) -> int:
        """
        Return what had counted by *at*, a day wholly, at most until the clock stopped.

        Days on which natural days wait for a working one (T-03) are no part of the limit.
        """
        counted = self._counted(until := self._until(at))
        if self.run.unit is not Unit.ND or self._end is None or counted <= self.limit:
            return counted
        return counted - self._counted(min(until, self._end)) + self.limit

    def remaining(self, at: datetime) -> int:
        """Return what is left of the limit, below 0 where it is late; a stop freezes it."""
        return self.limit - self.consumed(at)

    def left(self, at: datetime) -> int:
        """Return what counts after *at* until it is due; 0 on the due day and later."""
        end = self._end
        return self.remaining(at) if end is None else self._measure.counted(at, end, self.stops)

    def overdue(self, at: datetime) -> int:
        """Return what counted after it was due until *at*, or until the clock stopped."""
        end = self._end
        return 0 if end is None else self._measure.counted(end, self._until(at), self.stops)

    def stood(self, at: datetime) -> int:
        """Return how much would have counted by *at*, or by when it was due, but for the stops."""
        if not self.stops:
            return 0
        until = min(self._until(at), self._end or at)
        return self._measure.consumed(until, ()) - self._counted(until)

    @property
    def _end(self) -> datetime | None:
        """An instant of the last day, or the last instant itself where hours count."""
        if self.due is None or self.unit is Unit.HH:
            return self.due_at
        return midnight(self.due)

    def _counted(self, until: datetime) -> int:
        return self._measure.consumed(until, self.stops)

    def _until(self, at: datetime) -> datetime:
        ended = self.ended_at
        return at if ended is None else min(at, ended)

    @property
    def _measure(self) -> Measure:
        return measure_of(self.run, self.policy, self.calendar)


def clock_of(run: Run, policy: Policy, calendar: WorkCalendar) -> Clock:
    """Return the clock of *run*, from all that is known of it."""
    holds = _stopping(run, policy) if run.holds or run.stood else ()
    stops = _stops(holds, run.ending) if holds else ()
    measure = measure_of(run, policy, calendar)
    limit = run.limit if run.until is None else _limit(run, run.until, measure)
    limits: tuple[LimitInForce, ...] = (LimitInForce(run.started_on, limit, run.started_by),)
    span = measure.span(limit, stops)
    if run.extensions:
        limits = _extended(limits[0], run, measure, span, stops)
        span = measure.span(limits[-1].limit, stops)
    ended_at = None if run.ending is None else _ended_at(run.ending)
    return Clock(run, policy, calendar, limits, holds, stops, *span, ended_at)


def _ended_at(ending: Ending) -> datetime:
    """Return the instant of *ending*, in the bureau's zone."""
    entered = ending.ended_at.astimezone(ZONE)
    return entered if entered.date() == ending.ended_on else midnight(ending.ended_on)


def _limit(run: Run, named: date | datetime, measure: Measure) -> int:
    """Return how much the limit is until the day or the instant that somebody *named*."""
    until = named if isinstance(named, datetime) else midnight(named)
    return measure.counted(midnight(run.started_on), until, ())


def _stopping(run: Run, policy: Policy) -> tuple[Hold, ...]:
    """Return the holds that stop this run, earliest first."""
    ending, name = run.ending, run.sla.held_with
    holds = run.holds
    if len(holds) > 1:
        holds = tuple(sorted(holds, key=lambda hold: (hold.opened_on, hold.hold_id)))
    times: dict[str, int] = {}
    stopping = []
    for hold in holds:
        over = ending is not None and hold.opened_on >= ending.ended_on
        before = times.get(hold.reason, 0)
        if over or name is None or name not in hold.pauses:
            continue
        if policy.may_pause(name, hold.reason, hold.basis, times_before=before, item=run.item):
            times[hold.reason] = before + 1
            stopping.append(hold)
    if run.stood:
        stopping += [one for one in run.stood if ending is None or one.opened_on < ending.ended_on]
        stopping.sort(key=lambda hold: (hold.opened_on, hold.hold_id))
    return tuple(stopping)


def _stops(holds: tuple[Hold, ...], ending: Ending | None) -> tuple[Stop, ...]:
    """Return the days on which *holds* stop the clock; none outlives the case."""
    if ending is None:
        return merged((hold.opened_on, hold.closed_on) for hold in holds)
    last = ending.ended_on
    return merged((hold.opened_on, min(hold.closed_on or last, last)) for hold in holds)


def _extended(
    first: LimitInForce, run: Run, measure: Measure, span: LimitEnd, stops: tuple[Stop, ...]
) -> tuple[LimitInForce, ...]:
    """Return the limits in their order; an extension that came after the due day is none."""
    limits = [first]
    times_max = run.sla.extensions.times_max if run.sla.extensions else 0
    for extension in sorted(run.extensions, key=lambda one: (one.approved_on, one.approved_by)):
        ended = run.ending is not None and extension.approved_on > run.ending.ended_on
        if ended or len(limits) > times_max:
            break
        if span.due is None or extension.approved_on <= span.due:
            since = max(extension.approved_on, first.since)
            limits.append(
                LimitInForce(since, limits[-1].limit + extension.days, extension.approved_by)
            )
            span = measure.span(limits[-1].limit, stops)
    return tuple(limits)
