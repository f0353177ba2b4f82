"""A limit: what it runs from and to, how long it is, when it is near, who hears of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from shared.contracts.course import Course
from shared.contracts.courses import COURSES
from shared.contracts.supervision.words import AlertBasis, AlertLevel
from shared.contracts.words import ClockName
from shared.policy.rule import Bilingual, Rule

DAYS_MAX = 1_095
"""Three years: what takes longer has no strip of days that anybody could check."""

Days = Annotated[int, Field(ge=1, le=DAYS_MAX)]
"""A limit of nothing is no limit: "the same day" comes from the terms of a case alone."""

Whereabouts = Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z_]+)*$")]
"""Where a subject keeps a value, ``terms.committed_limit``; ``case.`` leads to its case."""


COURSE_OF: Mapping[str, Course] = {course.subject: course for course in COURSES}

CASE = "case"
OF_THE_CASE = f"{CASE}."
OF_EVERY_CASE = frozenset({"holds", "org_code", "org_name"})
"""What a clock takes from its case, whatever its row says."""


class Unit(StrEnum):
    """What a limit is counted in: 工作日, 自然日, 工时, or until a day that somebody named."""

    WD = "WD"
    ND = "ND"
    HH = "HH"
    AT = "AT"


Lookup = Callable[[Any, Any], Any]
"""Return what a subject, or its case, keeps; None where a part of it is not known."""


def reading(path: str) -> Lookup:
    """Return how *path* is read."""
    of_the_case = path.startswith(OF_THE_CASE)
    first, *rest = map(attrgetter, path.removeprefix(OF_THE_CASE).split("."))

    def read(subject: Any, case: Any) -> Any:  # noqa: ANN401 - whatever is kept there
        found = first(case if of_the_case else subject)
        for part in rest:
            if found is None:
                return None
            found = part(found)
        return found

    return read


class FieldOf(Rule):
    """A value that is not the same for all: the subject keeps it in *field*."""

    field: Whereabouts

    @cached_property
    def read(self) -> Lookup:
        return reading(self.field)


class ShareYellow(Rule):
    """Near (临期) with a share of the limit left, within bounds."""

    by: Literal["share"]
    fraction: Decimal = Field(gt=0, lt=1)
    days_min: int = Field(ge=0)
    days_max: int = Field(ge=0)
    zero_upto: int = Field(ge=0)
    """A limit of so much or less is near in its last day or hour only."""
    limit_min: int = Field(ge=0)
    """A shorter limit has no yellow: an immediate case is either done today or late."""

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        if self.days_min > self.days_max:
            raise ValueError("days_min is more than days_max")
        return self

    @cached_property
    def _ratio(self) -> tuple[int, int]:
        return self.fraction.as_integer_ratio()

    def left(self, limit: int) -> int | None:
        """Return from how much left on *limit* is near; None where it never is."""
        if limit < self.limit_min:
            return None
        if limit <= self.zero_upto:
            return 0
        part, whole = self._ratio
        return min(self.days_max, max(self.days_min, limit * part // whole))


class DaysYellow(Rule):
    """Near from *at* on the day after which no more than *days* are left; 0 is the last day."""

    by: Literal["days"]
    days: int = Field(ge=0)
    at: time = time()

    def left(self, _: int) -> int:
        return self.days


class HoursYellow(Rule):
    """Near with so many hall hours (大厅工时) left."""

    by: Literal["hours"]
    hours: int = Field(ge=1)

    def left(self, _: int) -> int:
        return self.hours


Yellow = Annotated[ShareYellow | DaysYellow | HoursYellow, Field(discriminator="by")]


class Moment(Rule):
    """A fact of the subject's course on which a limit begins or ends."""

    fact: str
    when: str | None = None
    """The guard of the course that the fact must meet."""
    day: Whereabouts | None = None
    """Where the subject keeps the day that counts; else it is the day of the fact."""
    since: tuple[str, ...] = ()
    """The limit is counted from the last of these facts before, not from this one."""

    @cached_property
    def read_day(self) -> Lookup | None:
        return None if self.day is None else reading(self.day)


class Standstill(Rule):
    """Another subject of the same dossier that stops the clock from one of its facts to another."""

    subject: str
    link: Whereabouts
    """Where the subject that waits keeps the name of the other."""
    since: tuple[str, ...] = Field(min_length=1)
    until: tuple[str, ...] = Field(min_length=1)
    reason: str = Field(pattern=r"^[A-Z_]+$")
    name: Bilingual
    ground: Bilingual

    @cached_property
    def read_link(self) -> Lookup:
        return reading(self.link)


class Prolongation(FieldOf):
    """Where the subject keeps its extensions, and how many of them count."""

    times_max: int = Field(ge=1)


