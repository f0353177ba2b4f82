"""Where an inspection stands, and what intake remembers of it."""

from dataclasses import dataclass, replace
from datetime import date

from shared.contracts.envelope import Fact
from shared.contracts.inspection.course import INSPECTION, InspectionState
from shared.contracts.inspection.facts import (
    DefectExpired,
    DefectOrdered,
    InspectionCreated,
    InspectionFollowedUp,
    InspectionScheduled,
    VisitConcluded,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """One inspection, as its facts made it."""

    state: str = InspectionState.ABSENT
    orgs: tuple[str, ...] = ()
    """The organisations that inspect, by their codes."""
    reschedules: int = 0
    """Dates that were given up for the visit that is due."""
    deadline: date | None = None
    """The last day to put right what was found."""
    is_concluded: bool = False
    """Whether a conclusion is signed, be it of an earlier visit."""
    has_answered: bool = False
    """Whether somebody has said how the last conclusion came about."""


INITIAL = Inspection()


def evolve(inspection: Inspection, fact: Fact) -> Inspection:
    """Return the inspection after *fact*; one without a legal transition leaves it."""
    state = INSPECTION.target(inspection.state, fact)
    if state is None:
        return inspection
    return replace(_noted(inspection, fact), state=state)


def _noted(inspection: Inspection, fact: Fact) -> Inspection:
    match fact:
        case InspectionCreated():
            inspecting = (fact.org, *fact.joint_orgs)
            return replace(inspection, orgs=tuple(one.org_code for one in inspecting))
        case InspectionScheduled():
            return replace(inspection, reschedules=fact.reschedule_no)
        case VisitConcluded() | DefectExpired():
            return replace(inspection, is_concluded=True, has_answered=False)
        case DefectOrdered():
            return replace(inspection, deadline=fact.deadline)
        case InspectionFollowedUp():
            return replace(inspection, has_answered=fact.answered)
        case _:
            return inspection
