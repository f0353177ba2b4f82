"""Plan item 13: what has to be filed in the hall or on the platform (事项进驻)."""

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
    many,
    moved,
    of_class,
)
from services.metrics.domain.subjects.alert import Card
from services.metrics.domain.subjects.item import AUTHORISED, Stationing
from shared.contracts.item.course import StationingState
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.words import AlertLevel

ITEM = 13

OUTSIDE = "RULE-06"


class Part(StrEnum):
    """What is counted of items, and of cases that were filed elsewhere."""

    PLACED = "K13.1/placed"
    """Items by where they stand, and whether those there may decide."""
    OUTSIDE = "K13.3/outside"


def _of_stationing(item: Stationing, _: About) -> Iterator[Line]:
    return moved(Part.PLACED, item.places)


def _of_card(card: Card, _: About) -> Iterator[Line]:
    if card.sla == OUTSIDE and card.state != AlertState.REVOKED and card.raised_on is not None:
        yield Part.OUTSIDE, card.raised_on, 1


LINES: Mapping[type, LinesOf] = {Stationing: _of_stationing, Card: _of_card}

STATIONED = of_class(Part.PLACED, StationingState.STATIONED)

FIGURES = (
    Figure(
        id="K13.1",
        item=ITEM,
        zh="事项进驻率",
        en="Stationing rate",
        unit="ratio",
        formula="items in the hall / all items but those exempt",
        numerator=(many(STATIONED),),
        denominator=(many(STATIONED), many(of_class(Part.PLACED, StationingState.OUTSIDE))),
        measure=Aggregate.RATE,
        gauge=True,
        target=Target(origin=Origin.OURS, at_least=1),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=1),),
    ),
    Figure(
        id="K13.2",
        item=ITEM,
        zh="授权到位率",
        en="Authorised in place",
        unit="ratio",
        formula="items in the hall on which those there may decide / items in the hall",
        numerator=(of_class(STATIONED, AUTHORISED),),
        denominator=(many(STATIONED),),
        measure=Aggregate.RATE,
        gauge=True,
        target=Target(origin=Origin.OURS, at_least=1),
    ),
    Figure(
        id="K13.2.exempt",
        item=ITEM,
        zh="特殊情形不进驻事项数",
        en="Items exempt",
        unit="item",
        formula="items exempted from the hall",
        numerator=(many(of_class(Part.PLACED, StationingState.EXEMPT)),),
        gauge=True,
    ),
    Figure(
        id="K13.3",
        item=ITEM,
        zh="体外循环数",
        en="Outside circulation",
        unit="case",
        formula="cases of stationed items that were received neither in the hall nor on the "
        "platform: red cards of RULE-06, without those revoked",
        numerator=(Part.OUTSIDE,),
        target=Target(origin=Origin.OURS, at_most=0),
        alerts=(Threshold(level=AlertLevel.RED, above=0),),
    ),
)
