"""Plan item 1: what is done online, on a telephone, in one visit (一体化平台)."""

from collections.abc import Mapping
from enum import StrEnum

from services.metrics.domain.figures import live
from services.metrics.domain.figures.figure import (
    Aggregate,
    Figure,
    LinesOf,
    Origin,
    Target,
    Threshold,
    many,
    of_class,
)
from shared.contracts.intake.words import Channel
from shared.contracts.supervision.words import AlertLevel

ITEM = 1


class Part(StrEnum):
    """Nothing of its own: receipts and closings are counted already."""


LINES: Mapping[type, LinesOf] = {}

ONLINE = (Channel.PC, Channel.MOBILE, Channel.SELF_SERVICE)

FIGURES = (
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
)
