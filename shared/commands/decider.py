"""Who decides about one kind of subject: what it is at first, what may happen, what that makes."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Generic, TypeVar

from shared.contracts.course import Apart
from shared.contracts.envelope import Event, Fact
from shared.contracts.standing import believed

Owners = Collection[str]
"""The organisations that answer for a subject, by their codes."""

State = TypeVar("State")
Command = TypeVar("Command")


def _whoever_began_it(_subject: object, _command: object) -> Owners:
    return ()


@dataclass(frozen=True, slots=True)
class Decider(Generic[State, Command]):
    """What a subject is at first, what may happen to it, and what that makes of it."""

    initial: State
    decide: Callable[[State, Command], Sequence[Fact]]
    evolve: Callable[[State, Fact], State]
    owners: Callable[[State, Command], Owners] = _whoever_began_it
    """
    Whose the subject is, or would be where the command begins it.

    Where it names nobody it is the organisation's whose person began it.
    """
    apart: Sequence[Apart] = ()
    """What two persons do, not one."""

    def after(self, events: Sequence[Event]) -> State:
        """Return the subject as its history made it: those of *events* that are believed."""
        return reduce(self.evolve, believed(events), self.initial)
