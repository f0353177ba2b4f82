"""Plan item 1: what is done online, on a telephone, in one visit (一体化平台)."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from services.metrics.domain.figures import live
from services.metrics.domain.figures.figure import (
    About,
    Alert,
    Figure,
    Line,
    LinesOf,
    Measure,
    Origin,
    Target,
    many,
    of_class,
)
from services.metrics.domain.subjects.case import Case
from shared.contracts.intake.words import Channel
from shared.contracts.supervision.words import AlertLevel

ITEM = 1


class Part(StrEnum):
    """What is counted beside the receipts by channel."""

    ONCE = "K01.4/once"
    """Closed cases for which the applicant came once or never."""


def _of_case(case: Case, _: About) -> Iterator[Line]:
    if case.closed_on is not None and case.visits is not None and case.visits <= 1:
        yield Part.ONCE, case.closed_on, 1


LINES: Mapping[type, LinesOf] = {Case: _of_case}

ONLINE = (Channel.PC, Channel.MOBILE, Channel.SELF_SERVICE)

FIGURES = (
    Figure(
        id="K01.2",
        item=ITEM,
        zh="网上办件率",
        en="Online handling rate",
        unit="ratio",
        formula="received by PC, MOBILE, SELF_SERVICE / received",
        numerator=tuple(of_class(live.Part.RECEIVED, channel) for channel in ONLINE),
        denominator=(many(live.Part.RECEIVED),),
        measure=Measure.RATE,
        target=Target(origin=Origin.OURS, trend="rising"),
    ),
    Figure(
        id="K01.3",
        item=ITEM,
        zh="掌上办件率",
        en="Mobile handling rate",
        unit="ratio",
        formula="received by MOBILE / received",
        numerator=(of_class(live.Part.RECEIVED, Channel.MOBILE),),
        denominator=(many(live.Part.RECEIVED),),
        measure=Measure.RATE,
        target=Target(origin=Origin.OURS, trend="rising"),
    ),
    Figure(
        id="K01.4",
        item=ITEM,
        zh="一次办成率",
        en="Once-only rate",
        unit="ratio",
        formula="closed with at most one visit / closed",
        numerator=(Part.ONCE,),
        denominator=(live.Part.CLOSED,),
        measure=Measure.RATE,
        target=Target(origin=Origin.OURS, at_least=0.95),
        alerts=(Alert(level=AlertLevel.YELLOW, below=0.95),),
    ),
)
