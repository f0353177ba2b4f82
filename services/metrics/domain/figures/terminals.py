"""Plan item 15: the four terminals, and whether they serve alike (四端融合)."""

from collections.abc import Mapping
from enum import StrEnum

from services.metrics.domain.figures import live
from services.metrics.domain.figures.figure import (
    Alert,
    Figure,
    LinesOf,
    Measure,
    Origin,
    Target,
    many,
    of_class,
)
from shared.contracts.intake.words import Channel, Terminal
from shared.contracts.supervision.words import AlertLevel

ITEM = 15


class Part(StrEnum):
    """Nothing of its own: receipts and durations are counted by terminal already."""


LINES: Mapping[type, LinesOf] = {}

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
            numerator=tuple(
                of_class(live.Part.RECEIVED, f"{channel}:{terminal}") for channel in Channel
            ),
            denominator=(many(live.Part.RECEIVED),),
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
