"""Plan item 1: where the platform is used, what is done online, and what could be (一体化平台)."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from services.metrics.domain.figures import live
from services.metrics.domain.figures.figure import (
    About,
    Aggregate,
    Figure,
    Line,
    LinesOf,
    Origin,
    Target,
    Threshold,
    counts,
    many,
    moved,
    of_class,
    of_version,
)
from services.metrics.domain.subjects.hall import RESOLVED, ToolUse
from services.metrics.domain.subjects.item import ItemChange
from services.metrics.domain.subjects.site import Site
from shared.contracts.intake.words import Channel, Tool
from shared.contracts.site.words import SiteKind
from shared.contracts.supervision.words import AlertLevel

ITEM = 1


class Part(StrEnum):
    """What is counted of sites, items and tools; receipts and closings are counted already."""

    OPEN = "K01.1/open"
    """By what they are."""
    ONBOARDED = "K01.1/onboarded"
    """Those on the platform, by what they are."""
    DEPTH = "K01.5/depth"
    """Whether an item can be done online from end to end, by code and version."""
    DESCRIBED = "K01.5/described"
    """Items of which is told how far they can be done online, by code."""
    USED = "K01.6/used"
    """Each tool once in a session, by the tool and whether it was of help."""


GRASSROOTS = (SiteKind.STREET_CENTER, SiteKind.COMMUNITY_STATION)
OPEN = tuple(many(of_class(Part.OPEN, kind)) for kind in GRASSROOTS)
ONBOARDED = tuple(many(of_class(Part.ONBOARDED, kind)) for kind in GRASSROOTS)


def _of_site(site: Site, _: About) -> Iterator[Line]:
    lines = [*moved(Part.OPEN, site.standings)]
    since = site.onboarded_on
    if since is not None:
        on_platform = [(max(day, since), standing) for day, standing in site.standings]
        lines += moved(Part.ONBOARDED, on_platform)
    # A hall, a relay station or an assist point is none of a street or a community.
    return (line for line in lines if counts((*OPEN, *ONBOARDED), line[0]))


def _of_change(change: ItemChange, _: About) -> Iterator[Line]:
    said = change.definition
    if said is not None and said.online_depth is not None:
        is_full = said.online_depth == "FULL"
        yield of_version(Part.DEPTH, said.item_code, said.version, is_so=is_full), said.since, 1
        yield of_class(Part.DESCRIBED, said.item_code), said.since, 1


def _of_session(session: ToolUse, _: About) -> Iterator[Line]:
    for tool, day, how in session.uses:
        yield of_class(Part.USED, f"{tool}:{how}"), day, 1


LINES: Mapping[type, LinesOf] = {
    Site: _of_site,
    ItemChange: _of_change,
    ToolUse: _of_session,
}

ONLINE = (Channel.PC, Channel.MOBILE, Channel.SELF_SERVICE)
TOOLS = (
    (Tool.SMART_DESK, "智能总客服使用次数", "Uses of the smart service desk"),
    (Tool.SERVICE_MAP, "政务服务地图使用次数", "Uses of the service map"),
    (Tool.KNOWLEDGE_BASE, "政务服务知识库使用次数", "Uses of the knowledge base"),
)

FIGURES = (
    Figure(
        id="K01.1",
        item=ITEM,
        zh="一体化平台基层覆盖率",
        en="Platform coverage of streets and communities",
        unit="ratio",
        formula="street centres and community stations on the platform / all of them",
        numerator=ONBOARDED,
        denominator=OPEN,
        measure=Aggregate.RATE,
        gauge=True,
        target=Target(origin=Origin.PLAN, at_least=1),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=1),),
    ),
    Figure(
        id="K01.2",
        item=ITEM,
        zh="网上办件率",
        en="Online handling rate",
        unit="ratio",
        formula="received by PC, MOBILE, SELF_SERVICE / received",
        numerator=tuple(many(of_class(live.Part.RECEIVED, channel)) for channel in ONLINE),
        denominator=(many(live.Part.RECEIVED),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, trend="rising"),
    ),
    Figure(
        id="K01.3",
        item=ITEM,
        zh="掌上办件率",
        en="Mobile handling rate",
        unit="ratio",
        formula="received by MOBILE / received",
        numerator=(many(of_class(live.Part.RECEIVED, Channel.MOBILE)),),
        denominator=(many(live.Part.RECEIVED),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, trend="rising"),
    ),
    Figure(
        id="K01.4",
        item=ITEM,
        zh="一次办成率",
        en="Once-only rate",
        unit="ratio",
        formula="closed with at most one visit / closed",
        numerator=tuple(many(of_class(live.Part.CLOSED, visits)) for visits in (0, 1)),
        denominator=(many(live.Part.CLOSED),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=0.95),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=0.95),),
    ),
    Figure(
        id="K01.5",
        item=ITEM,
        zh="全程网办事项占比",
        en="Full-online items",
        unit="ratio",
        formula="items that can be done online from end to end by their newest version / items "
        "of which is told how far",
        numerator=(many(Part.DEPTH),),
        denominator=(many(Part.DESCRIBED),),
        measure=Aggregate.CURRENT,
        gauge=True,
        target=Target(origin=Origin.PUBLISHED, at_least=0.85),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=0.85),),
    ),
    Figure(
        id="K01.6",
        item=ITEM,
        zh="智能工具解决率",
        en="Matters that a tool resolved",
        unit="ratio",
        formula="uses of which somebody said that they helped / uses, each tool once in a session",
        numerator=tuple(of_class(Part.USED, f"{tool}:{RESOLVED}") for tool in Tool),
        denominator=(many(Part.USED),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=0.8),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=0.8),),
    ),
    *(
        Figure(
            id=f"K01.6.{tool.lower()}",
            item=ITEM,
            zh=zh,
            en=en,
            unit="use",
            formula="sessions in which it was used",
            numerator=(many(of_class(Part.USED, tool)),),
        )
        for tool, zh, en in TOOLS
    ),
)
