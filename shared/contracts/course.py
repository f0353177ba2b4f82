"""
The course of a subject: which fact leads it from which state to which, as data.

Its owner decides by it, metrics folds by it, tests are generated from it, and the
reference prints it, so that nobody keeps a second one.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from shared.contracts.envelope import Fact

ABSENT = "ABSENT"
"""The state of a subject of which nothing was told yet."""


@dataclass(frozen=True, slots=True)
class Guard:
    """
    What a fact must say for a row to hold.

    Of the fact alone: what the subject itself has to remember, such as a hold
    that is still open, is for its owner to judge.
    """

    name: str
    holds: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Row:
    """One transition: from *source* by *fact* to *target*, which may be the same state."""

    source: str
    fact: type[Fact]
    target: str
    guard: Guard | None = None
    unless: tuple[str, ...] = ()
    """
    What its owner, who remembers more than the state, may have against it all the same.

    The codes of its refusals; those that blame what a command says are not among them.
    """

    def admits(self, fact: Fact) -> bool:
        return self.guard is None or self.guard.holds(fact)


def leads(
    fact: type[Fact],
    ways: Mapping[str, str],
    guard: Guard | None = None,
    *,
    unless: tuple[str, ...] = (),
) -> Iterator[Row]:
    """Yield the rows of *fact*: from each state to the one that stands beside it."""
    for source, target in ways.items():
        yield Row(source, fact, target, guard, unless)


def stays(
    fact: type[Fact],
    states: Iterable[str],
    guard: Guard | None = None,
    *,
    unless: tuple[str, ...] = (),
) -> Iterator[Row]:
    """Yield the rows of *fact* where it is true in each of *states* and leads nowhere."""
    return leads(fact, {state: state for state in states}, guard, unless=unless)


@dataclass(frozen=True, slots=True)
class Apart:
    """
    Separation of duty: who stated one of the *earlier* facts does not state one of *facts*.

    Who stated a fact stands in its envelope, so an owner judges it beside its
    rows; of what another system tells we cannot know the person.
    """

    facts: tuple[type[Fact], ...]
    earlier: tuple[type[Fact], ...]
    guard: Guard | None = None
    """What an earlier fact must say to count."""

    def parts(self, earlier: Fact, fact: Fact) -> bool:
        """Say whether *fact* is for another person than the one who stated *earlier*."""
        counts = isinstance(earlier, self.earlier) and isinstance(fact, self.facts)
        return counts and (self.guard is None or self.guard.holds(earlier))


@dataclass(frozen=True)
class Course:
    """
    The transitions of one kind of subject, and how far each of its states is.

    Of several rows for a state and a fact the first that admits the fact counts.
    """

    subject: str
    """The kind of subject, as `Fact.STREAM` has it."""
    named_by: str
    """The field that names the subject."""
    stages: Sequence[Sequence[str]]
    """The states from nothing to the end; those of one stage are equally far."""
    rows: Sequence[Row]
    restarts: frozenset[type[Fact]] = frozenset()
    """Facts that lead back even where they contradict: they say that all begins again."""
    marks: Sequence[tuple[type[Fact], Guard]] = ()
    """What else may be asked of a fact: no transition turns on it, but a limit may."""
    apart: Sequence[Apart] = ()
    """What two persons do, not one."""
    prefix: str = ""
    """How the numbers of such subjects begin that are given here, and those of no other kind."""
    numbered_elsewhere: bool = False
    """Whether such subjects come with numbers of others, which begin like none of ours."""

    @cached_property
    def states(self) -> tuple[str, ...]:
        return tuple(state for stage in self.stages for state in stage)

    @cached_property
    def facts(self) -> tuple[type[Fact], ...]:
        """Every fact of the course, in the order of the table."""
        return tuple(dict.fromkeys(row.fact for row in self.rows))

    def stream_of(self, name: str) -> str:
        """Return the stream of the subject that is called *name*."""
        return f"{self.subject}-{name}"

    def within(self, states: Collection[str]) -> tuple[type[Fact], ...]:
        """Return the facts that happen in some of *states* and nowhere else."""
        outside = {row.fact for row in self.rows if row.source not in states}
        return tuple(fact for fact in self.facts if fact not in outside)

    def allows(self, state: str, fact: type[Fact]) -> bool:
        """Say whether a *fact* may have a legal transition from *state*."""
        return (state, fact) in self._rows

    def guards(self, fact: type[Fact]) -> tuple[Guard, ...]:
        """Return what may be asked of such a fact."""
        return self._guards.get(fact, ())

    def met_by(self, fact: Fact) -> tuple[str, ...]:
        """Return the names of the guards that *fact* meets."""
        guards = self._guards.get(fact.__class__)
        if guards is None:
            return ()
        return tuple(guard.name for guard in guards if guard.holds(fact))

    def target(self, state: str, fact: Fact) -> str | None:
        """Return the state after *fact*, None where it has no legal transition."""
        for row in self._rows.get((state, fact.__class__), ()):
            if row.admits(fact):
                return row.target
        return None

    def onward(self, state: str, fact: Fact) -> str | None:
        """
        Return where a *fact* leads that contradicts *state*: forward, never back.

        What has happened cannot be refused, so it takes its subject where it
        would have led in time, unless that is nowhere or behind.
        """
        for row in self._moves.get(fact.__class__, ()):
            if row.admits(fact):
                forward = self._ranks[row.target] > self._ranks[state]
                return row.target if forward or self._restarts(row, state) else None
        return None

    def _restarts(self, row: Row, state: str) -> bool:
        # Nothing can begin again, neither can what is over.
        return row.fact in self.restarts and state not in (*self.stages[0], *self.stages[-1])

    @cached_property
    def _guards(self) -> Mapping[type[Fact], tuple[Guard, ...]]:
        guards: dict[type[Fact], dict[str, Guard]] = {}
        named = ((row.fact, row.guard) for row in self.rows if row.guard is not None)
        for fact, guard in (*named, *self.marks):
            guards.setdefault(fact, {})[guard.name] = guard
        return {fact: tuple(named.values()) for fact, named in guards.items()}

    @cached_property
    def _rows(self) -> Mapping[tuple[str, type[Fact]], tuple[Row, ...]]:
        rows: dict[tuple[str, type[Fact]], tuple[Row, ...]] = {}
        for row in self.rows:
            place = (row.source, row.fact)
            rows[place] = (*rows.get(place, ()), row)
        return rows

    @cached_property
    def _moves(self) -> Mapping[type[Fact], tuple[Row, ...]]:
        """By fact, the rows that lead elsewhere."""
        return {
            fact: tuple(row for row in self.rows if row.fact is fact and row.target != row.source)
            for fact in self.facts
        }

    @cached_property
    def _ranks(self) -> Mapping[str, int]:
        return {state: rank for rank, stage in enumerate(self.stages) for state in stage}
