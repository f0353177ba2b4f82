"""What whoever rebuilds asks of the store: a second projection beside the live one."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from services.metrics.domain.figures.dimensions import Dimensions
from services.metrics.domain.fingerprint import Fingerprint
from services.metrics.ports.projection import Changes, Known
from shared.policy.rules import RuleChange


class ProjectionHeld(Exception):
    """Somebody reads or writes the live projection, and has not ended in time; try again."""


class RebuildOvertaken(Exception):
    """Somebody else goes on with the second projection, or has done away with it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the second projection is: what its lanes have by now, and how many they are."""

    lanes: int
    filled: bool
    """Whether every lane has all that was there when it was read."""
    subjects: int
    facts: int
    facts_expected: int


@dataclass(frozen=True, slots=True)
class Stint:
    """Lanes that are filled in one pass, all of them from one key on, and *of* how many."""

    lanes: tuple[int, ...]
    of: int
    reached: str


@dataclass(frozen=True, slots=True)
class Stride:
    """From where to where the lanes of a stint go at once, and what lies between."""

    lanes: tuple[int, ...]
    behind: str
    upto: str
    subjects: int
    facts: int


class Deviation(NamedTuple):
    """What differs between both projections, under one name: how often, and some of it."""

    what: str
    """figure, contributor, state, clock or source"""
    name: str
    added: int
    gone: int
    changed: int
    examples: Sequence[Mapping[str, Any]]

    def document(self) -> dict[str, Any]:
        return self._asdict()


class Refold(Protocol):
    """One open transaction over the second projection."""

    async def take_touched(self, subjects_max: int) -> Sequence[str]:
        """Return subjects of which facts have arrived, and forget that they have."""
        ...

    async def load(self, dossiers: Sequence[str]) -> Mapping[str, Known]:
        """Return each dossier that the second projection knows."""
        ...

    async def histories(self, dossiers: Sequence[str]) -> Mapping[str, Sequence[bytes]]:
        """Return the body of every fact of each dossier, in no order."""
        ...

    async def write(self, lane: int, changes: Changes) -> None:
        """Replace dossiers and clocks of *lane*, add to its figures."""
        ...


class Held(Protocol):
    """The lanes, while nobody folds."""

    async def switch(self) -> None:
        """
        Make the second projection the live one, with the end of the block.

        Raises:
            ProjectionHeld: a reader has not ended in time; nothing has changed.
            RebuildOvertaken: it is no longer the one that we have filled.
        """
        ...


class Comparison(Protocol):
    """One snapshot of both projections."""

    async def deviations(self, examples_max: int) -> Sequence[Deviation]:
        """Return all that differs, and of each name so many examples."""
        ...


class Beside(Protocol):
    """The second projection, which *fingerprint* makes: several may fill it, one leads."""

    @property
    def fingerprint(self) -> Fingerprint:
        """What makes it."""
        ...

    async def begin(self) -> None:
        """
        Go on with what the same code has begun, else begin with nothing.

        Raises:
            ProjectionHeld: somebody inserts facts, and does not end.
        """
        ...

    async def drop(self) -> None:
        """
        Leave nothing of it.

        Raises:
            ProjectionHeld: somebody reads the timeline, and does not end.
        """
        ...

    async def standing(self) -> Standing:
        """
        Return how far it is.

        Raises:
            RebuildOvertaken: it is not there, or other code has begun another one.
        """
        ...

    async def rule_changes(self, after: int) -> Sequence[RuleChange]:
        """Return what made the editions of the rules behind *after*, oldest first."""
        ...

    def stint(self, lanes_max: int) -> AbstractAsyncContextManager[Stint | None]:
        """
        Have lanes that nobody else has in hand, for the block; None where there are none.

        They go back with the block, or with the death of whoever has them.
        """
        ...

    async def following(self, dossier: str, subjects_max: int) -> Sequence[tuple[str, int]]:
        """Return the next subjects behind *dossier*, and how many facts each has."""
        ...

    async def histories(self, dossiers: Sequence[str]) -> Mapping[str, Sequence[bytes]]:
        """Return the body of every fact of each dossier, in no order."""
        ...

    async def meet(self, dimensions: Collection[Dimensions]) -> None:
        """Keep those of *dimensions* that nobody has met yet, before a step speaks of them."""
        ...

    def step(self, step: Stride) -> AbstractAsyncContextManager[Refold]:
        """
        Open the transaction in which *step* takes effect, once and for ever.

        Raises:
            RebuildOvertaken: somebody else has taken it.
        """
        ...

    async def fill(self, lanes: Sequence[int], reached: str) -> None:
        """
        Note that nothing lies behind *reached* in *lanes*: what comes is touched.

        Raises:
            RebuildOvertaken: somebody else has gone on from there.
        """
        ...

    def catching_up(self) -> AbstractAsyncContextManager[Refold]:
        """
        Open a transaction over what has arrived, while every lane is filled; one at a time.

        Raises:
            RebuildOvertaken: somebody else has begun it anew.
        """
        ...

    async def touched(self, count_max: int) -> int:
        """Return how much has arrived and is not folded here; *count_max* where it is more."""
        ...

    async def arm(self) -> None:
        """Have the ticker look at every clock of which it has spoken."""
        ...

    async def analyze(self) -> None:
        """Let the store know it before anybody asks it."""
        ...

    def lanes_held(self) -> AbstractAsyncContextManager[Held]:
        """Let nobody fold within the block; what was under way has ended."""
        ...

    def looked_at(self) -> AbstractAsyncContextManager[Comparison]:
        """Look at both projections as they are when the block begins."""
        ...
