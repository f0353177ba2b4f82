"""What a clock will or should have raised, and when: in business time, whoever looks."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import zip_longest

from services.metrics.domain.clocks.clock import Clock, LimitInForce
from services.metrics.domain.clocks.instants import midnight
from shared.contracts.supervision.words import AlertLevel
from shared.policy.calendar import business_date

BOTH = 2
"""A row with so many levels has a card when it is near, and another one when it is late."""


class Over(StrEnum):
    """Why an alert ceased to matter."""

    DONE = "done"
    MORE_TIME = "more_time"
    RED_NOW = "red_now"
    LATE_NOW = "late_now"
    """Another card of the same colour has taken its place."""


@dataclass(frozen=True, slots=True)
class Expected:
    """
    An alert that the facts call for, from the instant at which it became true.

    *over_at* is when it ceased to matter without having been wrong: the work was
    done, more time was granted, or what is late took the place of what is near.
    """

    level: AlertLevel
    raised_at: datetime
    due: date
    """The due date as it stood then."""
    over_at: datetime | None
    over: Over | None
    over_by: str = ""
    """The id of the event that ended it; empty where the passing of time did."""


def expected(clock: Clock) -> tuple[Expected, ...]:
    """Return every alert of *clock* from its start to its end, earliest first."""
    red = _red(clock)
    wanted = (*_yellows(clock, red), red) if red else _yellows(clock, red)
    heard = clock.sla.recipients
    return wanted if len(heard) > 1 else tuple(one for one in wanted if one.level in heard)


def first_at(clock: Clock) -> datetime | None:
    """
    Return when *clock* first calls for an alert: what *expected* begins with, but cheaply.

    One that sends a card up calls for that.
    """
    if clock.sla.escalates:
        return lapses_at(clock)
    if len(clock.limits) > 1 or len(clock.sla.recipients) < BOTH:
        called_for = expected(clock)
        return called_for[0].raised_at if called_for else None
    near, ended_at = clock.near_at, clock.ended_at
    if near is not None and (ended_at is None or near <= ended_at):
        return near
    red = _red(clock)
    return None if red is None else red.raised_at


def is_settled(clock: Clock) -> bool:
    """Say whether nobody ever hears of *clock*: it ended, and had called for no alert by then."""
    return clock.ending is not None and first_at(clock) is None


def lapses_at(clock: Clock) -> datetime | None:
    """Return when *clock* has waited in vain; None once somebody has done what it waits for."""
    return clock.due_at if clock.ending is None else None


def _red(clock: Clock) -> Expected | None:
    """Return the breach: a clock is late once, unless it ended before its cut-off."""
    due, breached_at, ending = clock.due, clock.due_at, clock.ending
    if due is None or breached_at is None:
        return None
    if ending is None:
        return Expected(clock.sla.late, breached_at, due, None, None)
    ended_at = clock.ended_at
    if ended_at is not None and ended_at < breached_at:
        return None
    return Expected(clock.sla.late, breached_at, due, ended_at, Over.DONE, ending.ended_by)


def _yellows(clock: Clock, red: Expected | None) -> tuple[Expected, ...]:
    """
    Return when the limit was near: from its first yellow instant until another replaced it.

    An extension that comes after the first yellow day does not make the yellow
    wrong: it was near then. So each limit is judged by the days it was in force.
    """
    yellows: list[Expected] = []
    near_since: datetime | None = None
    for limit, following in zip_longest(clock.limits, clock.limits[1:]):
        near = _near(clock, limit, following)
        if near_since is None:
            near_since = near
        if near_since is None or (following is not None and _near_still(clock, following)):
            continue
        yellows.append(_yellow(clock, limit, near_since, following, red))
        near_since = None
    return tuple(yellows)


def _near(clock: Clock, limit: LimitInForce, following: LimitInForce | None) -> datetime | None:
    """Return the instant at which *limit* came near, while it was in force and the clock ran."""
    near = clock.near_then(limit)
    if near is not None and limit is not clock.limits[0]:
        near = max(near, midnight(limit.since))
    if near is None or (following is not None and near >= midnight(following.since)):
        return None
    ended_at = clock.ended_at
    return None if ended_at is not None and near > ended_at else near


def _near_still(clock: Clock, limit: LimitInForce) -> bool:
    """Whether *limit* was near from the first day on which it was in force."""
    near = clock.near_then(limit)
    return near is not None and near <= midnight(limit.since)


def _yellow(
    clock: Clock,
    limit: LimitInForce,
    since: datetime,
    following: LimitInForce | None,
    red: Expected | None,
) -> Expected:
    due, ending = clock.due_then(limit, business_date(since)), clock.ending
    if following is not None:
        granted_at = midnight(following.since)
        return Expected(clock.warning, since, due, granted_at, Over.MORE_TIME, following.event_id)
    if red is not None:
        over = Over.RED_NOW if red.level is AlertLevel.RED else Over.LATE_NOW
        return Expected(clock.warning, since, due, red.raised_at, over)
    if ending is not None:
        return Expected(clock.warning, since, due, clock.ended_at, Over.DONE, ending.ended_by)
    return Expected(clock.warning, since, due, None, None)
