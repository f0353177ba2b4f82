"""Plan item 9: stations that show the others the standard (办公场所标准化)."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from services.metrics.domain.figures.figure import (
    About,
    Figure,
    Line,
    LinesOf,
    Origin,
    Target,
    of_class,
)
from services.metrics.domain.subjects.site import DEMONSTRATION, Site
from shared.contracts.site.words import SiteKind

ITEM = 9

SHOWING = of_class(SiteKind.COMMUNITY_STATION, DEMONSTRATION)


class Part(StrEnum):
    """What is counted of sites."""

    SHOWING = "K09.1/showing"
    """Community stations, on the day on which they first showed the standard."""


def _of_site(site: Site, _: About) -> Iterator[Line]:
    for day in [day for day, standing in site.standings if standing == SHOWING][:1]:
        yield Part.SHOWING, day, 1


LINES: Mapping[type, LinesOf] = {Site: _of_site}

FIGURES = (
    Figure(
        id="K09.1",
        item=ITEM,
        zh="社区便民服务站标准化示范点数",
        en="Community demonstration stations",
        unit="site",
        formula="community stations that became demonstration stations, upgraded or opened as such",
        numerator=(Part.SHOWING,),
        target=Target(origin=Origin.PLAN, at_least=2, yearly=True),
    ),
)
