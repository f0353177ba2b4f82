"""How a sub-case of a joint case ended, if it did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shared.contracts.envelope import Event
from shared.contracts.handling.course import CASE, Phase
from shared.contracts.handling.facts import DecisionMade
from shared.contracts.handling.words import Decision
from shared.contracts.standing import believed

UNDECIDED = frozenset({Phase.NOT_ACCEPTED, Phase.WITHDRAWN, Phase.TERMINATED})
"""Phases in which a case is over without a decision."""


@dataclass(frozen=True, slots=True)
class SubcaseEnd:
    """Whether one that is over was approved, and the day of its decision, if there was one."""

    approved: bool
    decided_on: date | None = None


def end_of(events: Sequence[Event]) -> SubcaseEnd | None:
    """Return how the case of these *events* ended, None while it has not."""
    phase: str = Phase.ABSENT
    for fact in believed(events):
        phase = CASE.target(phase, fact) or phase
        if isinstance(fact, DecisionMade) and phase == Phase.DECIDED:
            return SubcaseEnd(fact.decision is Decision.APPROVED, fact.decision_date)
        if phase in UNDECIDED:
            return SubcaseEnd(approved=False)
    return None
