"""A figure as a reader is told: its value, its course, and the cases behind it."""

from datetime import date

from services.metrics.views.case import CaseLine
from services.metrics.views.view import Both, Page, ShownInstant, View
from shared.contracts.supervision.words import AlertLevel


class KpiValue(View, frozen=True):
    """What a figure comes to, and what it is made of."""

    value: float | None
    """Null where there is nothing to divide by."""
    numerator: int
    denominator: int | None
    sample_ok: bool
    """Whether there were enough to judge by."""
    pending: int | None
    """What is within its limit and may still come in time."""
    level: AlertLevel | None
    """The colour by the figure's own rules; null where it is as it should be, or too few."""


class KpiTarget(View, frozen=True):
    """What is aimed at, and who says so; *trend* where only the direction is."""

    origin: str
    at_least: float | None
    at_most: float | None
    trend: str | None
    yearly: bool
    """Whether *at_least* is for a whole year."""


class KpiLine(KpiValue, frozen=True, kw_only=True):
    """A figure with its value over the days that were asked for."""

    kpi_id: str
    item: int | None
    """The item of the plan that it belongs to; null for what only runs the bureau."""
    name: Both
    unit: str
    formula: str
    gauge: bool
    """Whether it counts everything up to a day."""
    target: KpiTarget | None
    since: date | None
    """Null where it does."""
    until: date


class KpiDay(KpiValue, frozen=True, kw_only=True):
    """What a figure came to on one day."""

    day: date


class KpiKey(KpiValue, frozen=True, kw_only=True):
    """What a figure comes to for one value of a dimension."""

    key: str


class KpiSource(KpiValue, frozen=True, kw_only=True):
    """What a figure comes to for one publisher of the register."""

    publisher: str
    name: str
    heard_at: ShownInstant | None
    """When we last learned something from it; null where we never did."""


class Quantiles(View, frozen=True):
    """Percentiles of a histogram of days."""

    p50: int
    p90: int


class KpiCourse(KpiLine, frozen=True, kw_only=True):
    """A figure day by day, and by each dimension."""

    quantiles: Quantiles | None
    parts: dict[str, int]
    """What it sums, by the names of its parts."""
    series: list[KpiDay]
    by: dict[str, list[KpiKey]]
    """By dimension, largest first."""
    sources: list[KpiSource]
    """Of a figure of the systems that tell us, each of them; of any other none."""


class CountedCase(CaseLine, frozen=True, kw_only=True):
    """A case that a figure counts."""

    day: date
    """On which it counts."""
    adds: dict[str, int]
    """What it adds, by part."""


class KpiPage(Page[KpiLine], frozen=True):
    """Every figure."""


class KpiCasePage(Page[CountedCase], frozen=True):
    """The cases that a figure counts."""
