"""The visit to those who are served (五进五送), and the need that was raised on it."""

from datetime import date
from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from shared.contracts.course import Course
from shared.contracts.envelope import Fact
from shared.contracts.outreach.course import NEED, OUTREACH
from shared.contracts.outreach.facts import NeedRaised, NeedResolved, OutreachVisitHeld
from shared.policy.calendar import business_date


class OutreachVisit(Subject, frozen=True, array_like=True, gc=False, tag="outreach"):
    """One visit."""

    COURSE: ClassVar[Course] = OUTREACH
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({OutreachVisitHeld})

    track: str = ""
    """What was brought to whom (K19.1)."""


class OutreachNeed(Subject, frozen=True, array_like=True, gc=False, tag="need"):
    """One need, from when it was raised until it was met."""

    COURSE: ClassVar[Course] = NEED
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({NeedResolved})

    raised_on: date | None = None
    """The day in whose figures it counts, met or not (K19.2)."""


def _held(visit: OutreachVisit, _: Entry, fact: OutreachVisitHeld) -> Noted:
    return {"track": visit.track or fact.track.value}, True


def _raised(need: OutreachNeed, entry: Entry, _: NeedRaised) -> Noted:
    return {"raised_on": need.raised_on or business_date(entry.time)}, True


OutreachVisit.NOTING = {OutreachVisitHeld: _held}
OutreachNeed.NOTING = {NeedRaised: _raised}
