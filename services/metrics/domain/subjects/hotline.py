"""The ticket of the 12345 hotline (热线工单)."""

from datetime import date
from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from shared.contracts.course import Course
from shared.contracts.envelope import Fact
from shared.contracts.hotline import facts
from shared.contracts.hotline.course import TICKET
from shared.contracts.moments import is_meant


class Ticket(Subject, frozen=True, array_like=True, gc=False, tag="ticket"):
    """One ticket, from its dispatch to its close."""

    COURSE: ClassVar[Course] = TICKET
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({facts.TicketSentBack, facts.TicketClosed})

    due: date | None = None
    """By when the hotline wants its answer (SLA-25)."""
    new_due: date | None = None
    """By when, once it got more time (SLA-25)."""

    def noted(self, entry: Entry) -> Noted:
        match entry.data:
            case facts.TicketReceived(due=due):
                return {"due": due if is_meant(due) else None, "new_due": None}, is_meant(due)
            case facts.TicketExtended(new_due=due):
                return ({"new_due": due}, True) if is_meant(due) else ({}, False)
            case _:
                return {}, True
