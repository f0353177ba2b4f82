"""Plan item 15: the four terminals, and whether they serve alike (四端融合)."""

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
from shared.contracts.intake.words import Terminal
from shared.contracts.supervision.words import AlertLevel

ITEM = 15


class Part(StrEnum):
    """What is counted of receipts."""

    TERMINAL = "K15.1/terminal"
    """By the kind of device."""


def _of_case(case: Case, _: About) -> Iterator[Line]:
    if case.received_on is not None:
        yield of_class(Part.TERMINAL, case.terminal), case.received_on, 1


LINES: Mapping[type, LinesOf] = {Case: _of_case}

NAMES: Mapping[Terminal, tuple[str, str]] = {
    Terminal.WINDOW: ("窗口端占比", "Share of the windows"),
    Terminal.PC: ("PC端占比", "Share of computers"),
    Terminal.MOBILE: ("移动端占比", "Share of mobile devices"),
    Terminal.SELF_SERVICE: ("自助端占比", "Share of self-service"),
}

FIGURES = (
    *(
        Figure(
            id=f"K15.1.{terminal.lower()}",
            item=ITEM,
            zh=zh,
            en=en,
            unit="ratio",
            formula=f"received by {terminal} / received",
            numerator=(of_class(Part.TERMINAL, terminal),),
            denominator=(many(Part.TERMINAL),),
            measure=Measure.RATE,
        )
        for terminal, (zh, en) in NAMES.items()
    ),
    Figure(
        id="K15.3",
        item=ITEM,
        zh="各端办理时长差",
        en="Same speed on every terminal",
        unit="working day",
        formula="longest − shortest of the terminals' median durations",
        numerator=(many(live.Part.DAYS),),
        measure=Measure.SPREAD,
        target=Target(origin=Origin.OURS, at_most=1),
        alerts=(Alert(level=AlertLevel.YELLOW, above=1),),
    ),
)
