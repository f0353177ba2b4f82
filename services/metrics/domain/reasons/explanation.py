"""Why a clock is due when it is: all that a person, or another program, needs to find it again."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.reasons.days import ClockDay, Kind, Stopped, days, stopped
from services.metrics.domain.reasons.sentence import sentence
from services.metrics.domain.subjects.case import Hold
from services.metrics.domain.wording import LANGUAGES, named, words
from shared.contracts.handling.words import HoldBasis
from shared.contracts.naming import called
from shared.contracts.supervision.words import AlertLevel
from shared.policy.calendar import spelled
from shared.policy.limits import Unit

Document = dict[str, Any]
"""What becomes JSON."""

ONE_DAY = timedelta(days=1)
NO_DAY = timedelta(0)

NAMED = {Kind.HOLIDAY, Kind.MAKE_UP}


@dataclass(frozen=True, slots=True)
class Raised:
    """The card that is explained: its level, its due instant, and how late it was said."""

    level: AlertLevel
    raised_at: datetime
    lateness_ms: int


def explain(
    clock: Clock, at: datetime, raised: Raised | None = None, language: str = LANGUAGES[0]
) -> Document:
    """
    Return the explanation of *clock* as it stands at *at*.

    Spans name their first and their last day, both included; a stretch without a
    last day goes on. Laws are cited in *language*, the sentence comes in both.
    """
    strip = tuple(days(clock, at))
    return {
        "subject": clock.subject,
        "sla_id": clock.sla.id,
        "episode": clock.run.episode,
        "clock": clock.name.value,
        "name": clock.sla.name,
        "policy_version": clock.policy.version,
        "calendar_version": clock.calendar.version,
        "limit": clock.limit,
        "unit": clock.unit.value,
        "started_by": clock.started_by,
        "starts_on": clock.started_on.isoformat(),
        "near_at": spelled(clock.near_at) if clock.near_at else None,
        "due": _iso(clock.due),
        "due_at": spelled(clock.due_at) if clock.due_at else None,
        "provisional": clock.provisional,
        "extensions": _extensions(clock),
        "stretches": _stretches(clock),
        "days": [_day(clock, one, language) for one in strip],
        "consumed": clock.consumed(at),
        "remaining": clock.remaining(at),
        "ended_on": _iso(clock.ending.ended_on if clock.ending else None),
        "level": raised.level.value if raised else None,
        "raised_at": spelled(raised.raised_at) if raised else None,
        "lateness_ms": raised.lateness_ms if raised else None,
        "causes": list(clock.causes),
        "sentence": {name: sentence(clock, strip, at, name) for name in LANGUAGES},
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _extensions(clock: Clock) -> list[Document]:
    return [
        {
            "on": after.since.isoformat(),
            "days": after.limit - before.limit,
            "event_id": after.event_id,
        }
        for before, after in zip(clock.limits, clock.limits[1:], strict=False)
    ]


def _stretches(clock: Clock) -> list[Document]:
    """Return running and stopped stretches by turns, from the day after the start."""
    result: list[Document] = []
    at_once = clock.unit is Unit.HH or not clock.limit
    since: date | None = clock.started_on + (NO_DAY if at_once else ONE_DAY)
    resumed_by: str | None = clock.started_by
    for stop in stopped(clock):
        if since is not None and stop.first > since:
            result.append(_running(since, stop.first - ONE_DAY, resumed_by))
        if stop.last is None or stop.last > clock.started_on:
            result.append(_stopped(stop))
        since = stop.last + ONE_DAY if stop.last else None
        resumed_by = stop.hold.closed_by
    ended_on = clock.ending.ended_on if clock.ending else None
    if since is not None and (ended_on is None or since <= ended_on):
        result.append(_running(since, ended_on, resumed_by))
    return result


def _running(first: date, last: date | None, event_id: str | None) -> Document:
    return {
        "from": first.isoformat(),
        "to": _iso(last),
        "running": True,
        "reason": None,
        "legal_basis": None,
        "event_id": event_id,
    }


def _stopped(stop: Stopped) -> Document:
    return {
        "from": stop.first.isoformat(),
        "to": _iso(stop.last),
        "running": False,
        "reason": stop.hold.reason,
        "legal_basis": stop.hold.basis,
        "event_id": stop.hold.opened_by,
    }


def _day(clock: Clock, one: ClockDay, language: str) -> Document:
    entry: Document = {
        "date": one.day.isoformat(),
        "counted": one.counted,
        "why": _why(one),
        "kind": one.kind.value,
        "law": _law(clock, one, language),
    }
    if one.calendar.name:
        entry["name"] = named(language, one.calendar.name)
    if one.hold is not None:
        entry |= {"ground": one.hold.reason, "event_id": one.hold.opened_by}
    if one.kind is Kind.START:
        entry["event_id"] = clock.started_by
    return entry


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
            return _ground(clock, one.hold, language)
        case Kind.DUE:
            return catalogue["law.last_day"]
        case _ if clock.unit is not Unit.ND:
            return catalogue["law.working_days"]
        case _:
            return None if one.counted else catalogue["law.last_day"]


def _ground(clock: Clock, hold: Hold, language: str) -> str:
    """Return what lets *hold* stop the clock: a law by name, else the bureau's own rule."""
    waited = {one.reason: one.ground for one in clock.sla.standstills}
    if hold.reason in waited:
        return waited[hold.reason][language]
    if hold.basis == HoldBasis.LOCAL_RULE:
        return clock.policy.by_reason[hold.reason].ground[language]
    return called(HoldBasis, hold.basis, language)
