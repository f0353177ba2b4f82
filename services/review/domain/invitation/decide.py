"""What review decides about an invitation to rate."""

from services.review.domain.invitation.commands import AnyCommand
from services.review.domain.invitation.refusals import OFF_COURSE
from services.review.domain.invitation.states import Invitation
from shared.commands.off_course import require_on_course
from shared.contracts.envelope import Fact
from shared.contracts.review.course import INVITATION


def decide(invitation: Invitation, command: AnyCommand) -> list[Fact]:
    """Return what *command* adds to the invitation, or raise what stands in its way."""
    require_on_course(INVITATION, invitation.state, command, OFF_COURSE)
    return [command.stated()]
