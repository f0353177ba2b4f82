"""The site inspection (现场勘验)."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from shared.contracts.course import Course
from shared.contracts.envelope import Fact
from shared.contracts.inspection import facts
from shared.contracts.inspection.course import INSPECTION, InspectionState
from shared.contracts.inspection.words import InspectionResult
from shared.contracts.moments import is_meant
from shared.policy.calendar import business_date


class Inspection(Subject, frozen=True, array_like=True, gc=False, tag="inspection"):
    """One inspection with its visits; *result* is what the last conclusion said."""

    COURSE: ClassVar[Course] = INSPECTION
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({facts.VisitConcluded, facts.DefectExpired})
    STATED: ClassVar[Mapping[type[Fact], str]] = {facts.DefectOrdered: "deadline"}

    result: str = ""
    first_result: str = ""
    """What the first visit found: who passes then passes at once (K24.5)."""
    attempt_no: int = 1
    """The visit that is due or was last; above 1 a re-inspection (K24.5, SLA-16)."""
    mode: str = ""
    """On the spot, by camera or with other organisations (I-07)."""
    org_code: str = ""
    org_name: str = ""
    """Who inspects: its figures and cards stand beside this organisation."""
    checklist_id: str = ""
    """The standard by which it is inspected (K24.4)."""
    checked: int = 0
    """How many lines of the checklist the last conclusion answers (K24.4)."""
    evidence: int = 0
    """How many documents the last conclusion rests on (K24.4)."""
    scheduled: int = 0
    """How often a visit got a date (K24.6)."""
    moved_by_bureau: int = 0
    moved_by_applicant: int = 0
    """How often who gave a date up (K24.6; the applicant's are shown with SLA-13)."""
    deadline: date | None = None
    """The last day to put right what was found (SLA-15)."""
    followed_up_on: date | None = None
    """When somebody was first asked how it went (K24.2)."""
    answered_on: date | None = None
    """When somebody answered (K24.1)."""
    level: str = ""
    """How satisfied whoever answered is (K24.1)."""

    @property
    def answered(self) -> bool:
        return self.answered_on is not None


def _created(inspection: Inspection, _: Entry, fact: facts.InspectionCreated) -> Noted:
    if inspection.checklist_id:
        return {}, False
    return {
        "mode": fact.mode.value,
        "attempt_no": fact.attempt_no,
        "checklist_id": fact.checklist_id,
        "org_code": fact.org.org_code,
        "org_name": fact.org.org_name,
    }, True


def _scheduled(inspection: Inspection, _: Entry, fact: facts.InspectionScheduled) -> Noted:
    again = inspection.state == InspectionState.DEFECT_SUBMITTED
    by = fact.reschedule_by
    return {
        "attempt_no": inspection.attempt_no + again,
        "scheduled": inspection.scheduled + 1,
        "moved_by_bureau": inspection.moved_by_bureau + (by == "BUREAU"),
        "moved_by_applicant": inspection.moved_by_applicant + (by == "APPLICANT"),
    }, True


def _concluded(inspection: Inspection, _: Entry, fact: facts.VisitConcluded) -> Noted:
    first = fact.result.value if inspection.attempt_no == 1 else ""
    return {
        "result": fact.result.value,
        "first_result": inspection.first_result or first,
        "checked": len(fact.checks),
        "evidence": len(fact.evidence),
    }, True


def _ordered(_: Inspection, __: Entry, fact: facts.DefectOrdered) -> Noted:
    if not is_meant(fact.deadline):
        return {}, False
    return {"deadline": fact.deadline}, True


def _expired(_: Inspection, __: Entry, ___: facts.DefectExpired) -> Noted:
    return {"result": InspectionResult.FAIL.value}, True


def _followed_up(inspection: Inspection, entry: Entry, fact: facts.InspectionFollowedUp) -> Noted:
    day = business_date(entry.time)
    asked: dict[str, Any] = {"followed_up_on": inspection.followed_up_on or day}
    if not fact.answered:
        return asked, True
    level = "" if fact.level is None else fact.level.value
    return {**asked, "answered_on": day, "level": level}, True


Inspection.NOTING = {
    facts.InspectionCreated: _created,
    facts.InspectionScheduled: _scheduled,
    facts.VisitConcluded: _concluded,
    facts.DefectOrdered: _ordered,
    facts.DefectExpired: _expired,
    facts.InspectionFollowedUp: _followed_up,
}
