"""The application that is taken in for another place (跨域通办)."""

from datetime import date
from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from services.metrics.domain.subjects.terms import Ending
from shared.contracts.course import Course
from shared.contracts.moments import is_meant
from shared.contracts.xregion.course import XREGION
from shared.contracts.xregion.facts import CrossRegionCollected, CrossRegionReturned


class CrossRegion(Subject, frozen=True, array_like=True, gc=False, tag="xregion"):
    """One such application, from the window that took it in to the hand-over of its result."""

    COURSE: ClassVar[Course] = XREGION

    handover: Ending | None = None
    """When the result was handed over (SLA-31c)."""
    mode: str = ""
    """Which way it takes: online, by proxy, at several places (K17.2)."""

    def noted(self, entry: Entry) -> Noted:
        match entry.data:
            case CrossRegionCollected(mode=mode) if not self.mode:
                return {"mode": mode.value}, True
            case CrossRegionReturned(handed_over_date=date() as day) if self.handover is None:
                if not is_meant(day):
                    return {}, False
                return {"handover": Ending(day, entry.time, entry.id, decided=False)}, True
            case _:
                return {}, True
