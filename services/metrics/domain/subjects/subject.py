"""What every subject has: its name, its state, the facts that took it there."""

from datetime import date, datetime
from typing import Any, ClassVar, Self

from msgspec import Struct
from msgspec.structs import replace

from services.metrics.domain.entry import Entry
from shared.contracts.course import ABSENT, Course
from shared.contracts.envelope import Fact
from shared.policy.calendar import business_date

STEPS_MAX = 64
"""Of more the first ones and the last are kept: notes and calls may come by the thousand."""

Noted = tuple[dict[str, Any], bool]
"""New values by field, and whether the fact was possible by what the subject remembers."""


class Step(Struct, frozen=True, array_like=True, gc=False):
    """A fact of the subject's course: its type, the instant at which it happened, its id."""

    fact: str
    at: datetime
    by: str


class Subject(Struct, frozen=True, array_like=True, gc=False):
    """One subject as its facts made it; *opened_on* is the day of the first, *done_on* the end."""

    COURSE: ClassVar[Course]
    NEVER_FIRST: ClassVar[frozenset[type[Fact]]] = frozenset()
    """The facts that say nothing of a subject of which nothing else is known."""
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset()
    """The facts with which the work is done."""
    SILENT: ClassVar[frozenset[type[Fact]]] = frozenset()
    """The facts that are no steps: no limit begins or ends with them."""

    name: str
    state: str = ABSENT
    steps: tuple[Step, ...] = ()
    """The facts that led it here, oldest first."""
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
        if target is not None:
            changes["state"] = target
        if self.opened_on is None:
            changes["opened_on"] = business_date(entry.time)
        if self.ends(fact) and (target is not None or self.done_on is None):
            changes["done_on"] = business_date(entry.time)
        return replace(self, steps=self._stepped(entry), **changes), legal

    def noted(self, entry: Entry) -> Noted:  # noqa: ARG002 - for those that note something
        """Return what *entry* tells beside the state."""
        return {}, True

    def ends(self, fact: Fact) -> bool:
        """Say whether the work is done with *fact*."""
        return type(fact) in self.ENDS

    def _stepped(self, entry: Entry) -> tuple[Step, ...]:
        if type(entry.data) in self.SILENT:
            return self.steps
        return (*self.steps[: STEPS_MAX - 1], Step(entry.type, entry.time, entry.id))
