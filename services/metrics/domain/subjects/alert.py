"""The yellow or red card that lies on a subject: supervision's own facts."""

from datetime import date
from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from shared.contracts.course import Course
from shared.contracts.supervision.course import ALERT
from shared.contracts.supervision.facts import AlertRaised
from shared.policy.calendar import business_date


class Card(Subject, frozen=True, array_like=True, gc=False, tag="card"):
    """One card: what it is about, and since when it lies there."""

    COURSE: ClassVar[Course] = ALERT

    level: str = ""
    basis: str = ""
    raised_on: date | None = None

    def noted(self, entry: Entry) -> Noted:
        match entry.data:
            case AlertRaised(level=level, basis=basis) if self.raised_on is None:
                raised_on = business_date(entry.time)
                return {"level": level.value, "basis": basis.value, "raised_on": raised_on}, True
            case _:
                return {}, True
