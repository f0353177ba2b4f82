"""Where an invitation stands; of what it says review remembers nothing."""

from dataclasses import dataclass

from shared.contracts.envelope import Fact
from shared.contracts.review.course import INVITATION, InvitationState


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """One invitation, as its facts made it."""

    state: str = InvitationState.ABSENT


INITIAL = Invitation()


def evolve(invitation: Invitation, fact: Fact) -> Invitation:
    """Return the invitation after *fact*; one without a legal transition leaves it."""
    state = INVITATION.target(invitation.state, fact)
    return invitation if state is None else Invitation(state=state)
