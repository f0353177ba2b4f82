"""Figures as readers see them: their values, their course, and the cases behind them."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Literal

from msgspec import structs

from services.metrics.domain.figures import elapsed, register, sources
from services.metrics.domain.figures.dimensions import (
    DIMENSIONS,
    EVERYWHERE,
    Dimension,
    Narrowed,
)
from services.metrics.domain.figures.figure import Aggregate, Figure, counts, named
from services.metrics.domain.figures.sources import BySource
from services.metrics.domain.figures.values import Parts, Value, quantiles, valued
from services.metrics.domain.last_words import LastWords
from services.metrics.domain.picture import clocks_of
from services.metrics.handlers.cases import summary, worst
from services.metrics.handlers.narrowing import LAST_OF_ALL, narrowed
from services.metrics.ports.readings import Behind, Readings, Summed
from services.metrics.views.case import ElapsedOf, ElapsedPage
from services.metrics.views.explanation import PartyTime
from services.metrics.views.kpi import (
    CountedCase,
    KpiCourse,
    KpiDay,
    KpiKey,
    KpiLine,
    KpiSource,
    KpiTarget,
    Quantiles,
)
from services.metrics.views.view import Both
from shared.contracts.moments import FIRST_DAY
from shared.contracts.rejection import Blame, Rejection
from shared.contracts.supervision.words import AlertLevel
from shared.policy.calendar import business_date, local
from shared.policy.rules import Editions
from shared.runtime.clock import Clock

ViewFields = dict[str, Any]
"""What several views have, by field."""

DAYS_USUAL = 30
DAYS_MAX = 400
LINES_MAX = 50
"""Values of a dimension that are listed, largest first."""

UNNAMED = (Aggregate.DISTINCT, Aggregate.COVERAGE, Aggregate.CURRENT, Aggregate.LOAD)
"""What counts people, enterprises or items names none of them."""


class DaysInvalid(Rejection):
    """The first day lies behind the last one, or too many lie between them."""

    code = "days_invalid"
    blame = Blame.COMMAND
    field = "from"


Breakdown = Dimension | Literal["day"]
"""By what a figure is told; by day it always is, and by *day* alone costs least."""


@dataclass(frozen=True, slots=True)
class FigureQuery:
    """The days of which figures are asked, both included, what they are narrowed to, by what."""

    since: date | None = None
    until: date | None = None
    narrowed: Narrowed = EVERYWHERE
    by: Breakdown | None = None
    """The dimension by which the figure is told; None for each of them."""


@dataclass(frozen=True, slots=True)
class CountedFound:
    """Cases behind a figure, and the place behind which the next ones begin."""

    items: list[CountedCase]
    following: tuple[date, str] | None


class Kpis:
    """Reads figures, and who stands behind them."""

    def __init__(
        self, readings: Readings, rules: Editions, clock: Clock, *, of_all: bool = True
    ) -> None:
        self._readings = readings
        self._rules = rules
        self._clock = clock
        self._of_all = of_all
        """Whether they are told to who sees every organisation."""

    def within(self, organisations: Collection[str] | None) -> "Kpis":
        """Return the same for who sees *organisations* alone, None for every one."""
        seen = narrowed(self._readings, organisations)
        return Kpis(seen, self._rules, self._clock, of_all=organisations is None)

    def days_of(self, asked: FigureQuery, *, gauge: bool) -> tuple[date, date]:
        """
        Return the first and the last day; the last thirty where none are named.

        A gauge is the sum of all days.

        Raises:
            DaysInvalid: no answer is for these days.
        """
        until = asked.until or business_date(self._clock.now())
        since = asked.since or until - timedelta(days=DAYS_USUAL - 1)
        if not 0 <= (until - since).days < DAYS_MAX:
            raise DaysInvalid(days=DAYS_MAX)
        return (FIRST_DAY if gauge else since), until

    async def listed(
        self, asked: FigureQuery, figures: Collection[Figure] | None = None
    ) -> list[KpiLine]:
        """Return every one of *figures*, of all there are, with its value."""
        figures = register.REGISTER.figures if figures is None else figures
        own: dict[bool, Mapping[str, Parts]] = {}
        for gauge in (False, True):
            names = {part for one in figures if one.gauge is gauge for part in one.parts}
            days = self.days_of(asked, gauge=gauge)
            sums = await self._readings.parts(Summed(sorted(names), *days, asked.narrowed))
            own[gauge] = register.REGISTER.shared_out(sums)
        standing = self._by_source(await self._last_words(asked))
        own[True] = {**own[True], **{name: sources.parts_of(one) for name, one in standing.items()}}
        return [KpiLine(**self._told(one, asked, own[one.gauge][one.id])) for one in figures]

    async def one(self, figure: Figure, asked: FigureQuery) -> KpiCourse:
        """Return a figure with its course by business day and its parts by dimension."""
        by_day = await self._readings.days(self._summed(figure, asked, shown=figure.shown))
        whole = Counter[str]()
        for parts in by_day.values():
            whole.update(parts)
        words = await self._last_words(asked) if figure.measure is Aggregate.GREATEST else None
        standing = self._by_source(words).get(figure.id, {})
        whole.update(sources.parts_of(standing))
        lasted = quantiles(figure, whole)
        return KpiCourse(
            **self._told(figure, asked, whole),
            quantiles=Quantiles(**lasted) if lasted else None,
            parts=_parts(figure, whole),
            series=[
                KpiDay(day=day, **_value(valued(figure, parts, day)))
                for day, parts in by_day.items()
            ],
            by={
                name: await self._dimension(figure, asked, name)
                for name in DIMENSIONS
                if asked.by in (None, name)
            },
            sources=self._sources(standing, words or {}),
        )

    async def _last_words(self, asked: FigureQuery) -> LastWords | None:
        """Return what publishers told last; None where some subjects or other days are asked of."""
        today = business_date(self._clock.now())
        if self._of_all and asked.narrowed == EVERYWHERE and (asked.until or today) >= today:
            return await self._readings.last_words()
        return None

    def _by_source(self, words: LastWords | None) -> Mapping[str, BySource]:
        if words is None:
            return {}
        return sources.by_source(words, self._rules.newest, self._clock.now())

    def _sources(self, standing: BySource, words: LastWords) -> list[KpiSource]:
        publishers = self._rules.newest.publishers.by_id
        return [
            KpiSource(
                publisher=name,
                name=publishers[name].name,
                heard_at=local(words[name][-1].learned) if name in words else None,
                **_value(value),
            )
            for name, value in standing.items()
        ]

    async def _dimension(self, figure: Figure, asked: FigureQuery, name: Dimension) -> list[KpiKey]:
        summed = self._summed(figure, asked)
        by_key = await self._readings.dimension(summed, name)
        values = {key: valued(figure, parts, summed.until) for key, parts in by_key.items()}
        ranked = sorted(values.items(), key=lambda one: (-(one[1].number or 0), one[0]))
        return [KpiKey(key=key, **_value(value)) for key, value in ranked[:LINES_MAX]]

    async def cases(
        self, figure: Figure, asked: FigureQuery, before: tuple[date, str] | None, rows_max: int
    ) -> CountedFound:
        """Return the subjects that a figure counts, day by day, the last day first."""
        summed = self._summed(figure, asked)
        found = await self._readings.behind(summed, before or LAST_OF_ALL, rows_max)
        keys = [one.dossier.key for one in found]
        standing = worst(await self._readings.standing(keys) if keys else ())
        levels = {clock.dossier: raised.level for clock, raised in standing.items()}
        items = [self._item(one, levels.get(one.dossier.key)) for one in found]
        more = len(found) == rows_max
        return CountedFound(items, (found[-1].day, keys[-1]) if more else None)

    async def behind(
        self,
        figures: Iterable[Figure],
        asked: FigureQuery,
        before: tuple[date, str] | None,
        rows_max: int,
    ) -> Sequence[Behind]:
        """Return the dossiers that any of *figures* counts, none of them gauges, last day first."""
        parts = dict.fromkeys(part for figure in figures for part in figure.parts)
        days = self.days_of(asked, gauge=False)
        summed = Summed(tuple(parts), *days, asked.narrowed)
        return await self._readings.behind(summed, before or LAST_OF_ALL, rows_max)

    async def elapsed(self, asked: FigureQuery, by: Dimension, rows_max: int) -> ElapsedPage:
        """Return who used up the time of the cases that ended in some days, by one dimension."""
        figure = register.REGISTER.by_id[elapsed.FIGURE]
        by_key = await self._readings.dimension(self._summed(figure, asked), by)
        lines = [_elapsed_of(key, parts) for key, parts in by_key.items()]
        lines.sort(key=lambda one: (-one.elapsed, one.key))
        whole = Counter[str]()
        for parts in by_key.values():
            whole.update(parts)
        days = self.days_of(asked, gauge=False)
        return ElapsedPage(lines[:rows_max], None, *days, by, _elapsed_of("", whole))

    def _item(self, one: Behind, level: AlertLevel | None) -> CountedCase:
        adds = Counter[str]()
        for part, number in one.adds.items():
            adds[_tail(named(part))] += number
        clocks = clocks_of(one.dossier, self._rules.newest)
        line = structs.replace(summary(one.dossier, clocks, {}, self._clock.now()), level=level)
        return CountedCase(**structs.asdict(line), day=one.day, adds=dict(adds))

    def _summed(self, figure: Figure, asked: FigureQuery, shown: Iterable[str] = ()) -> Summed:
        days = self.days_of(asked, gauge=figure.gauge)
        return Summed((*figure.parts, *shown), *days, asked.narrowed)

    def _told(self, figure: Figure, asked: FigureQuery, parts: Parts) -> ViewFields:
        since, until = self.days_of(asked, gauge=figure.gauge)
        return {
            "kpi_id": figure.id,
            "item": figure.item,
            "name": Both(figure.zh, figure.en),
            "unit": figure.unit,
            "formula": figure.formula,
            "gauge": figure.gauge,
            "target": KpiTarget(**asdict(figure.target)) if figure.target else None,
            "since": None if figure.gauge else since,
            "until": until,
            **_value(valued(figure, parts, until)),
        }


def _elapsed_of(key: str, parts: Parts) -> ElapsedOf:
    days = {party: parts.get(part, 0) for party, part in elapsed.PART_OF.items()}
    used = tuple(PartyTime(party, n, n) for party, n in days.items() if n)
    return ElapsedOf(key, sum(days.values()), used)


def _parts(figure: Figure, whole: Parts) -> dict[str, int]:
    """Return the parts that *figure* names, by their names in its own table."""
    parts = Counter[str]()
    for part, number in sorted(whole.items()):
        if counts((*figure.parts, *figure.shown), part):
            parts[_tail(named(part) if figure.measure in UNNAMED else part)] += number
    return dict(parts)


def _tail(part: str) -> str:
    return part.partition("/")[2]


def _value(value: Value) -> ViewFields:
    return {
        "value": value.number,
        "numerator": value.numerator,
        "denominator": value.denominator,
        "sample_ok": value.sample_ok,
        "pending": value.pending,
        "level": value.level,
    }
