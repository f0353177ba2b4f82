"""A figure that only a test knows: how many cases came in at window W12."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from services.metrics.domain.figures.figure import About, Figure, Line, LinesOf, Tile
from services.metrics.domain.subjects.case import Case


class Part(StrEnum):
    """What is counted of receipts."""

    AT_W12 = "K99.1/at_w12"


def _of_case(case: Case, _: About) -> Iterator[Line]:
    if case.received_on is not None and case.window == "W12":
        yield Part.AT_W12, case.received_on, 1


LINES: Mapping[type, LinesOf] = {Case: _of_case}

FIGURES = (
    Figure(
        id="K99.1",
        item=99,
        zh="十二号窗口收件数",
        en="Applications at window 12",
        unit="case",
        formula="Σ received at W12",
        numerator=(Part.AT_W12,),
        tile=Tile("at_w12_today", "十二号窗口", "Window 12"),
    ),
)
