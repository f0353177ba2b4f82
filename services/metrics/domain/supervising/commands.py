"""What may be asked of a card, and of an order."""

from dataclasses import dataclass
from typing import ClassVar

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.supervision import facts
from shared.contracts.types import ActorId, CaseNo, Count, Identifier, OrgRef, Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCommand(Command):
    """Something asked of one card, *by* whoever signed in."""

    alert_id: Identifier
    by: ActorId


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeAlert(AlertCommand):
    """签收."""

    FACT: ClassVar[type[Fact]] = facts.AlertAcknowledged

    note: Prose | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalateAlert(AlertCommand):
    """升级: to the next level, or to one above it."""

    FACT: ClassVar[type[Fact]] = facts.AlertEscalated

    note: Prose | None = None
    to_level: Count | None = None
    top: Count
    """The highest level of the ladder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeRevocation(AlertCommand):
    """提请撤销: the first person, who owes the reason."""

    FACT: ClassVar[type[Fact]] = facts.RevocationProposed

    reason: Prose
    approver: ActorId | None = None
    """Who is asked to agree. It proves nothing: whoever agrees does so by their own sign-in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeAlert(Command):
    """撤销: the second person, who agrees to what was proposed."""

    FACT: ClassVar[type[Fact]] = facts.AlertRevoked

    alert_id: Identifier
    approved_by: ActorId


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueOrder(Command):
    """发出督办."""

    FACT: ClassVar[type[Fact]] = facts.OrderIssued

    order_id: Identifier
    content: Prose
    to_org: OrgRef | None = None
    """Whoever answers for the card, where nobody is named."""
    alert_id: Identifier | None = None
    case_no: CaseNo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOrder(Command):
    """督办反馈."""

    FACT: ClassVar[type[Fact]] = facts.OrderAnswered

    order_id: Identifier
    reply: Prose


AlertCommands = AcknowledgeAlert | EscalateAlert | ProposeRevocation | RevokeAlert
OrderCommands = IssueOrder | AnswerOrder
