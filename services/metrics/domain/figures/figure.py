"""What a figure is: its words, the parts that it is made of, and what it is judged by."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal, Protocol, TypedDict

from msgspec import Struct

from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.subjects.alert import Card
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.words import AlertLevel
from shared.contracts.words import ClockName
from shared.policy.calendar import WorkCalendar

Line = tuple[str, date, int]
"""Part, business day, number: what one subject adds."""

CLASSES_KEPT_MAX = 16_384
"""Names of classes that are remembered: every fact of a case asks for some again."""

MANY = ":*"
"""Ends the name of a part of which there is one for each class, state or name."""


class Keeping(StrEnum):
    """How one run of a limit was kept, or is."""

    ON_TIME = "on_time"
    LATE = "late"
    OVERDUE = "overdue"
    """Open, and a red card says that it is late."""
    RUNNING = "running"
    """Open, and may still be kept."""


class About(Struct, frozen=True, gc=False):
    """What a figure may ask for beside the subject itself."""

    dossier: Dossier
    calendar: WorkCalendar
    clocks: Sequence[Clock] = ()
    """Of all its subjects, running or ended."""

    def clock(self, name: ClockName) -> Clock | None:
        """Return the first clock of that *name*, by the order of the rows; None if none began."""
        return next((one for one in self.clocks if one.run.sla.clock == name), None)

    def due(self, name: ClockName) -> date | None:
        """Return the due day of that clock; None where a hold keeps it open, or none began."""
        clock = self.clock(name)
        return None if clock is None else clock.due

    def kept(
        self, slas: Collection[str], name: str, but: Collection[str] = ()
    ) -> Iterator[tuple[Keeping, date]]:
        """
        Yield how each run of the limits *slas* on the subject *name* was kept, and on which day.

        That is the day on which it ended, since when it is overdue, or on which it began. A run
        that one of the events *but* ended, or the beginning of another of them, was not up to us.
        """
        runs = [one for one in self.clocks if one.run.sla.id in slas and one.subject == name]
        begun = {one.started_by for one in runs}
        for clock in runs:
            ending = clock.ending
            if ending is None or clock.ended_at is None:
                overdue_on = self.overdue_on((clock.sla.id,), name)
                how = Keeping.RUNNING if overdue_on is None else Keeping.OVERDUE
                yield how, overdue_on or clock.started_on
            elif ending.ended_by not in but and (
                ending.ended_by not in begun or ending.ended_by == clock.started_by
            ):
                late = clock.due_at is not None and clock.ended_at >= clock.due_at
                yield Keeping.LATE if late else Keeping.ON_TIME, ending.ended_on

    def breaches(self, slas: Collection[str], name: str) -> Iterator[Card]:
        """
        Yield the cards of what is late by the limits *slas* on the subject *name*.

        Whatever their colour is; without those revoked.
        """
        return (
            card
            for card in self.dossier.cards
            if card.late
            and card.state != AlertState.REVOKED
            and card.sla in slas
            and card.concerns == name
        )

    def overdue_on(self, slas: Collection[str], name: str) -> date | None:
        """Return since when the subject *name* is past one of its limits; None if it is not."""
        if not self.dossier.cards:
            return None
        return min(
            (
                card.raised_on
                for card in self.breaches(slas, name)
                if card.raised_on and card.stands
            ),
            default=None,
        )


LinesOf = Callable[[Any, About], Iterable[Line]]
"""What a subject of one kind adds to the parts of one module."""


def many(part: str) -> str:
    """Return the name of all parts that are *part*, or begin with it and a colon."""
    return f"{part}{MANY}"


@lru_cache(CLASSES_KEPT_MAX)
def of_class(part: str, name: object) -> str:
    """Return the one of the many of *part* that is called *name*."""
    return f"{part}:{name}"


def of_version(part: str, name: str, version: int, *, is_so: bool) -> str:
    """Return the one of the many of *part* that says what *name* is in a *version* of it."""
    return of_class(part, f"{name}:{version}:{is_so:d}")


def named(part: str) -> str:
    """Return the name under which *part* is one of many."""
    return part.partition(":")[0]


def counts(names: Collection[str], part: str) -> bool:
    """Say whether *part* is one of *names*, or one of the many that one of them names."""
    return part in names or any(many(head) in names for head in heads(part))


def heads(part: str) -> Iterator[str]:
    """Yield all names under which *part* is one of many, the longest first: it is one itself."""
    while part:
        yield part
        part = part.rpartition(":")[0]


def by_keeping(part: str, kept: Iterable[tuple[Keeping, date]]) -> Iterator[Line]:
    """Yield *part* once for each run, by how it was *kept*."""
    return ((of_class(part, how), day, 1) for how, day in kept)


def on_the_day(part: str, day: date) -> Line:
    """Return the line of what came up on *day*, in a class that is called so."""
    return of_class(part, day.isoformat()), day, 1


def grown(part: str, sizes: Iterable[tuple[date, int]]) -> Iterator[Line]:
    """Yield by how much *part* grew or shrank on each day; a gauge has its size at any day then."""
    before = 0
    for day, size in sizes:
        if size != before:
            yield part, day, size - before
        before = size


def moved(part: str, places: Iterable[tuple[date, str]]) -> Iterator[Line]:
    """
    Yield under which of the many of *part* a subject came on each day, and what it left then.

    Under '' it is nowhere. A gauge counts it at any day where it was then.
    """
    before = ""
    for day, place in places:
        if place != before:
            if before:
                yield of_class(part, before), day, -1
            if place:
                yield of_class(part, place), day, 1
        before = place


class Aggregate(StrEnum):
    """What the parts come to."""

    SUM = "sum"
    HUNDREDTHS = "hundredths"
    """The sum of parts that are kept in hundredths."""
    RATE = "rate"
    MEAN = "mean"
    """Of classes such as ``days:007``, each as often as it was counted."""
    NINETIETH = "p90"
    """Of classes, by nearest rank."""
    NINETY_FIFTH = "p95"
    DISTINCT = "distinct"
    """How many of the many parts count at all."""
    SHORTENED = "shortened"
    """Of classes in pairs such as ``limits:020:010``: by which share the second is less."""
    SPREAD = "spread"
    """Of classes in groups such as ``days:PC:007``: how far apart the groups' medians are."""
    MEAN_SPREAD = "mean_spread"
    """Of classes in groups: how far apart the groups' means are; of 0 and 1 a mean is a rate."""
    COVERAGE = "coverage"
    """Which share of the many of the denominator are also among those of the numerator."""
    CURRENT = "current"
    """Of versions, as `of_version` names them: which share of the many of the denominator is so."""
    LOAD = "load"
    """How much the ninetieth in a hundred of the many parts has."""
    AGE = "age"
    """Of classes that are days, as `on_the_day` yields them: how many days ago the newest was."""
    GREATEST = "greatest"
    """The greatest of what is so at this moment, by name: no sums are kept of it."""


