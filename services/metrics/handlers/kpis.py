"""Figures as readers see them: their values, their course, and the cases behind them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from services.metrics.domain.dossier import Dossier
from services.metrics.domain.kpi_values import Parts, Value, catalogued, counts, quantiles, valued
from services.metrics.domain.kpis import KPIS, Kpi
from services.metrics.domain.picture import Picture, picture_of
from services.metrics.domain.reasons.explanation import Document
from services.metrics.handlers.cases import Cases, Found, summary, worst
from services.metrics.ports.readings import Dimension, Readings, Summed
from shared.contracts.handling.course import OPEN, Phase
from shared.contracts.moments import FIRST_DAY
from shared.contracts.rejection import Blame, Rejection
from shared.policy.calendar import business_date
from shared.policy.rules import Rules
from shared.runtime.clock import Clock

DAYS_USUAL = 30
DAYS_MAX = 400
DIMENSIONS: tuple[Dimension, ...] = ("item", "window", "channel")
LINES_MAX = 50
"""Items, windows or channels that are listed, largest first."""


class DaysInvalid(Rejection):
    """The first day lies behind the last one, or too many lie between them."""

    code = "days_invalid"
    blame = Blame.COMMAND
    field = "from"


@dataclass(frozen=True, slots=True)
class Asked:
    """The days of which figures are asked, both included, and what they are narrowed to."""

    since: date | None = None
    until: date | None = None
    item: str | None = None
    window: str | None = None
    channel: str | None = None

    def over(self, days: tuple[date, date]) -> Summed:
        """Return which sums are asked for, over *days*."""
        return Summed(*days, self.item, self.window, self.channel)

    def takes(self, dossier: Dossier) -> bool:
        """Say whether *dossier* is among what it is narrowed to."""
        return (
            self.item in (None, dossier.case.item_code)
            and self.window in (None, dossier.case.window)
            and self.channel in (None, dossier.case.channel)
        )


class Kpis:
    """Reads figures; a figure's cases are found by the rules that made it."""

    def __init__(self, readings: Readings, rules: Rules, clock: Clock) -> None:
        self._readings = readings
        self._rules = rules
        self._clock = clock
        self._cases = Cases(readings, rules, clock)

    def days_of(self, kpi: Kpi, asked: Asked) -> tuple[date, date]:
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
        return (FIRST_DAY if kpi.gauge else since), until

    async def listed(self, asked: Asked) -> list[Document]:
        """Return every figure with its value."""
        sums: dict[str, Parts] = {}
        for gauge in (False, True):
            ids = sorted({catalogued(kpi) for kpi in KPIS if kpi.gauge is gauge})
            days = self.days_of(next(kpi for kpi in KPIS if kpi.gauge is gauge), asked)
            sums |= await self._readings.parts(ids, asked.over(days))
        return [self._told(kpi, asked, sums.get(catalogued(kpi), {})) for kpi in KPIS]

    async def one(self, kpi: Kpi, asked: Asked) -> Document:
        """Return a figure with its course by business day and its parts by dimension."""
        summed = asked.over(self.days_of(kpi, asked))
        by_day = await self._readings.days(catalogued(kpi), summed)
        whole = Counter[str]()
        for parts in by_day.values():
            whole.update(parts)
        return {
            **self._told(kpi, asked, whole),
            "quantiles": quantiles(whole),
            "parts": {
                part: n
                for part, n in sorted(whole.items())
                if counts((*kpi.numerator, *kpi.denominator), part)
            },
            "series": [
                {"day": day.isoformat(), **_value(valued(kpi, parts))}
                for day, parts in by_day.items()
            ],
            "by": {name: await self._dimension(kpi, asked, name) for name in DIMENSIONS},
        }

    async def _dimension(self, kpi: Kpi, asked: Asked, name: Dimension) -> list[Document]:
        summed = asked.over(self.days_of(kpi, asked))
        by_key = await self._readings.dimension(catalogued(kpi), summed, name)
        values = {key: valued(kpi, parts) for key, parts in by_key.items()}
        ranked = sorted(values.items(), key=lambda one: (-(one[1].number or 0), one[0]))
        return [{"key": key, **_value(value)} for key, value in ranked[:LINES_MAX]]

    async def cases(self, kpi: Kpi, asked: Asked, below: str | None, rows_max: int) -> Found:
        """Return the subjects that a figure counts, by asking each what it adds."""
        since, until = self.days_of(kpi, asked)
        phases = tuple(OPEN) if kpi.gauge else tuple(Phase)
        items: list[Document] = []
        async for section in self._cases.every(below, phases):
            for dossier in filter(asked.takes, section.dossiers):
                picture = picture_of(dossier, None, self._rules)
                added = _added(picture, kpi, (since, until))
                if added:
                    items.append({**summary(dossier, picture.clocks, {}), "adds": added})
                if len(items) == rows_max:
                    return Found(await self._levelled(items), dossier.key)
            below = section.last
        return Found(await self._levelled(items), below)

    async def _levelled(self, items: list[Document]) -> list[Document]:
        keys = [item["case_no"] for item in items]
        standing = worst(await self._readings.standing(keys) if keys else ())
        levels = {clock.dossier: raised.level for clock, raised in standing.items()}
        return [{**item, "level": levels.get(item["case_no"])} for item in items]

    def _told(self, kpi: Kpi, asked: Asked, parts: Parts) -> Document:
        since, until = self.days_of(kpi, asked)
        return {
            "kpi_id": kpi.kpi_id,
            "name": {"zh-CN": kpi.zh, "en": kpi.en},
            "unit": kpi.unit,
            "formula": kpi.formula or None,
            "gauge": kpi.gauge,
            "since": None if kpi.gauge else since.isoformat(),
            "until": until.isoformat(),
            **_value(valued(kpi, parts)),
        }


def _added(picture: Picture, kpi: Kpi, days: tuple[date, date]) -> Mapping[str, int]:
    """Return the parts of *kpi* that *picture* adds within *days*."""
    table, names = catalogued(kpi), (*kpi.numerator, *kpi.denominator)
    added: dict[str, int] = {}
    for (name, part, day, *_), number in picture.contributions.items():
        if name == table and days[0] <= day <= days[1] and counts(names, part):
            added[part] = added.get(part, 0) + number
    return added


def _value(value: Value) -> Document:
    return {
        "value": value.number,
        "numerator": value.numerator,
        "denominator": value.denominator,
        "sample_ok": value.sample_ok,
    }
