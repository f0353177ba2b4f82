"""Plan item 14: electronic certificates, seals, signatures, archives (四电)."""

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
    of_class,
)
from services.metrics.domain.subjects.case import Case
from shared.contracts.handling.words import Decision
from shared.contracts.supervision.words import AlertLevel

ITEM = 14


class Part(StrEnum):
    """What is counted of granted cases."""

    E_LICENCE = "K14.1/e_licence"
    """Those of them with an electronic certificate."""


def _of_case(case: Case, _: About) -> Iterator[Line]:
    granted = case.decision == Decision.APPROVED and case.ending is not None and case.ending.decided
    if granted and case.ending is not None and case.e_licence:
        yield Part.E_LICENCE, case.ending.ended_on, 1


LINES: Mapping[type, LinesOf] = {Case: _of_case}

FIGURES = (
    Figure(
        id="K14.1",
        item=ITEM,
        zh="电子证照发放率",
        en="E-certificates issued with the result",
        unit="ratio",
        formula="granted with an electronic certificate / granted",
        numerator=(Part.E_LICENCE,),
        denominator=(of_class(live.Part.DECIDED, Decision.APPROVED),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=0.95),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=0.95),),
    ),
)
