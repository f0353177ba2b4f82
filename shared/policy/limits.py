"""A limit: what it runs from and to, how long it is, when it is near, who hears of it."""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import chain
from typing import Literal, Self, TypeVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from shared.contracts.course import Course
from shared.contracts.courses import COURSES
from shared.contracts.supervision.words import AlertBasis, AlertLevel
from shared.contracts.words import ClockName
from shared.policy.lookup import (
    FieldOf,
    Lookup,
    NamedFact,
    NamedField,
    NamedWord,
    Needed,
    Stated,
    Whereabouts,
    reading,
)
from shared.policy.rule import Bilingual, Rule
from shared.policy.unfit import near_too_soon, out_of_range
from shared.policy.yellow import (
    AfterYellow,
    DaysYellow,
    HoursYellow,
    RemainingYellow,
    ShareYellow,
    Yellow,
)

DAYS_MAX = 1_095
"""Three years: what takes longer has no strip of days that anybody could check."""

LIMIT_MIN: Mapping[str, int] = {"WD": 0, "ND": 0, "DH": 0, "AO": 0}
"""A limit of no day is the same day; of no hour there is no limit."""

COURSE_OF: Mapping[str, Course] = {course.subject: course for course in COURSES}


class Unit(StrEnum):
    """What a limit is counted in: 工作日, 自然日, 工时, or until a day that somebody named."""

    WD = "WD"
    ND = "ND"
    HH = "HH"
    AT = "AT"
    DH = "DH"
    """Working days until the hall closes on the last of them; none is the day itself."""
    AO = "AO"
    """At once: a rule that the very fact breaks, on which it begins."""


class Earlier(Rule):
    """A fact of the subject that has to have come before, and none that took it back since."""

    fact: str
    when: str | None = None
    until: str | None = None


class Moment(Rule):
    """A fact of the subject's course on which a limit begins or ends."""

    fact: str
    when: str | None = None
    """The guard of the course that the fact must meet."""
    day: Whereabouts | None = None
    """Where the subject keeps the day that counts; else it is the day of the fact."""
    since: tuple[str, ...] = ()
    """The limit is counted from the last of these facts before, not from this one."""
    after: Earlier | None = None
    """What has to have come before."""

    @property
    def earlier(self) -> Iterator[tuple[str, str]]:
        """The facts that it is asked to come after, by the place."""
        if self.after is not None:
            yield "fact", self.after.fact
            if self.after.until is not None:
                yield "until", self.after.until

    @cached_property
    def read_day(self) -> Lookup | None:
        return None if self.day is None else reading(self.day)


class StopMoment(Moment):
    """A fact that ends a limit, the first time or when it has come *times* since the start."""

    times: int = Field(default=1, ge=1)