class Limit(Rule):
    """One promise (监察规则): a row, and nothing else says how long anything may take."""

    id: str = Field(pattern=r"^SLA-[0-9]{2}[a-z]?$")
    name: Bilingual
    begins: Bilingual
    """How its sentence begins; ``{on}`` is the day from which it counts."""
    ground: Bilingual
    """The law, or whose rule it is."""
    subject: str
    clock: ClockName
    """What a hold calls it."""
    basis: AlertBasis
    severity: Literal[1, 2]
    starts: tuple[Moment, ...] = Field(min_length=1)
    stops: tuple[Moment, ...] = ()
    ending: Whereabouts | None = None
    """Where whatever else ends it is kept."""
    limit: Days | FieldOf
    unit: Unit | FieldOf
    held: bool = False
    """Whether a hold of the case may stop it (see the pauses)."""
    standstills: tuple[Standstill, ...] = ()
    extensions: Prolongation | None = None
    yellow: Yellow | None = None
    recipients: Mapping[AlertLevel, tuple[str, ...]]
    """Who hears of it by colour; a colour without anybody has no card."""

    @model_validator(mode="after")
    def _possible(self) -> Self:
        faults = [*self._unknown(), *self._unmeasured()]
        if faults:
            raise ValueError(f"{self.id}: {'; '.join(faults)}")
        return self

    def _unknown(self) -> Iterator[str]:
        """Yield what the published courses do not have."""
        yield from _not_of(self.subject, [(one.fact, one.when) for one in self._moments])
        yield from _not_of(
            self.subject, [(one, None) for each in self.starts for one in each.since]
        )
        for other in self.standstills:
            yield from _not_of(other.subject, [(one, None) for one in (*other.since, *other.until)])
        if not self.stops and self.ending is None:
            yield "nothing stops it"

    def _unmeasured(self) -> Iterator[str]:
        """Yield what no clock can show."""
        if self.unit is Unit.AT and not isinstance(self.limit, FieldOf):
            yield "a day that somebody named has to come from a field"
        if self.unit is Unit.HH and isinstance(self.yellow, DaysYellow):
            yield "a limit of hours is not near by days"
        yield from (text for text in self.begins.values() if not _can_be_said(text))
        if AlertLevel.YELLOW in self.recipients and self.yellow is None:
            yield "somebody hears of yellow, and nothing says when"
        if isinstance(self.limit, int) and self.yellow is not None:
            same = isinstance(self.yellow, HoursYellow) is (self.unit is Unit.HH)
            near = self.yellow.left(self.limit)
            if (same or isinstance(self.yellow, ShareYellow)) and near and near >= self.limit:
                yield f"near with {near} left, of a limit of {self.limit}"

    @property
    def _moments(self) -> tuple[Moment, ...]:
        return (*self.starts, *self.stops)

    @property
    def paths(self) -> Iterator[str]:
        """Every field that it looks at."""
        yield from (one.day for one in self.starts if one.day is not None)
        yield from (one.field for one in (self.limit, self.unit) if isinstance(one, FieldOf))
        yield from (one.link for one in self.standstills)
        if self.ending is not None:
            yield self.ending
        if self.extensions is not None:
            yield self.extensions.field

    @property
    def facts(self) -> Iterator[tuple[str, str]]:
        """Every kind of subject and fact that it looks at."""
        for one in self._moments:
            yield self.subject, one.fact
        for begun in self.starts:
            yield from ((self.subject, fact) for fact in begun.since)
        for other in self.standstills:
            yield from ((other.subject, fact) for fact in (*other.since, *other.until))

    @property
    def number(self) -> int:
        """The limit of a row that names one."""
        assert isinstance(self.limit, int), f"{self.id} is not the same for all"  # noqa: S101 - a bug
        return self.limit

    @cached_property
    def read_ending(self) -> Lookup | None:
        return None if self.ending is None else reading(self.ending)

    @cached_property
    def starting(self) -> Mapping[str, tuple[Moment, ...]]:
        return _by_fact(self.starts)

    @cached_property
    def stopping(self) -> Mapping[str, tuple[Moment, ...]]:
        return _by_fact(self.stops)


def _can_be_said(text: str) -> bool:
    """Say whether the day is the only blank in *text*."""
    try:
        return bool(text.format(on=" "))
    except (LookupError, ValueError):
        return False


@dataclass(frozen=True, slots=True)
class Reads:
    """What rows look at in one kind of subject: its fields, and the facts that it keeps."""

    fields: frozenset[str]
    facts: frozenset[str]
    others: frozenset[str] = frozenset()
    """The other kinds of subjects that its clocks depend on."""


def reads_of(limits: Iterable[Limit]) -> Mapping[str, Reads]:
    """Return by kind of subject what *limits* look at."""
    fields: dict[str, set[str]] = {CASE: set(OF_EVERY_CASE)}
    facts: dict[str, set[str]] = {}
    others: dict[str, set[str]] = {}
    for limit in limits:
        for kind, fact in limit.facts:
            facts.setdefault(kind, set()).add(fact)
            others.setdefault(limit.subject, {CASE}).add(kind)
        for path in limit.paths:
            kind = CASE if path.startswith(OF_THE_CASE) else limit.subject
            name = path.removeprefix(OF_THE_CASE).split(".")[0]
            fields.setdefault(kind, set()).add(name)
    return {
        kind: Reads(
            frozenset(fields.get(kind, ())),
            frozenset(facts.get(kind, ())),
            frozenset(others.get(kind, ())) - {kind},
        )
        for kind in {*fields, *facts}
    }


def _by_fact(moments: tuple[Moment, ...]) -> Mapping[str, tuple[Moment, ...]]:
    facts = dict.fromkeys(moment.fact for moment in moments)
    return {fact: tuple(one for one in moments if one.fact == fact) for fact in facts}


def _not_of(subject: str, wanted: list[tuple[str, str | None]]) -> Iterator[str]:
    course = COURSE_OF.get(subject)
    if course is None:
        yield f"no subject is called {subject}"
        return
    for fact, guard in wanted:
        yield from _not_in(course, fact, guard)


def _not_in(course: Course, fact: str, guard: str | None) -> Iterator[str]:
    known = {one.TYPE: one for one in course.facts}
    if fact not in known:
        yield f"{fact} is no fact of a {course.subject}"
    elif guard is not None and guard not in {one.name for one in course.guards(known[fact])}:
        yield f"{fact} has no guard {guard}"
