"""Plan item 11: the agencies that want to offer their services (中介服务)."""

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
from services.metrics.domain.subjects.intermediary import Agency
from shared.contracts.supervision.words import AlertLevel

ITEM = 11

ADMISSION = ("SLA-31",)


class Part(StrEnum):
    """What is counted of agencies."""

    EXAMINED = "K11.1/examined"
    """Applications by whether they were examined in time."""


def _of_agency(agency: Agency, about: About) -> Iterable[Line]:
    return by_keeping(Part.EXAMINED, about.kept(ADMISSION, agency.name))


LINES: Mapping[type, LinesOf] = {Agency: _of_agency}

FIGURES = (
    Figure(
        id="K11.1",
        item=ITEM,
        zh="中介入驻审核按时率",
        en="Admissions examined in time",
        formula="admitted or refused within 5 working days / admitted or refused, or overdue",
        **kept_rate(Part.EXAMINED),
        target=Target(origin=Origin.OURS, at_least=1),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=1),),
    ),
)
