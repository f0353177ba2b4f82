"""Where a rectification stands, and what review remembers of it."""

from dataclasses import dataclass, replace

from shared.contracts.envelope import Fact
from shared.contracts.rectification.course import RECTIFICATION, RectificationState
from shared.contracts.rectification.facts import (
    ContactMade,
    FindingRecorded,
    RectificationFollowedUp,
    RectificationOpened,
    RectificationReopened,
)
from shared.contracts.rectification.words import VerifyFinding


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectification:
    """One order to put right what a rating complained of, as its facts made it."""

    state: str = RectificationState.ABSENT
    org: str | None = None
    """The organisation that has to put it right, by its code."""
    attempts: int = 0
    """To contact the reviewer."""
    finding: VerifyFinding | None = None
    is_reached: bool = False
    """Whether the reviewer could be asked whether it helped."""
    is_dissatisfied: bool = False
    """Whether it did not, as the reviewer said."""
    reopened_times: int = 0


INITIAL = Rectification()


def evolve(order: Rectification, fact: Fact) -> Rectification:
    """
    Return the rectification after *fact*.

    An order under way goes forward with every fact, even one of another system
    that leaves out a step, and back only where it is reopened; nothing but the
    order itself begins one.
    """
    state = RECTIFICATION.target(order.state, fact)
    if state is None and order.state != RectificationState.ABSENT:
        state = RECTIFICATION.onward(order.state, fact)
    if state is None:
        return order
    return replace(_noted(order, fact), state=state)


def _noted(order: Rectification, fact: Fact) -> Rectification:
    match fact:
        case RectificationOpened():
            return replace(order, org=fact.responsible_org.org_code)
        case ContactMade():
            return replace(order, attempts=order.attempts + 1)
        case FindingRecorded():
            return replace(order, finding=fact.finding)
        case RectificationFollowedUp():
            dissatisfied = fact.reached and fact.result == "DISSATISFIED"
            return replace(order, is_reached=fact.reached, is_dissatisfied=dissatisfied)
        case RectificationReopened():
            return replace(order, reopened_times=order.reopened_times + 1)
        case _:
            return order
