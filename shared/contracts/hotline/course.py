"""The course of a hotline ticket (热线工单, domain.md 3.7)."""

from enum import StrEnum

from shared.contracts.course import ABSENT, Course, Guard, leads, stays
from shared.contracts.hotline import facts as hotline
from shared.contracts.hotline.words import HotlineKind


class TicketState(StrEnum):
    """Where a ticket stands."""

    ABSENT = ABSENT
    RECEIVED = "RECEIVED"
    SENT_BACK = "SENT_BACK"
    SIGNED = "SIGNED"
    REOPENED = "REOPENED"
    REPLIED = "REPLIED"
    FOLLOWED_UP = "FOLLOWED_UP"
    CLOSED = "CLOSED"


T = TicketState
K = HotlineKind

IN_HAND = (T.SIGNED, T.REOPENED)
"""States in which somebody works on it."""

URGENT = Guard("urgent", lambda fact: fact.kind is K.EMERGENCY)
ORDINARY = Guard("ordinary", lambda fact: fact.kind is not K.EMERGENCY)
QUESTION = Guard("question", lambda fact: fact.kind is K.CONSULT)
PLEA = Guard("plea", lambda fact: fact.kind is K.HELP)
GRIEVANCE = Guard("grievance", lambda fact: fact.kind in (K.COMPLAINT, K.REPORT, K.SUGGESTION))
CALLED_COMPLEX = Guard("called_complex", lambda fact: bool(fact.complex))

TICKET = Course(
    "ticket",
    "ticket_no",
    tuple((state,) for state in T),
    (
        # What was sent back may be dispatched to us once more.
        *leads(hotline.TicketReceived, {T.ABSENT: T.RECEIVED, T.SENT_BACK: T.RECEIVED}),
        *leads(hotline.TicketSigned, {T.RECEIVED: T.SIGNED}),
        # Another takes over.
        *stays(hotline.TicketSigned, IN_HAND),
        *leads(hotline.TicketSentBack, {T.RECEIVED: T.SENT_BACK}),
        *stays(hotline.TicketExtended, (T.RECEIVED, *IN_HAND), unless=("ticket_already_extended",)),
        *leads(hotline.TicketReplied, dict.fromkeys(IN_HAND, T.REPLIED)),
        *leads(hotline.TicketFollowedUp, {T.REPLIED: T.FOLLOWED_UP}),
        *leads(hotline.TicketClosed, {T.FOLLOWED_UP: T.CLOSED}),
        *leads(hotline.TicketReopened, {T.FOLLOWED_UP: T.REOPENED}),
    ),
    restarts=frozenset({hotline.TicketReopened}),
    marks=(
        *(
            (hotline.TicketReceived, guard)
            for guard in (URGENT, ORDINARY, QUESTION, PLEA, GRIEVANCE)
        ),
        (hotline.TicketSigned, CALLED_COMPLEX),
    ),
    prefix="RX",
    numbered_elsewhere=True,
)
