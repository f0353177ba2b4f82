"""An order of supervision's (督办), and the organisation that has to answer it."""

from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from shared.contracts.course import Course
from shared.contracts.envelope import Fact
from shared.contracts.supervision.course import ORDER
from shared.contracts.supervision.facts import OrderAnswered, OrderIssued


class Directive(Subject, frozen=True, array_like=True, gc=False, tag="order"):
    """One order, from its issue to its answer."""

    COURSE: ClassVar[Course] = ORDER
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({OrderAnswered})

    org_code: str = ""
    org_name: str = ""

    def noted(self, entry: Entry) -> Noted:
        match entry.data:
            case OrderIssued(to_org=org) if not self.org_code:
                return {"org_code": org.org_code, "org_name": org.org_name}, True
            case _:
                return {}, True
