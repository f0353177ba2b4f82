"""Short stories of cases, complaints and questions that supervision's statistics tell apart."""

from collections.abc import Mapping, Sequence

from services.metrics.domain.entry import Entry
from shared.contracts.envelope import Fact
from shared.contracts.handling import facts as handling
from shared.contracts.hotline import facts as hotline
from shared.contracts.intake import facts as intake
from shared.contracts.supervision import facts as supervision
from tests.support.examples import like_the_example
from tests.support.figure_stories import but, card, told, turned
from tests.support.way_of_a_case import ACCEPTED, CASE, CLOSED, DECIDED, RECEIVED, STARTED, entry


def ticket(kind: type[Fact], /, **changes: object) -> Fact:
    return like_the_example(kind, ticket_no="h1", **changes)


def ended(cause: str, at: float = 30) -> Entry:
    return entry(like_the_example(handling.CaseTerminated, case_no=CASE, cause=cause), at)


COMPLAINT = ticket(hotline.TicketReceived, kind="COMPLAINT")
QUESTION = ticket(hotline.TicketReceived, kind="CONSULT")
SIGNED, REPLIED = ticket(hotline.TicketSigned), ticket(hotline.TicketReplied)
HELPED = ticket(hotline.TicketFollowedUp, resolved_confirmed=True)
NOT_HELPED = ticket(hotline.TicketFollowedUp, resolved_confirmed=False)
SENT_BACK, SHUT = ticket(hotline.TicketSentBack), ticket(hotline.TicketClosed)
REFUSED = entry(like_the_example(intake.ApplicationRejected, case_no=CASE), 30)
LATE_TICKET = card("SLA-25d", "h1", basis="HOTLINE")
NEAR_TICKET = card("SLA-25d", "h1", level="YELLOW", basis="HOTLINE")
EARLY_TICKET = card("SLA-25d", "h1", level="PROMPT", basis="HOTLINE")
OF_A_REFERRAL = card("SLA-18", "r1", basis="COMMITTEE")

STATISTICS: Mapping[str, Sequence[Entry]] = {
    "a case that is made void": [RECEIVED, ACCEPTED, ended("VOID")],
    "a case that was entered twice and deleted": [RECEIVED, ended("DELETED_ERROR")],
    "a case that ends because a promise was broken": [
        RECEIVED,
        ACCEPTED,
        ended("TOLERANCE_BROKEN"),
    ],
    "a case that is not accepted": [RECEIVED, REFUSED],
    "a case that is closed as returned": [
        RECEIVED,
        ACCEPTED,
        STARTED,
        DECIDED,
        but(CLOSED, 210, result_type="RETURNED"),
    ],
    "a case that is closed as void, and ended once more": [
        RECEIVED,
        ACCEPTED,
        STARTED,
        DECIDED,
        but(CLOSED, 210, result_type="VOIDED"),
        ended("DELETED_ERROR", 220),
    ],
    "a case whose referral is late": [RECEIVED, ACCEPTED, OF_A_REFERRAL],
    "a complaint that was settled": told(COMPLAINT, SIGNED, REPLIED, HELPED, SHUT),
    "a complaint that was closed all the same": told(COMPLAINT, SIGNED, REPLIED, NOT_HELPED, SHUT),
    "a complaint that waits": told(COMPLAINT, SIGNED),
    "a complaint that is another's matter": told(COMPLAINT, SENT_BACK),
    "a complaint that is sent back, and dispatched again": told(
        COMPLAINT, SENT_BACK, COMPLAINT, SIGNED
    ),
    "a complaint that is late": [
        *told(COMPLAINT),
        NEAR_TICKET,
        LATE_TICKET,
        turned(supervision.AlertRevoked, NEAR_TICKET),
    ],
    "a complaint of which nobody should have been reminded": [
        *told(COMPLAINT),
        EARLY_TICKET,
        turned(supervision.AlertRevoked, EARLY_TICKET),
    ],
    "a question that was answered": told(QUESTION, SIGNED, REPLIED, HELPED, SHUT),
    "a question that is late": [*told(QUESTION), LATE_TICKET],
    "a plea that was heard": told(
        ticket(hotline.TicketReceived, kind="HELP"), SIGNED, REPLIED, HELPED, SHUT
    ),
    "a plea that is late": [*told(ticket(hotline.TicketReceived, kind="HELP")), LATE_TICKET],
    "a ticket of which only the end is known": told(SHUT),
}
