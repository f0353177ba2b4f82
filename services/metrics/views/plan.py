"""The bureau's annual plan as a reader is told: its items, and what their figures come to."""

from datetime import date

from services.metrics.views.kpi import KpiLine
from services.metrics.views.view import Both, Page, View
from shared.contracts.supervision.words import AlertLevel


class CountedAs(View, frozen=True):
    """As what people report a figure that no system tells."""

    indicator: str
    part: str


class PlanFigure(KpiLine, frozen=True, kw_only=True):
    """A figure of an item since the year began; its *level* is also that of its pace."""

    expected: float | None
    """What a count for the whole year should have come to by now; null of all others."""
    counted_as: CountedAs | None
    """Null of what systems tell."""


class TargetLine(View, frozen=True):
    """A target of the bureau's own, and what was reported against it."""

    target: str
    """By which it is set anew, and which a report against it names."""
    item: int
    name: str
    unit: str
    """In the bureau's own words."""
    value: float
    due: date
    reported: float
    expected: float
    """What should have been reported by now: whole pieces before its day, all of it then."""
    reached_on: date | None
    """When what was reported came to the whole; null before."""
    level: AlertLevel | None
    """The colour of its pace; null where it is as it should be."""
    org_code: str


class PlanItem(View, frozen=True):
    """One item of the plan."""

    item: int
    name: Both
    group: str
    group_name: Both
    level: AlertLevel | None
    """The worst of its figures and targets; null where all is well, or there are none."""
    figures: list[PlanFigure]
    """Those that are measured; none of an item that no fact tells of yet."""
    targets: list[TargetLine]
    """The bureau's own that are due in the year, the first one first."""


class ReportLine(View, frozen=True):
    """What somebody has reported of the plan, as it was corrected last."""

    report: str
    """By which it can be corrected."""
    indicator: str
    part: str
    quantity: float
    on: date
    org_code: str
    target: str | None = None
    """The target that it brings nearer, if it was made against one."""


class ReportPage(Page[ReportLine], frozen=True):
    """Reports, the last day first."""


class TargetPage(Page[TargetLine], frozen=True):
    """Targets of a year, those due last first."""


class PlanPage(Page[PlanItem], frozen=True, kw_only=True):
    """Every item in its order, and the days that were counted."""

    since: date
    until: date
    reports: bool = False
    """Whether the reader may report what people count."""
    sets_targets: bool = False
    """Whether the reader may set targets of the bureau's own."""
