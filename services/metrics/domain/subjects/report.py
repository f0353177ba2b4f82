"""What people report of the annual plan (进度填报)."""

from datetime import date
from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from shared.contracts.course import Course
from shared.contracts.moments import is_meant
from shared.contracts.plan.course import REPORT
from shared.contracts.plan.facts import ProgressReported

HUNDREDTHS = 100


class ProgressReport(Subject, frozen=True, array_like=True, gc=False, tag="report"):
    """One report, as it was corrected last."""

    COURSE: ClassVar[Course] = REPORT

    indicator: str = ""
    part: str = ""
    hundredths: int = 0
    """The quantity, in hundredths."""
    on: date | None = None
    org_code: str = ""
    target_id: str | None = None
    """Of the target beside which it lies, if it was made against one."""

    def noted(self, entry: Entry) -> Noted:
        match entry.data:
            case ProgressReported() as fact if is_meant(fact.on):
                return {
                    "indicator": fact.indicator,
                    "part": fact.part,
                    "hundredths": int(fact.quantity * HUNDREDTHS),
                    "on": fact.on,
                    "org_code": fact.org.org_code if fact.org else "",
                    "target_id": fact.target_id,
                }, True
            case _:
                return {}, False
