"""What becomes of a ticket of the 12345 hotline (接诉即办, catalogue 4.10)."""

from typing import ClassVar

from shared.contracts.envelope import Fact
from shared.contracts.hotline.words import FiveZeroKind, HotlineKind
from shared.contracts.moments import Day, Instant
from shared.contracts.review.words import Satisfaction
from shared.contracts.types import ActorId, CaseNo, Identifier, Prose


class TicketFact(Fact):
    """A fact of one ticket's history; a case that it names is only mentioned."""

    STREAM: ClassVar[str] = "ticket"
    ABOUT: ClassVar[str] = "ticket_no"
    KEYED_BY_CASE: ClassVar[bool] = False

    ticket_no: Identifier


class TicketReceived(TicketFact):
    """The hotline dispatched a ticket to the bureau (派单)."""

    TYPE: ClassVar[str] = "casetrack.hotline.ticket.received.v1"

    kind: HotlineKind
    dispatched_at: Instant
    due: Day
    """By when the hotline wants its answer."""
    case_no: CaseNo | None = None
    repeat_of: Identifier | None = None


class TicketSigned(TicketFact):
    """The bureau takes the ticket (签收); another may take over later."""

    TYPE: ClassVar[str] = "casetrack.hotline.ticket.signed.v1"

    assignee: ActorId | None = None
    reason: Prose | None = None
    complex: bool | None = None
    """Whether the bureau calls it difficult or complex (疑难工单), so that it takes longer."""


class TicketSentBack(TicketFact):
    """The bureau does not take it, because it is another's matter (退单)."""

    TYPE: ClassVar[str] = "casetrack.hotline.ticket.sentback.v1"

    assignee: ActorId | None = None
    reason: Prose | None = None


class TicketExtended(TicketFact):
    """The hotline's matter gets more time (延期)."""

    TYPE: ClassVar[str] = "casetrack.hotline.ticket.extended.v1"

    new_due: Day
    reason: Prose
    approved_by: ActorId


class TicketReplied(TicketFact):
    """The bureau has answered (办理反馈)."""

    TYPE: ClassVar[str] = "casetrack.hotline.ticket.replied.v1"

    contacted: bool
    resolved: bool
    substantiated: bool | None = None
    five_zero: FiveZeroKind | None = None


class TicketFollowedUp(TicketFact):
    """Whoever called was asked whether it helped (热线回访)."""

    TYPE: ClassVar[str] = "casetrack.hotline.ticket.followedup.v1"

    level: Satisfaction
    resolved_confirmed: bool


class TicketClosed(TicketFact):
    """The ticket is done with (工单办结)."""

    TYPE: ClassVar[str] = "casetrack.hotline.ticket.closed.v1"

    reason: Prose | None = None


class TicketReopened(TicketFact):
    """It did not help, so it starts again (重新办理)."""

    TYPE: ClassVar[str] = "casetrack.hotline.ticket.reopened.v1"

    reason: Prose | None = None
