"""The ticket of the 12345 hotline (热线工单)."""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from shared.contracts.course import Course
from shared.contracts.envelope import Fact
from shared.contracts.hotline import facts
from shared.contracts.hotline.course import TICKET
from shared.policy.calendar import business_date


class Ticket(Subject, frozen=True, array_like=True, gc=False, tag="ticket"):
    """One ticket, from its dispatch to its close."""

    COURSE: ClassVar[Course] = TICKET
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({facts.TicketSentBack, facts.TicketClosed})
    STATED: ClassVar[Mapping[type[Fact], str]] = {
        facts.TicketReceived: "due",
        facts.TicketExtended: "new_due",
    }

    kind: str = ""
    """What it was dispatched as: a complaint, a question …"""
    signed_on: date | None = None
    """When the bureau took it first."""
    helped: bool = False
    """Whether whoever called said last that it helped."""
    level: str = ""
    followed_up_on: date | None = None
    """How satisfied whoever called said last to be, and when (K12.5)."""
    substantiated: bool = False
    five_zero: str = ""
    replied_on: date | None = None
    """Whether the last reply says that what was complained of is so, and of which kind (K22.6)."""

    def noted(self, entry: Entry) -> Noted:
        match entry.data:
            case facts.TicketReceived(kind=kind):
                return {"kind": kind.value}, True
            case facts.TicketSigned() if self.signed_on is None:
                return {"signed_on": business_date(entry.time)}, True
            case facts.TicketReplied(substantiated=is_so, five_zero=kind):
                return {
                    "substantiated": bool(is_so),
                    "five_zero": kind.value if kind else "",
                    "replied_on": business_date(entry.time),
                }, True
            case facts.TicketFollowedUp(level=level, resolved_confirmed=helped):
                asked_on = business_date(entry.time)
                return {"helped": helped, "level": level.value, "followed_up_on": asked_on}, True
            case _:
                return {}, True
