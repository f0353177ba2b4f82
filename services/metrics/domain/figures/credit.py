"""Plan item 18: what the supervising departments are told of decisions (审管联动)."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from services.metrics.domain.figures.figure import (
    About,
    Figure,
    Line,
    LinesOf,
    Origin,
    Target,
    Threshold,
    by_keeping,
    kept_rate,
)
from services.metrics.domain.subjects.case import Case
from shared.contracts.handling.facts import DecisionRevoked
from shared.contracts.supervision.words import AlertLevel

ITEM = 18

PUSH = ("SLA-36",)


class Part(StrEnum):
    """What is counted of decisions."""

    PUSHED = "K18.4/pushed"
    """By whether the department acknowledged them in time."""


def _of_case(case: Case, about: About) -> Iterable[Line]:
    if not case.decision:
        return ()
    revoked = case.ids_of(DecisionRevoked)
    return by_keeping(Part.PUSHED, about.kept(PUSH, about.dossier.key, revoked))


LINES: Mapping[type, LinesOf] = {Case: _of_case}

FIGURES = (
    Figure(
        id="K18.4",
        item=ITEM,
        zh="审管联动按时推送率",
        en="Decisions pushed to supervision in time",
        formula="acknowledged by the supervising department within a working day / acknowledged, "
        "or overdue, without decisions revoked before",
        **kept_rate(Part.PUSHED),
        target=Target(origin=Origin.OURS, at_least=1),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=1),),
    ),
)
