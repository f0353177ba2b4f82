"""Promises as intake remembers them, so that any fact of their course is possible."""

from collections.abc import Mapping
from types import MappingProxyType

from services.intake.domain.commitment import states as commitment_states
from shared.contracts.commitment.course import CommitmentState
from shared.contracts.commitment.facts import (
    BreachHandled,
    PromiseWithdrawn,
    SupplementExpired,
    SupplementReceived,
    VerificationCompleted,
)
from shared.contracts.envelope import Fact
from shared.contracts.intake.words import AcceptanceMode
from tests.support.intake_cases import MONDAY

ACCEPTED_AS: Mapping[type[Fact], AcceptanceMode] = MappingProxyType(
    {
        SupplementReceived: AcceptanceMode.TOLERANCE,
        SupplementExpired: AcceptanceMode.TOLERANCE,
        VerificationCompleted: AcceptanceMode.COMMITMENT,
    }
)


def promise_at(state: str, fact: type[Fact]) -> commitment_states.Commitment:
    return commitment_states.Commitment(
        state=state, accepted_as=ACCEPTED_AS.get(fact), effective_date=MONDAY
    )


def promise_with(fact: type[Fact]) -> commitment_states.Commitment:
    """Return the promise of a case in which *fact* is possible."""
    state = {
        PromiseWithdrawn: CommitmentState.SIGNED,
        VerificationCompleted: CommitmentState.SIGNED,
        BreachHandled: CommitmentState.VERIFIED_BREACH,
    }
    return promise_at(state.get(fact, CommitmentState.ABSENT), fact)
