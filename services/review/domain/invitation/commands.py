"""What may be asked of an invitation to rate."""

from dataclasses import dataclass
from typing import ClassVar

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.review import facts
from shared.contracts.review.words import ReviewChannel, ReviewPhase
from shared.contracts.types import CaseNo, Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class SendInvitation(Command):
    """邀请评价."""

    FACT: ClassVar[type[Fact]] = facts.InvitationSent

    invitation_id: Identifier
    case_no: CaseNo
    phase: ReviewPhase
    channel: ReviewChannel


AnyCommand = SendInvitation
