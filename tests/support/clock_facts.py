"""Facts for clocks, short to write and to read."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.instants import midnight
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.picture import clocks_of
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.subject import CourseStep
from services.metrics.domain.subjects.terms import Ending, Extension, Hold, Terms
from shared.contracts.intake.facts import ApplicationAccepted
from shared.contracts.words import ClockName
from shared.policy.calendar import ZONE, WorkCalendar, official_calendar
from shared.policy.rules import shipped
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


@dataclass(frozen=True)
class ClockFacts:
    """What the two clocks of one case are made of."""

    subject: str
    terms: Terms
    holds: tuple[Hold, ...] = ()
    extensions: tuple[Extension, ...] = ()
    ending: Ending | None = None

    @property
    def dossier(self) -> Dossier:
        """The case as the fold would keep it."""
        accepted = CourseStep(
            ApplicationAccepted.TYPE, midnight(self.terms.effective_on), self.terms.accepted_by
        )
        case = Case(
            name=self.subject,
            steps=(accepted,),
            terms=self.terms,
            holds=self.holds,
            extensions=self.extensions,
            ending=self.ending,
        )
        return Dossier(key=self.subject, subjects=(case,))


def clocks(
    facts: ClockFacts, policy: Policy | None = None, calendar: WorkCalendar | None = None
) -> tuple[Clock, ...]:
    """Return the committed and the statutory clock."""
    rules = replace(
        shipped(),
        policies=((date.min, policy or bureau_policy()),),
        calendar=calendar or official_calendar(),
    )
    return clocks_of(facts.dossier, rules)


def clock(
    facts: ClockFacts,
    name: ClockName = ClockName.STATUTORY,
    *,
    policy: Policy | None = None,
    calendar: WorkCalendar | None = None,
) -> Clock:
    return next(one for one in clocks(facts, policy, calendar) if one.name is name)
