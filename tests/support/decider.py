"""Given facts, when a command, then facts or a refusal: decisions as sentences."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Generic, TypeVar

import pytest

from shared.contracts.envelope import Fact
from shared.contracts.rejection import Rejection

State = TypeVar("State")
Command = TypeVar("Command")


@dataclass(frozen=True)
class DeciderSpec(Generic[State, Command]):
    """A decision under test, with the history that it starts from."""

    initial: State
    decide: Callable[[State, Command], Sequence[Fact]]
    evolve: Callable[[State, Fact], State]
    history: tuple[Fact, ...] = ()

    def given(self, *facts: Fact) -> "DeciderSpec[State, Command]":
        return replace(self, history=(*self.history, *facts))

    @property
    def state(self) -> State:
        """Where the history leads."""
        return reduce(self.evolve, self.history, self.initial)

    def when(self, command: Command) -> "Question[State, Command]":
        return Question(self, command)


@dataclass(frozen=True)
class Question(Generic[State, Command]):
    """A command put to a history."""

    spec: DeciderSpec[State, Command]
    command: Command

    def facts(self) -> list[Fact]:
        return list(self.spec.decide(self.spec.state, self.command))

    def then(self, *expected: Fact) -> None:
        assert self.facts() == list(expected)

    def then_rejects(self, refusal: type[Rejection], **values: object) -> None:
        with pytest.raises(refusal) as caught:
            self.facts()

        assert caught.value.values == values or not values
