"""The ticket of the 12345 hotline (热线工单)."""

from collections.abc import Mapping
from typing import ClassVar

from services.metrics.domain.subjects.subject import Subject
from shared.contracts.course import Course
from shared.contracts.envelope import Fact
from shared.contracts.hotline import facts
from shared.contracts.hotline.course import TICKET


class Ticket(Subject, frozen=True, array_like=True, gc=False, tag="ticket"):
    """One ticket, from its dispatch to its close."""

    COURSE: ClassVar[Course] = TICKET
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({facts.TicketSentBack, facts.TicketClosed})
    STATED: ClassVar[Mapping[type[Fact], str]] = {
        facts.TicketReceived: "due",
        facts.TicketExtended: "new_due",
    }
