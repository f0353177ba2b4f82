"""Plan item 17: what is taken in here for another place (跨地区通办)."""

from collections.abc import Iterator, Mapping
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
from services.metrics.domain.figures.lists import items_on
from services.metrics.domain.subjects.item import ItemList
from services.metrics.domain.subjects.xregion import CrossRegion
from shared.contracts.intake.words import CrossRegionMode
from shared.contracts.supervision.words import AlertLevel

ITEM = 17

PASSED_ON = ("SLA-31b", "SLA-31c")
"""To forward what was collected, and to hand over what came back: a working day each."""


class Part(StrEnum):
    """What is counted of applications for another place."""

    LISTED = "K17.1/listed"
    """Items that can be filed for another place."""
    COLLECTED = "K17.2/collected"
    """By the way that they take."""
    PASSED_ON = "K17.3/passed_on"
    """By whether they went on in time, once for each of the two ways."""


def _of_application(application: CrossRegion, about: About) -> Iterator[Line]:
    if application.mode and application.opened_on is not None:
        yield of_class(Part.COLLECTED, application.mode), application.opened_on, 1
    yield from by_keeping(Part.PASSED_ON, about.kept(PASSED_ON, application.name))


LINES: Mapping[type, LinesOf] = {
    ItemList: items_on("CROSS_REGION", Part.LISTED),
    CrossRegion: _of_application,
}

FIGURES = (
    Figure(
        id="K17.1",
        item=ITEM,
        zh="跨域通办事项数",
        en="Items open across regions",
        unit="item",
        formula="items on the newest list of those that are taken in for another place",
        numerator=(Part.LISTED,),
        gauge=True,
        target=Target(origin=Origin.OURS, trend="rising"),
    ),
    Figure(
        id="K17.2",
        item=ITEM,
        zh="跨域通办全程网办占比",
        en="Cross-region applications wholly online",
        unit="ratio",
        formula="collected as FULL_ONLINE / collected",
        numerator=(of_class(Part.COLLECTED, CrossRegionMode.FULL_ONLINE),),
        denominator=(many(Part.COLLECTED),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=0.5),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=0.5),),
    ),
    Figure(
        id="K17.2.collected",
        item=ITEM,
        zh="跨域通办收件数",
        en="Cross-region applications",
        unit="application",
        formula="Σ collected, by mode",
        numerator=(many(Part.COLLECTED),),
    ),
    Figure(
        id="K17.3",
        item=ITEM,
        zh="跨域通办按时流转率",
        en="Passed on across regions in time",
        formula="forwarded, and handed over, within a working day each / done, or overdue",
        **kept_rate(Part.PASSED_ON),
        target=Target(origin=Origin.OURS, at_least=0.98),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=0.98),),
    ),
)
