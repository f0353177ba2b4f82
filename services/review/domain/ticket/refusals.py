"""
Refusals around one hotline ticket.

ReviewRejection
├── TicketAlreadyReceived
├── TicketUnknown
├── TicketAlreadyTaken
├── TicketNotSigned
├── TicketAlreadyExtended
├── TicketDueNotLater
├── TicketAlreadyReplied
├── TicketNotReplied
└── TicketNotFollowedUp
"""

from services.review.domain.refusals import ReviewRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.hotline import facts
from shared.contracts.hotline.course import TICKET, TicketState
from shared.contracts.rejection import Blame


class TicketAlreadyReceived(ReviewRejection):
    """The ticket's number is taken."""

    code = "ticket_already_received"
    field = "ticket_no"


class TicketUnknown(ReviewRejection):
    """The hotline dispatched no such ticket."""

    code = "ticket_unknown"


class TicketAlreadyTaken(ReviewRejection):
    """The bureau has signed for the ticket or sent it back before."""

    code = "ticket_already_taken"


class TicketNotSigned(ReviewRejection):
    """Work begins when the bureau has signed for the ticket."""

    code = "ticket_not_signed"


class TicketAlreadyExtended(ReviewRejection):
    """A ticket gets more time once."""

    code = "ticket_already_extended"


class TicketDueNotLater(ReviewRejection):
    """More time ends later than what the hotline gave."""

    code = "ticket_due_not_later"
    blame = Blame.COMMAND
    field = "new_due"


class TicketAlreadyReplied(ReviewRejection):
    """The bureau has answered before."""

    code = "ticket_already_replied"


class TicketNotReplied(ReviewRejection):
    """Whoever called is asked when there is an answer."""

    code = "ticket_not_replied"


class TicketNotFollowedUp(ReviewRejection):
    """A ticket is closed or reopened when whoever called was asked whether it helped."""

    code = "ticket_not_followed_up"


T = TicketState

WORK = (facts.TicketExtended, facts.TicketReplied)

OFF_COURSE = off_course(
    TICKET,
    Refused(TicketAlreadyReceived, TICKET.within((T.ABSENT, T.SENT_BACK))),
    Refused(TicketUnknown, states=(T.ABSENT,)),
    Refused(TicketAlreadyTaken, (facts.TicketSigned, facts.TicketSentBack)),
    Refused(TicketNotSigned, WORK, (T.RECEIVED, T.SENT_BACK)),
    Refused(TicketAlreadyReplied, WORK),
    Refused(TicketNotReplied, TICKET.within((T.REPLIED,))),
    Refused(TicketNotFollowedUp, TICKET.within((T.FOLLOWED_UP,))),
)
"""Why nothing comes of it where the course has no row."""