M = TypeVar("M", bound=Moment)


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

    id: str = Field(pattern=r"^(SLA|RULE)-[0-9]{2}[a-z]?$")
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
    stops: tuple[StopMoment, ...] = ()
    beside: bool = False
    """Whether several of them run beside one another, each by the name of its hold or step."""
    ending: Whereabouts | None = None
    """Where whatever else ends it is kept."""
    limit: int | FieldOf | Stated
    unit: Unit | FieldOf
    by_guide: bool = False
    """Whether the guide of an item may name another number of days."""
    outside: bool = False
    """Whether it runs only for a receipt that hall and platform should have had (`circulates`)."""
    latest: Stated | None = None
    """The day on which it ends at the latest, however long it is, as its first fact says."""
    held: bool | ClockName = False
    """Whether a hold of the case that names its clock may stop it; or the clock whose holds do."""
    standstills: tuple[Standstill, ...] = ()
    extensions: Prolongation | None = None
    yellow: Yellow | None = None
    told_since: date = date.min
    """Of what began before that day nobody has told the end here, so it does not run."""
    late: AlertLevel = AlertLevel.RED
    """The colour of its card once it is over."""
    recipients: Mapping[AlertLevel, tuple[str, ...]]
    """Who hears of it, near by YELLOW and late by *late*; a colour without anybody has no card."""
    escalates: bool = False
    """Of a card: once it is over nobody gets another card, this one goes up a level."""

    @model_validator(mode="after")
    def _possible(self) -> Self:
        faults = (
            self._unknown(),
            self._uncoloured(),
            self._moved(),
            self._unmeasured(),
            self._never_near(),
        )
        for fault in chain.from_iterable(faults):
            raise fault
        return self

    def _unknown(self) -> Iterator[PydanticCustomError]:
        """Yield what the published courses do not have."""
        for place, kind in self.subjects:
            if kind not in COURSE_OF:
                yield self.unknown(place, kind)
                return
        for place, kind, fact in self.facts:
            if fact not in {one.TYPE for one in COURSE_OF[kind].facts}:
                yield self.unknown(place, fact)
                return
        for place, fact, when in self._asked:
            if when is not None and when not in self._guards(fact):
                yield self.unknown(f"{place}.when", when)

    def _guards(self, fact: str) -> set[str]:
        course = COURSE_OF[self.subject]
        return {
            guard.name for one in course.facts if fact == one.TYPE for guard in course.guards(one)
        }

    def unknown(self, place: str, name: str) -> PydanticCustomError:
        """Return what to say of a *name* at a *place* of the row that nothing is called by."""
        said = {"row": self.id, "place": place, "name": name}
        return PydanticCustomError("limit_name_unknown", "{row}, {place}: no {name} there", said)

    def _uncoloured(self) -> Iterator[PydanticCustomError]:
        """Yield the prompt: rows have the two colours of the profile *DEFAULT*."""
        if AlertLevel.PROMPT in {self.late, *self.recipients}:
            said = {"row": self.id, "level": AlertLevel.PROMPT}
            yield PydanticCustomError(
                "limit_colour_unfit", "{row}: {level} is no colour of a row", said
            )

    def _unmeasured(self) -> Iterator[PydanticCustomError]:
        """Yield what no clock can show."""
        row, limit, unit = {"row": self.id}, self.limit, self.unit
        least = LIMIT_MIN.get(str(unit), 1)
        if isinstance(limit, int) and not least <= limit <= DAYS_MAX:
            yield out_of_range(self.id, limit, least, DAYS_MAX)
        if not self.stops and self.ending is None:
            yield PydanticCustomError("limit_never_ends", "{row}: nothing stops it", row)
        if not self._fits_its_unit():
            told = row | {"unit": unit}
            yield PydanticCustomError(
                "limit_unit_unfit", "{row}: {unit} does not fit what is counted", told
            )
        for language, text in self.begins.items():
            if not _can_be_said(text):
                yield self.unknown(f"begins.{language}", text)

    def _moved(self) -> Iterator[PydanticCustomError]:
        """Yield what a day that somebody named cannot have: it does not move, and is no budget."""
        parts = {
            "held": self.held,
            "standstills": self.standstills,
            "extensions": self.extensions,
            "latest": self.latest,
            "yellow.by": isinstance(self.yellow, AfterYellow | RemainingYellow),
        }
        if self.unit is Unit.AT:
            for place in (place for place, said in parts.items() if said):
                said = {"row": self.id, "place": place}
                yield PydanticCustomError(
                    "limit_day_moved", "{row}: a named day cannot have {place}", said
                )

    def _fits_its_unit(self) -> bool:
        """Say whether what is counted, and when it is near, can be told in its unit."""
        unit, yellow = self.unit, self.yellow
        match unit:
            case Unit.AT:
                fits = not isinstance(self.limit, int)
            case Unit.HH:
                fits = not isinstance(yellow, DaysYellow | RemainingYellow | AfterYellow)
            case Unit.DH:
                fits = yellow is None or isinstance(yellow, AfterYellow | HoursYellow)
            case Unit.AO:
                fits = self.limit == 0 and yellow is None
            case _:
                fits = not isinstance(yellow, AfterYellow)
        # What may stand still, or be given more, has no day that was named for it.
        stands = self.held or self.standstills or self.extensions
        days = unit in (Unit.WD, Unit.ND)
        whole_days, number = days and not stands, days and isinstance(self.limit, int)
        latest_fits = self.latest is None or whole_days
        return fits and latest_fits and (number or not self.by_guide)

    def _never_near(self) -> Iterator[PydanticCustomError]:
        """Yield why nobody hears in time that it is near."""
        row, limit, yellow = {"row": self.id}, self.limit, self.yellow
        unheard = yellow is None and self.late is not AlertLevel.YELLOW
        if AlertLevel.YELLOW in self.recipients and unheard:
            yield PydanticCustomError("limit_never_near", "{row}: nothing says when near", row)
        if isinstance(limit, int) and yellow is not None:
            same = isinstance(yellow, HoursYellow) is (self.unit is Unit.HH)
            near = yellow.left(limit)
            if (same or isinstance(yellow, ShareYellow)) and near and near >= limit:
                yield near_too_soon(self.id, near, limit)

    @property
    def subjects(self) -> Iterator[tuple[str, str]]:
        """Every kind of subject that it looks at, by its place."""
        yield "subject", self.subject
        for number, one in enumerate(self.standstills):
            yield f"standstills.{number}.subject", one.subject

    @property
    def fields(self) -> Iterator[NamedField]:
        """Every field that it looks at."""
        named: list[tuple[str, str | None, Needed]] = [
            (f"starts.{number}.day", one.day, Needed.DAY) for number, one in enumerate(self.starts)
        ]
        named += [
            (f"standstills.{number}.link", one.link, Needed.NAME)
            for number, one in enumerate(self.standstills)
        ]
        amount = Needed.MOMENT if self.unit is Unit.AT else Needed.AMOUNT
        others = self.yellow.of if isinstance(self.yellow, RemainingYellow) else None
        named += [
            ("limit.field", _field(self.limit), amount),
            ("unit.field", _field(self.unit), Needed.UNIT),
            ("ending", self.ending, Needed.ENDING),
            ("extensions.field", _field(self.extensions), Needed.EXTENSIONS),
            ("yellow.of", others, Needed.AMOUNT),
        ]
        yield from (
            NamedField(place, path, needed) for place, path, needed in named if path is not None
        )

    @property
    def stated(self) -> Iterator[NamedWord]:
        """What it looks for in the facts on which it begins."""
        if isinstance(self.limit, Stated):
            yield NamedWord("limit.stated", self.limit.stated, by_day=self.unit is Unit.AT)
        if self.latest is not None:
            yield NamedWord("latest.stated", self.latest.stated, by_day=True)

    @property
    def _moments(self) -> Iterator[tuple[str, Moment]]:
        """Where it begins and ends, by the place."""
        for name in ("starts", "stops"):
            for number, one in enumerate(getattr(self, name)):
                yield f"{name}.{number}", one

    @property
    def _asked(self) -> Iterator[tuple[str, str, str | None]]:
        """What is asked of which fact, by the place."""
        for place, one in self._moments:
            yield place, one.fact, one.when
            if one.after is not None:
                yield f"{place}.after", one.after.fact, one.after.when

    @property
    def facts(self) -> Iterator[NamedFact]:
        """Every fact that it looks for."""
        for place, one in self._moments:
            yield NamedFact(f"{place}.fact", self.subject, one.fact)
            for before, fact in enumerate(one.since):
                yield NamedFact(f"{place}.since.{before}", self.subject, fact)
            for name, earlier in one.earlier:
                yield NamedFact(f"{place}.after.{name}", self.subject, earlier)
        for number, other in enumerate(self.standstills):
            for name in ("since", "until"):
                for which, fact in enumerate(getattr(other, name)):
                    yield NamedFact(f"standstills.{number}.{name}.{which}", other.subject, fact)

    @property
    def number(self) -> int:
        """The limit of a row that names one."""
        assert isinstance(self.limit, int), f"{self.id} is not the same for all"  # noqa: S101 - a bug
        return self.limit

    @cached_property
    def held_with(self) -> ClockName | None:
        """The clock that a hold has to name so that it stops this limit; None where none does."""
        return self.clock if self.held is True else self.held or None

    @cached_property
    def read_ending(self) -> Lookup | None:
        return None if self.ending is None else reading(self.ending)

    @cached_property
    def read_others(self) -> Lookup | None:
        """How much was left of the limit within which it has to fit."""
        return self.yellow.read if isinstance(self.yellow, RemainingYellow) else None

    @cached_property
    def starting(self) -> Mapping[str, tuple[Moment, ...]]:
        return _by_fact(self.starts)

    @cached_property
    def stopping(self) -> Mapping[str, tuple[StopMoment, ...]]:
        return _by_fact(self.stops)


def _field(value: object) -> str | None:
    return value.field if isinstance(value, FieldOf) else None


def _can_be_said(text: str) -> bool:
    """Say whether the day is the only blank in *text*."""
    try:
        return bool(text.format(on=" "))
    except (LookupError, ValueError):
        return False


def _by_fact(moments: tuple[M, ...]) -> Mapping[str, tuple[M, ...]]:
    facts = dict.fromkeys(moment.fact for moment in moments)
    return {fact: tuple(one for one in moments if one.fact == fact) for fact in facts}