class Origin(StrEnum):
    """Who set a target, as the catalogue marks it."""

    PLAN = "T"
    PUBLISHED = "P"
    OURS = "D"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is aimed at; *trend* where only the direction is."""

    origin: Origin
    at_least: float | None = None
    at_most: float | None = None
    trend: Literal["rising", "falling"] | None = None
    yearly: bool = False
    """Whether *at_least* is for a whole year, so that a count comes near to it day by day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """When a figure is yellow or red: its value, or the sum of *parts* where some are named."""

    level: AlertLevel
    below: float | None = None
    above: float | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure's place on the page of today, and its name there: short, for a tile is narrow."""

    name: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """
    One row of the catalogue, or a part of one; a suffix tells those apart.

    The formula is read by people, the parts by whoever computes it. A *gauge*
    counts all days up to the last one asked for. What is *pending* may still
    come in time: it is told apart, and judged by nobody. What is *shown* beside
    it tells more of the same, as a sum alone. A *tile* puts it on the page of
    today, which shows what the day has added: a gauge has none.
    """

    id: str
    item: int | None
    """The plan's item; None for what only runs the bureau."""
    zh: str
    en: str
    unit: str
    formula: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    measure: Aggregate = Aggregate.SUM
    per: int = 1
    """A rate is told of so many."""
    gauge: bool = False
    target: Target | None = None
    alerts: tuple[Threshold, ...] = ()
    tile: Tile | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """Every part that it counts; the dossiers behind these can be listed."""
        judged = (part for alert in self.alerts for part in alert.parts)
        names = (*self.numerator, *self.denominator, *self.pending, *judged)
        return tuple(dict.fromkeys(names))


class KeptRate(TypedDict):
    """What is alike in figures of how many runs were kept."""

    unit: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    pending: tuple[str, ...]
    measure: Aggregate


def kept_rate(part: str) -> KeptRate:
    """Return the rate of those kept of *part*, as `by_keeping` yields it: what runs is pending."""
    kept, late, overdue, running = (of_class(part, how) for how in Keeping)
    return KeptRate(
        unit="ratio",
        numerator=(kept,),
        denominator=(kept, late, overdue),
        pending=(running,),
        measure=Aggregate.RATE,
    )


class Module(Protocol):
    """A file of figures: the figures, their parts, and the lines that yield them."""

    FIGURES: tuple[Figure, ...]
    LINES: Mapping[type, LinesOf]
    Part: type[StrEnum]
