"""What may be asked of a hotline ticket."""

from dataclasses import dataclass
from typing import ClassVar

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.hotline import facts
from shared.contracts.hotline.words import FiveZeroKind, HotlineKind
from shared.contracts.moments import MeantDay, MeantInstant
from shared.contracts.review.words import Satisfaction
from shared.contracts.types import ActorId, CaseNo, Identifier, Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketCommand(Command):
    """Something asked of one ticket."""

    ticket_no: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveTicket(TicketCommand):
    """接单, where the hotline itself does not tell us."""

    FACT: ClassVar[type[Fact]] = facts.TicketReceived

    kind: HotlineKind
    dispatched_at: MeantInstant
    due: MeantDay
    case_no: CaseNo | None = None
    repeat_of: Identifier | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignTicket(TicketCommand):
    """签收; *complex* says that it is one of those that take longer (疑难工单)."""

    FACT: ClassVar[type[Fact]] = facts.TicketSigned

    assignee: ActorId | None = None
    reason: Prose | None = None
    complex: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBackTicket(TicketCommand):
    """退单, which is owed a reason."""

    FACT: ClassVar[type[Fact]] = facts.TicketSentBack

    reason: Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendTicket(TicketCommand):
    """延期."""

    FACT: ClassVar[type[Fact]] = facts.TicketExtended

    new_due: MeantDay
    reason: Prose
    approved_by: ActorId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyToTicket(TicketCommand):
    """办理反馈."""

    FACT: ClassVar[type[Fact]] = facts.TicketReplied

    contacted: bool
    resolved: bool
    substantiated: bool | None = None
    five_zero: FiveZeroKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpTicket(TicketCommand):
    """热线回访."""

    FACT: ClassVar[type[Fact]] = facts.TicketFollowedUp

    level: Satisfaction
    resolved_confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseTicket(TicketCommand):
    """工单办结."""

    FACT: ClassVar[type[Fact]] = facts.TicketClosed

    reason: Prose | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenTicket(TicketCommand):
    """重新办理, which is owed a reason."""

    FACT: ClassVar[type[Fact]] = facts.TicketReopened

    reason: Prose


AnyCommand = (
    ReceiveTicket
    | SignTicket
    | SendBackTicket
    | ExtendTicket
    | ReplyToTicket
    | FollowUpTicket
    | CloseTicket
    | ReopenTicket
)
