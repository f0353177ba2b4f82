"""Where a rectification stands, and how each fact moves it on."""

from dataclasses import dataclass, replace
from typing import TypeVar

from shared.contracts.envelope import Fact
from shared.contracts.rectification.facts import (
    ContactMade,
    FeedbackSent,
    FindingRecorded,
    MeasureCompleted,
    RectificationClosed,
    RectificationFollowedUp,
    RectificationOpened,
    RectificationReopened,
)
from shared.contracts.rectification.words import VerifyFinding

ATTEMPTS_ENOUGH = 3
"""Whoever was called so often in vain has been contacted (SLA-19)."""


@dataclass(frozen=True, slots=True)
class Absent:
    """No such order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Underway:
    """An order that is not done with."""

    attempts: int = 0
    """To contact the reviewer."""
    reopened_times: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Underway):
    """The reviewer waits for a call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacted(Underway):
    """The cause is to be verified, perhaps once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified(Underway):
    """The cause is known and not yet removed."""

    finding: VerifyFinding


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed(Underway):
    """The cause is removed; the reviewer does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FedBack(Underway):
    """The reviewer knows, and has not been asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedUp(Underway):
    """The reviewer was asked."""

    reached: bool
    dissatisfied: bool


@dataclass(frozen=True, slots=True)
class Closed:
    """The order is done with."""


Stage = Opened | Contacted | Verified | Completed | FedBack | FollowedUp
WAY: tuple[type[Stage], ...] = (Opened, Contacted, Verified, Completed, FedBack, FollowedUp)
Rectification = Absent | Stage | Closed
INITIAL: Rectification = Absent()

S = TypeVar("S", bound=Underway)


def evolve(rectification: Rectification, fact: Fact) -> Rectification:
    """
    Return the rectification after *fact*.

    An order under way goes forward with every fact, even one of another system
    that leaves out a step, and back only where it is reopened; nothing moves
    one that is absent or closed.
    """
    match rectification:
        case Absent():
            return Opened() if isinstance(fact, RectificationOpened) else rectification
        case Closed():
            return rectification
        case _:
            return _moved(rectification, fact)


def _moved(stage: Stage, fact: Fact) -> Rectification:  # noqa: PLR0911 - a line a transition
    match fact:
        case ContactMade():
            return _contacted(stage, fact)
        case FindingRecorded():
            return _onward(stage, Verified, finding=fact.finding)
        case MeasureCompleted():
            return _onward(stage, Completed)
        case FeedbackSent():
            return _onward(stage, FedBack)
        case RectificationFollowedUp():
            dissatisfied = fact.result == "DISSATISFIED"
            return _onward(stage, FollowedUp, reached=fact.reached, dissatisfied=dissatisfied)
        case RectificationReopened():
            again = replace(stage, reopened_times=stage.reopened_times + 1)
            return _next(again, Contacted)
        case RectificationClosed():
            return Closed()
        case _:
            return stage


def _contacted(stage: Stage, fact: ContactMade) -> Stage:
    called = replace(stage, attempts=stage.attempts + 1)
    if isinstance(stage, Opened) and (fact.reached or called.attempts >= ATTEMPTS_ENOUGH):
        return _next(called, Contacted)
    return called


def _onward(stage: Stage, following: type[Stage], **more: object) -> Stage:
    if WAY.index(following) < WAY.index(type(stage)):
        return stage
    return _next(stage, following, **more)


def _next(stage: Underway, following: type[S], **more: object) -> S:
    return following(attempts=stage.attempts, reopened_times=stage.reopened_times, **more)
