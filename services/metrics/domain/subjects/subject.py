"""What every subject has: its name, its state, the facts that took it there."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Self

from msgspec import Struct
from msgspec.structs import replace

from services.metrics.domain.entry import Entry
from shared.contracts.course import ABSENT, Course
from shared.contracts.envelope import Fact
from shared.contracts.moments import is_meant
from shared.contracts.standing import speaker_of
from shared.contracts.structs import amended
from shared.policy.calendar import business_date

STEPS_MAX = 64
"""Of more only the last of each kind is kept: notes and calls may come by the thousand."""

WAITS_MAX = 64
"""So many holds and steps of one subject are waited for."""

Noted = tuple[dict[str, Any], bool]
"""New values by field, and whether the fact was possible by what the subject remembers."""

Noting = Mapping[type[Fact], Callable[[Any, Entry, Any], Noted]]
"""What each fact tells a subject beside the state to which it leads."""


class Founding(Struct, frozen=True, array_like=True, gc=False):
    """Whose a subject is: of whoever told of it first, by when we learned of it; in that order."""

    learned: datetime
    source: str
    speaker: str | None
    """The publisher as registered; '' is one of us, None spoke before that was kept."""

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Return the founding by *entry*, if none came before it."""
        return cls(entry.learned, entry.source, speaker_of(entry.source, entry.publisher))

    def __lt__(self, other: "Founding") -> bool:
        return self._rank < other._rank

    @property
    def _rank(self) -> tuple[datetime, str, bool, str]:
        return (self.learned, self.source, self.speaker is not None, self.speaker or "")


class CourseStep(Struct, frozen=True, array_like=True, gc=False):
    """A fact of the subject's course: its type, the instant at which it happened, its id."""

    fact: str
    at: datetime
    by: str
    meets: tuple[str, ...] = ()
    """The guards of the course that it meets."""
    named: date | None = None
    """The day on which it took effect, where it names another than that of its instant."""
    stated: int | date | None = None
    """How long what begins with it may take, or until when, as the fact itself says."""

    @property
    def day(self) -> date:
        """The day that counts."""
        return self.named or business_date(self.at)


class Wait(Struct, frozen=True, array_like=True, gc=False):
    """A hold or a step that somebody waits for, from the fact that began it to what ended it."""

    name: str
    began: CourseStep
    over: CourseStep | None = None


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
    BESIDE: ClassVar[frozenset[type[Fact]]] = frozenset()
    """The facts that begin and end what runs beside one another, each by its name."""
    STATED: ClassVar[Mapping[type[Fact], str]] = {}
    """The field that says how long what begins with a fact may take, or until when."""
    NOTING: ClassVar[Noting] = {}
    """Filled in below the functions of the kind."""

    name: str
    state: str = ABSENT
    steps: tuple[CourseStep, ...] = ()
    """The facts that fitted, or told something all the same, oldest first."""
    opened_on: date | None = None
    done_on: date | None = None
    founded: Founding | None = None
    waits: tuple[Wait, ...] = ()
    """What runs beside one another and has a limit, oldest first; the first of too many."""

    @classmethod
    def named_in(cls, entry: Entry) -> str:
        """Return the name of the subject of this kind that *entry* is told to."""
        return str(getattr(entry.data, cls.COURSE.named_by))

    def after(self, entry: Entry) -> tuple[Self, bool]:
        """
        Return the subject after *entry*, and whether the fact was legal.

        What has happened cannot be refused: a fact that contradicts moves its
        subject forward, never back.
        """
        fact, course = entry.data, self.COURSE
        kind = fact.__class__
        believed, named = self._dated(entry) if kind in self.EFFECTIVE else (entry, None)
        changes, possible = self.noted(believed)
        target = course.target(self.state, fact) if possible and believed is entry else None
        legal = target is not None
        if target is None:
            target = course.onward(self.state, fact)
        if (target is not None or changes) and kind not in self.SILENT:
            changes["steps"] = _with(self.steps, self.step_of(entry, named))
        if target is not None and target != self.state:
            changes["state"] = target
        if self.opened_on is None:
            changes["opened_on"] = business_date(entry.time)
        if self.ends(fact) and (target is not None or self.done_on is None):
            changes["done_on"] = business_date(entry.time)
        return (replace(self, **changes) if changes else self), legal

    def noted(self, entry: Entry) -> Noted:
        """Return what *entry* tells beside the state."""
        note = self.NOTING.get(entry.data.__class__)
        return ({}, True) if note is None else note(self, entry, entry.data)

    def ends(self, fact: Fact) -> bool:
        """Say whether the work is done with *fact*."""
        return fact.__class__ in self.ENDS

    def step_of(self, entry: Entry, named: date | None = None) -> CourseStep:
        """Return what is kept of *entry*."""
        fact = entry.data
        meets, stated = self.COURSE.met_by(fact), self._stated(fact)
        return CourseStep(entry.type, entry.time, entry.id, meets, named, stated)

    def ids_of(self, kind: type[Fact]) -> frozenset[str]:
        """Return the ids of the facts of that *kind* among the steps."""
        return frozenset([step.by for step in self.steps if step.fact == kind.TYPE])

    def awaiting(self, name: str, entry: Entry, *, named: date | None = None) -> dict[str, Any]:
        """Return what changes where *entry* begins a wait of that *name*, on a day it *named*."""
        if len(self.waits) >= WAITS_MAX:
            return {}
        return {"waits": (*self.waits, Wait(name, self.step_of(entry, named)))}

    def awaits(self, name: str) -> bool:
        """Say whether a wait of that *name* is not over."""
        return any(one.name == name and one.over is None for one in self.waits)

    def awaited(self, name: str, entry: Entry) -> dict[str, Any]:
        """Return what changes where *entry* ends the waits of that *name*."""
        if not self.awaits(name):
            return {}
        over = self.step_of(entry)
        return {
            "waits": tuple(
                replace(one, over=over) if one.name == name and one.over is None else one
                for one in self.waits
            )
        }

    def _stated(self, fact: Fact) -> int | date | None:
        """Return how long *fact* says that it may take; a day that nobody can mean says nothing."""
        field = self.STATED.get(fact.__class__)
        if field is None:
            return None
        said: int | date | None = getattr(fact, field)
        return None if isinstance(said, date) and not is_meant(said) else said

    @classmethod
    def states(cls, step: CourseStep) -> bool:
        """Say whether facts like that of *step* say how long what begins with them may take."""
        return any(step.fact == kind.TYPE for kind in cls.STATED)

    def _dated(self, entry: Entry) -> tuple[Entry, date | None]:
        """
        Return *entry*, and the day on which it took effect if it names another than its own.

        A day that nobody can mean is unset: it is the day of the fact.
        """
        field = self.EFFECTIVE[entry.data.__class__]
        named, own = getattr(entry.data, field), business_date(entry.time)
        if not is_meant(named):
            return replace(entry, data=amended(entry.data, **{field: own})), None
        return entry, None if named == own else named


def _with(steps: tuple[CourseStep, ...], step: CourseStep) -> tuple[CourseStep, ...]:
    """Return *steps* and *step*; of too many without the last one of its kind."""
    if len(steps) >= STEPS_MAX:
        places = reversed(range(len(steps)))
        last = next((place for place in places if steps[place].fact == step.fact), None)
        if last is not None:
            steps = (*steps[:last], *steps[last + 1 :])
    return (*steps, step)
