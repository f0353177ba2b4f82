"""Facts for clocks, short to write and to read."""

from datetime import date, datetime, time

from services.metrics.domain.clocks.clock import Clock, ClockFacts, clocks
from services.metrics.domain.subjects.case import Ending, Extension, Hold, Terms
from shared.contracts.words import ClockName
from shared.policy.calendar import ZONE, WorkCalendar, official_calendar
from shared.policy.sla import Policy, bureau_policy

BOTH = (ClockName.COMMITTED.value, ClockName.STATUTORY.value)


def day(text: str) -> date:
    return date.fromisoformat(text)


def instant(text: str) -> datetime:
    """Return the local instant that *text* names."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def terms(
    start: str, *, committed: int = 20, statutory: int = 20, unit: str = "WD", by: str = "accepted"
) -> Terms:
    return Terms(day(start), by, statutory, unit, committed, unit)


def hold(
    opened: str,
    closed: str | None = None,
    *,
    name: str = "H1",
    reason: str = "TESTING",
    basis: str = "LICENSING_LAW_45",
    pauses: tuple[str, ...] = BOTH,
) -> Hold:
    return Hold(
        hold_id=name,
        reason=reason,
        basis=basis,
        pauses=pauses,
        opened_on=day(opened),
        opened_by=f"{name}-opened",
        closed_on=day(closed) if closed else None,
        closed_by=f"{name}-closed" if closed else None,
    )


def extension(approved: str, days: int = 10) -> Extension:
    return Extension(day(approved), days, "extended")


def decision(on: str, at: time = time(15)) -> Ending:
    return Ending(day(on), datetime.combine(day(on), at, ZONE), "decided", decided=True)


def clock(
    facts: ClockFacts,
    name: ClockName = ClockName.STATUTORY,
    *,
    policy: Policy | None = None,
    calendar: WorkCalendar | None = None,
) -> Clock:
    both = clocks(facts, policy or bureau_policy(), calendar or official_calendar())
    return next(one for one in both if one.name is name)
