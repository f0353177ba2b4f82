"""Plan item 15: the four terminals, and whether they serve alike (四端融合)."""

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
    many,
    of_class,
    of_version,
)
from services.metrics.domain.subjects.item import ItemChange
from services.metrics.domain.subjects.review import Rating
from shared.contracts.intake.words import Channel, Terminal
from shared.contracts.review.words import GOOD
from shared.contracts.supervision.words import AlertLevel

ITEM = 15


class Part(StrEnum):
    """What is not counted by terminal already, as receipts and durations are."""

    OPEN = "K15.2/open"
    """Whether an item can be done at every terminal, by code and version."""
    DESCRIBED = "K15.2/described"
    """Items of which is told at which terminals they can be done, by code."""
    RATED = "K15.3/rated"
    """Valid ratings that somebody gave of a case, by its terminal: 1 for a good one, else 0."""


def _of_change(change: ItemChange, _: About) -> Iterator[Line]:
    said = change.definition
    if said is not None and said.terminals is not None:
        at_all = said.terminals == len(Terminal)
        yield of_version(Part.OPEN, said.item_code, said.version, is_so=at_all), said.since, 1
        yield of_class(Part.DESCRIBED, said.item_code), said.since, 1


def _of_rating(rating: Rating, about: About) -> Iterator[Line]:
    day, terminal = rating.opened_on, about.dossier.case.terminal
    if day is not None and terminal and rating.is_valid and not rating.by_default:
        yield of_class(Part.RATED, f"{terminal}:{int(rating.level in GOOD)}"), day, 1


LINES: Mapping[type, LinesOf] = {ItemChange: _of_change, Rating: _of_rating}

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
            measure=Aggregate.RATE,
        )
        for terminal, (zh, en) in NAMES.items()
    ),
    Figure(
        id="K15.2",
        item=ITEM,
        zh="四端可办事项占比",
        en="Items open on all four terminals",
        unit="ratio",
        formula="items that can be done at all four by their newest version / items of which is "
        "told at which",
        numerator=(many(Part.OPEN),),
        denominator=(many(Part.DESCRIBED),),
        measure=Aggregate.CURRENT,
        gauge=True,
        target=Target(origin=Origin.OURS, trend="rising"),
    ),
    Figure(
        id="K15.3",
        item=ITEM,
        zh="各端办理时长差",
        en="Same speed on every terminal",
        unit="working day",
        formula="longest − shortest of the terminals' median durations",
        numerator=(many(live.Part.DAYS),),
        measure=Aggregate.SPREAD,
        target=Target(origin=Origin.OURS, at_most=1),
        alerts=(Threshold(level=AlertLevel.YELLOW, above=1),),
    ),
    Figure(
        id="K15.3.good",
        item=ITEM,
        zh="各端好评率差",
        en="Same praise on every terminal",
        unit="ratio",
        formula="highest − lowest of the terminals' good-review rates",
        numerator=(many(Part.RATED),),
        measure=Aggregate.MEAN_SPREAD,
        target=Target(origin=Origin.OURS, at_most=0.02),
        alerts=(Threshold(level=AlertLevel.YELLOW, above=0.02),),
    ),
)
