"""Plan item 13: what has to be filed in the hall or on the platform (事项进驻)."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from services.metrics.domain.figures.figure import (
    About,
    Figure,
    Line,
    LinesOf,
    Origin,
    Target,
    Threshold,
)
from services.metrics.domain.subjects.alert import Card
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.words import AlertLevel

ITEM = 13

OUTSIDE = "RULE-06"


class Part(StrEnum):
    """What is counted of cases that were filed elsewhere."""

    OUTSIDE = "K13.3/outside"


def _of_card(card: Card, _: About) -> Iterator[Line]:
    if card.sla == OUTSIDE and card.state != AlertState.REVOKED and card.raised_on is not None:
        yield Part.OUTSIDE, card.raised_on, 1


LINES: Mapping[type, LinesOf] = {Card: _of_card}

FIGURES = (
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
