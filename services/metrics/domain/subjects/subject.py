"""What every subject has: its name, its state, the facts that took it there."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Self, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from services.metrics.domain.entry import Entry
from shared.contracts.course import ABSENT, Course
from shared.contracts.envelope import Fact
from shared.contracts.moments import is_meant
from shared.policy.calendar import business_date

STEPS_MAX = 64
"""Of more only the last of each kind is kept: notes and calls may come by the thousand."""

Noted = tuple[dict[str, Any], bool]
"""New values by field, and whether the fact was possible by what the subject remembers."""

S = TypeVar("S")

Noting = Mapping[type[Fact], Callable[[S, Entry, Any], Noted]]
"""What each fact tells a subject beside the state to which it leads."""


class Step(Struct, frozen=True, array_like=True, gc=False):
    """A fact of the subject's course: its type, the instant at which it happened, its id."""

    fact: str
    at: datetime
    by: str
    meets: tuple[str, ...] = ()
    """The guards of the course that it meets."""
    named: date | None = None
    """The day on which it took effect, where it names another than that of its instant."""

    @property
    def day(self) -> date:
        """The day that counts."""
        return self.named or business_date(self.at)


class Subject(Struct, frozen=True, array_like=True, gc=False):
    """One subject as its facts made it; *opened_on* is the day of the first, *done_on* the end."""

    COURSE: ClassVar[Course]
    NEVER_FIRST: ClassVar[frozenset[type[Fact]]] = frozenset()
    """The facts that say nothing of a subject of which nothing else is known."""
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset()
    """The facts with which the work is done."""
    SILENT: ClassVar[frozenset[type[Fact]]] = frozenset()
    """The facts that are no steps: no limit begins or ends with them."""
    EFFECTIVE: ClassVar[Mapping[type[Fact], str]] = {}
    """The field that says on which day a fact took effect, if one does."""

    name: str
    state: str = ABSENT
    steps: tuple[Step, ...] = ()
    """The facts that fitted, or told something all the same, oldest first."""
    opened_on: date | None = None
    done_on: date | None = None

    def after(self, entry: Entry) -> tuple[Self, bool]:
        """
        Return the subject after *entry*, and whether the fact was legal.

        What has happened cannot be refused: a fact that contradicts moves its
        subject forward, never back.
        """
        fact = entry.data
        changes, possible = self.noted(entry)
        target = self.COURSE.target(self.state, fact) if possible else None
        legal = target is not None
        if target is None:
            target = self.COURSE.onward(self.state, fact)
        if target is not None or changes:
            changes["steps"] = self._stepped(entry)
        if target is not None:
            changes["state"] = target
        if self.opened_on is None:
            changes["opened_on"] = business_date(entry.time)
        if self.ends(fact) and (target is not None or self.done_on is None):
            changes["done_on"] = business_date(entry.time)
        return replace(self, **changes), legal

    def noted(self, entry: Entry) -> Noted:  # noqa: ARG002 - for those that note something
        """Return what *entry* tells beside the state."""
        return {}, True

    def ends(self, fact: Fact) -> bool:
        """Say whether the work is done with *fact*."""
        return type(fact) in self.ENDS

    def _stepped(self, entry: Entry) -> tuple[Step, ...]:
        fact = entry.data
        if type(fact) in self.SILENT:
            return self.steps
        meets, named = self.COURSE.met_by(fact), self._named(entry)
        step = Step(entry.type, entry.time, entry.id, meets, named)
        steps = self.steps
        return (*(steps if len(steps) < STEPS_MAX else _thinned(steps, step)), step)

    def _named(self, entry: Entry) -> date | None:
        """Return the day on which the fact took effect, if it names another than its own."""
        field = self.EFFECTIVE.get(type(entry.data))
        if field is None:
            return None
        day: date = getattr(entry.data, field)
        return day if is_meant(day) and day != business_date(entry.time) else None


def told(noting: Noting[S], subject: S, entry: Entry) -> Noted:
    """Return what *entry* tells *subject* by *noting*, the table of its kind."""
    note = noting.get(type(entry.data))
    return ({}, True) if note is None else note(subject, entry, entry.data)


def _thinned(steps: tuple[Step, ...], step: Step) -> tuple[Step, ...]:
    """Return *steps* without the last one of the kind of *step*."""
    for place in range(len(steps) - 1, -1, -1):
        if steps[place].fact == step.fact:
            return (*steps[:place], *steps[place + 1 :])
    return steps
