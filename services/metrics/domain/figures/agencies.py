"""Plan item 11: the agencies that offer their services, and how they serve (中介服务)."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from services.metrics.domain.figures.figure import (
    About,
    Aggregate,
    Figure,
    Line,
    LinesOf,
    Origin,
    Target,
    Threshold,
    by_keeping,
    kept_rate,
    many,
    of_class,
)
from services.metrics.domain.figures.lists import published_on
from services.metrics.domain.subjects.intermediary import Agency, Engagement
from services.metrics.domain.subjects.item import ItemList
from shared.contracts.review.words import GOOD
from shared.contracts.supervision.words import AlertLevel

ITEM = 11

ADMISSION = ("SLA-31",)

IN_TIME, LATE = "in_time", "late"

TARGET = 0.95
BELOW = (Threshold(level=AlertLevel.YELLOW, below=TARGET),)
FRESH_DAYS = 180


class Part(StrEnum):
    """What is counted of agencies, their engagements, and the list of what they are needed for."""

    PUBLISHED = "K11.0/published"
    """Days on which the list of what agencies are needed for came out."""
    EXAMINED = "K11.1/examined"
    """Applications by whether they were examined in time."""
    OPENED = "K11.2/opened"
    DELIVERED = "K11.3/delivered"
    """Engagements with a limit, by whether the work came within it."""
    RATED = "K11.3/rated"
    """Engagements by how satisfied whoever engaged the agency is."""


def _of_agency(agency: Agency, about: About) -> Iterable[Line]:
    return by_keeping(Part.EXAMINED, about.kept(ADMISSION, agency.name))


def _of_engagement(engagement: Engagement, _: About) -> Iterator[Line]:
    if engagement.ordered_on is not None:
        yield Part.OPENED, engagement.ordered_on, 1
    if engagement.delivered_on is not None and engagement.in_time is not None:
        how = IN_TIME if engagement.in_time else LATE
        yield of_class(Part.DELIVERED, how), engagement.delivered_on, 1
    if engagement.rated_on is not None:
        yield of_class(Part.RATED, engagement.level), engagement.rated_on, 1


LINES: Mapping[type, LinesOf] = {
    ItemList: published_on("INTERMEDIARY", Part.PUBLISHED),
    Agency: _of_agency,
    Engagement: _of_engagement,
}

FIGURES = (
    Figure(
        id="K11.0",
        item=ITEM,
        zh="中介服务事项清单更新间隔",
        en="Age of the list of intermediary services",
        unit="day",
        formula="days since the list of what agencies are needed for came out last",
        numerator=(many(Part.PUBLISHED),),
        measure=Aggregate.AGE,
        gauge=True,
        target=Target(origin=Origin.OURS, at_most=FRESH_DAYS),
        alerts=(Threshold(level=AlertLevel.YELLOW, above=FRESH_DAYS),),
    ),
    Figure(
        id="K11.1",
        item=ITEM,
        zh="中介入驻审核按时率",
        en="Admissions examined in time",
        formula="admitted or refused within 5 working days / admitted or refused, or overdue",
        **kept_rate(Part.EXAMINED),
        target=Target(origin=Origin.OURS, at_least=1),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=1),),
    ),
    Figure(
        id="K11.2",
        item=ITEM,
        zh="中介服务委托数",
        en="Engagements through the supermarket",
        unit="engagement",
        formula="Σ opened; which cases need an intermediary no fact says",
        numerator=(Part.OPENED,),
        target=Target(origin=Origin.OURS, trend="rising"),
    ),
    Figure(
        id="K11.3",
        item=ITEM,
        zh="中介成果按时交付率",
        en="Agencies' work delivered in time",
        unit="ratio",
        formula="delivered within its limit / delivered, of engagements that have a limit",
        numerator=(of_class(Part.DELIVERED, IN_TIME),),
        denominator=(many(Part.DELIVERED),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=TARGET),
        alerts=BELOW,
    ),
    Figure(
        id="K11.3.satisfied",
        item=ITEM,
        zh="中介服务满意率",
        en="Satisfaction with agencies",
        unit="ratio",
        formula="the three upper levels / rated",
        numerator=tuple(of_class(Part.RATED, level) for level in GOOD),
        denominator=(many(Part.RATED),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=TARGET),
        alerts=BELOW,
    ),
)
