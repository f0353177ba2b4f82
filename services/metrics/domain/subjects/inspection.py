"""The site inspection (现场勘验)."""

from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from shared.contracts.course import Course
from shared.contracts.envelope import Fact
from shared.contracts.inspection.course import INSPECTION
from shared.contracts.inspection.facts import DefectExpired, VisitConcluded
from shared.contracts.inspection.words import InspectionResult


class Inspection(Subject, frozen=True, array_like=True, tag="inspection"):
    """One inspection with its visits; *result* is what the last conclusion said."""

    COURSE: ClassVar[Course] = INSPECTION
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({VisitConcluded, DefectExpired})

    result: str = ""

    def noted(self, entry: Entry) -> Noted:
        match entry.data:
            case VisitConcluded(result=result):
                return {"result": result.value}, True
            case DefectExpired():
                return {"result": InspectionResult.FAIL.value}, True
            case _:
                return {}, True
