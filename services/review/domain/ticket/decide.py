"""What review decides about a hotline ticket beside its course: more time is given once."""

from services.review.domain.ticket.commands import ExtendTicket
from services.review.domain.ticket.refusals import (
    OFF_COURSE,
    TicketAlreadyExtended,
    TicketDueNotLater,
)
from shared.commands.by_course import Recollection, by_course
from shared.contracts.envelope import Fact
from shared.contracts.hotline.course import TICKET
from shared.contracts.hotline.facts import TicketExtended, TicketReceived


def _extend(ticket: Recollection, command: ExtendTicket) -> Fact:
    if ticket.all(TicketExtended):
        raise TicketAlreadyExtended
    due = max((fact.due for fact in ticket.all(TicketReceived)), default=command.on)
    if command.new_due <= due:
        raise TicketDueNotLater(new_due=command.new_due)
    return command.stated()


DECIDER = by_course(TICKET, OFF_COURSE, {ExtendTicket: _extend})
