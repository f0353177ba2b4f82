"""Plan item 3: what people find near to where they live and work (基层政务服务)."""

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
    many,
    of_class,
)
from services.metrics.domain.subjects.site import Site
from shared.contracts.site.facts import DevolutionForm
from shared.contracts.site.words import SiteKind

ITEM = 3


class Part(StrEnum):
    """What is counted of sites."""

    RELAY = "K03.1/relay"
    """Relay stations that opened."""
    DEVOLVED = "K03.2/devolved"
    """Items at sites, by form and item."""


def _of_site(site: Site, _: About) -> Iterator[Line]:
    if site.opening is not None:
        day, kind = site.opening
        if kind == SiteKind.RELAY_STATION:
            yield Part.RELAY, day, 1
    for one in site.devolved:
        yield of_class(of_class(Part.DEVOLVED, one.form), one.item_code), one.day, 1


LINES: Mapping[type, LinesOf] = {Site: _of_site}

NAMES: Mapping[DevolutionForm, tuple[str, str]] = {
    "ENTRUSTED": ("委托受理事项数", "Items entrusted"),
    "AUTHORISED": ("授权办理事项数", "Items authorised"),
    "ASSISTED": ("帮办代办事项数", "Items assisted with"),
}

FIGURES = (
    Figure(
        id="K03.1",
        item=ITEM,
        zh="新建政务驿站数",
        en="Relay stations opened",
        unit="site",
        formula="sites opened as RELAY_STATION",
        numerator=(Part.RELAY,),
        target=Target(origin=Origin.PLAN, at_least=1, yearly=True),
    ),
    Figure(
        id="K03.2",
        item=ITEM,
        zh="下沉事项数（各站点合计）",
        en="Items devolved, at all sites",
        unit="item",
        formula="Σ items devolved to a site, in each form once",
        numerator=(many(Part.DEVOLVED),),
        gauge=True,
        target=Target(origin=Origin.OURS, trend="rising"),
    ),
    *(
        Figure(
            id=f"K03.2.{form.lower()}",
            item=ITEM,
            zh=zh,
            en=en,
            unit="item",
            formula=f"items devolved to at least one site as {form}",
            numerator=(many(of_class(Part.DEVOLVED, form)),),
            measure=Aggregate.DISTINCT,
            gauge=True,
            target=Target(origin=Origin.OURS, trend="rising"),
        )
        for form, (zh, en) in NAMES.items()
    ),
)
