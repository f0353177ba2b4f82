"""The agency in the supermarket of intermediaries (中介机构), and what it is engaged for."""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from shared.contracts.course import Course
from shared.contracts.envelope import Fact
from shared.contracts.intermediary import facts
from shared.contracts.intermediary.course import AGENCY, ENGAGEMENT
from shared.policy.calendar import business_date


class Agency(Subject, frozen=True, array_like=True, gc=False, tag="agency"):
    """One agency, from its application to its removal."""

    COURSE: ClassVar[Course] = AGENCY
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({facts.AgencyRefused, facts.AgencyAdmitted})
    EFFECTIVE: ClassVar[Mapping[type[Fact], str]] = {facts.AgencyApplied: "date"}


class Engagement(Subject, frozen=True, array_like=True, gc=False, tag="engagement"):
    """One engagement of an agency, from its opening to its rating."""

    COURSE: ClassVar[Course] = ENGAGEMENT
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({facts.EngagementDelivered})

    ordered_on: date | None = None
    """When it was opened (K11.2)."""
    delivered_on: date | None = None
    in_time: bool | None = None
    """Whether the work came within its limit, as assist says; None where it has none (K11.3)."""
    level: str = ""
    rated_on: date | None = None
    """How satisfied whoever engaged the agency is, and when that was said (K11.3)."""

    def noted(self, entry: Entry) -> Noted:
        day = business_date(entry.time)
        match entry.data:
            case facts.EngagementOpened():
                return {"ordered_on": self.ordered_on or day}, True
            case facts.EngagementDelivered(delivered_on_time=in_time) if self.delivered_on is None:
                return {"delivered_on": day, "in_time": in_time}, True
            case facts.EngagementRated(level=level) if self.rated_on is None:
                return {"level": level.value, "rated_on": day}, True
            case _:
                return {}, True
