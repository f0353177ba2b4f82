"""Where a promise stands, and what it remembers of the case that rests on it."""

from dataclasses import dataclass, replace
from datetime import date

from shared.contracts.commitment.course import COMMITMENT, CommitmentState
from shared.contracts.commitment.facts import PromiseSigned
from shared.contracts.envelope import Fact
from shared.contracts.intake.facts import ApplicationAccepted
from shared.contracts.intake.words import AcceptanceMode


@dataclass(frozen=True, slots=True)
class Commitment:
    """The one promise of a case, which names all that is missing."""

    state: str = CommitmentState.ABSENT
    accepted_as: AcceptanceMode | None = None
    """The mode in which the case was accepted, once it is."""
    signed_as: str | None = None
    """The form of the promise, once it is signed."""
    effective_date: date = date.max
    """The day from which an accepted case counts."""

    @property
    def awaited(self) -> bool:
        """Whether the acceptance tolerates a lack that nobody has made good."""
        tolerated = self.accepted_as is AcceptanceMode.TOLERANCE
        return tolerated and self.state != CommitmentState.SUPPLIED

    def suits(self, mode: str) -> bool:
        """Say whether the case is not accepted yet, or accepted in this *mode*."""
        return self.accepted_as is None or self.accepted_as == mode


INITIAL = Commitment()


def evolve(commitment: Commitment, fact: Fact) -> Commitment:
    """Return *commitment* after *fact*; one that contradicts it changes nothing."""
    match fact:
        case ApplicationAccepted():
            return replace(commitment, accepted_as=fact.mode, effective_date=fact.effective_date)
        case PromiseSigned() if not commitment.suits(fact.mode):
            return commitment
        case _:
            state = COMMITMENT.target(commitment.state, fact)
            if state is None:
                return commitment
            signed_as = fact.mode if isinstance(fact, PromiseSigned) else commitment.signed_as
            return replace(commitment, state=state, signed_as=signed_as)
