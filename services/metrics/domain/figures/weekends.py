"""Plan item 20: open at weekends (周末不打烊)."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from services.metrics.domain.figures.figure import About, Figure, Line, LinesOf
from services.metrics.domain.figures.lists import items_on
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.item import ItemList

ITEM = 20


class Part(StrEnum):
    """What is counted of lists and receipts."""

    LISTED = "K20.1/listed"
    """Items that can be done at weekends."""
    WEEKEND = "K20.2/weekend"
    """Those on a day on which others rest."""


def _of_case(case: Case, _: About) -> Iterator[Line]:
    if case.weekend and case.received_on is not None:
        yield Part.WEEKEND, case.received_on, 1


LINES: Mapping[type, LinesOf] = {ItemList: items_on("WEEKEND", Part.LISTED), Case: _of_case}

FIGURES = (
    Figure(
        id="K20.1",
        item=ITEM,
        zh="周末不打烊事项数",
        en="Items done at weekends",
        unit="item",
        formula="items on the newest list of those that can be done at weekends",
        numerator=(Part.LISTED,),
        gauge=True,
    ),
    Figure(
        id="K20.2",
        item=ITEM,
        zh="周末办件数",
        en="Weekend cases",
        unit="case",
        formula="Σ received at weekends",
        numerator=(Part.WEEKEND,),
    ),
)
