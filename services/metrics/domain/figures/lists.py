"""Plan item 7: one source for what is published of an item (清单标准化)."""

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
    grown,
    kept_rate,
    on_the_day,
)
from services.metrics.domain.subjects.item import ItemChange, ItemList
from shared.contracts.item.facts import ItemListKind
from shared.contracts.supervision.words import AlertLevel

ITEM = 7

SYNC = ("SLA-33",)


class Part(StrEnum):
    """What is counted of changes of items."""

    SYNCED = "K07.2/synced"
    """Changes by whether they were published everywhere in time."""


def _of_change(change: ItemChange, about: About) -> Iterable[Line]:
    return by_keeping(Part.SYNCED, about.kept(SYNC, change.name))


def items_on(kind: ItemListKind, part: str) -> LinesOf:
    """Return the lines of *part*: how many items the list of that *kind* has."""

    def lines(items: ItemList, _: About) -> Iterable[Line]:
        return grown(part, items.sizes) if items.name == kind else ()

    return lines


def published_on(kind: ItemListKind, part: str) -> LinesOf:
    """Return the lines of *part*: the days on which the list of that *kind* came out."""

    def lines(items: ItemList, _: About) -> Iterable[Line]:
        return (on_the_day(part, day) for day, _ in items.sizes if items.name == kind)

    return lines


LINES: Mapping[type, LinesOf] = {ItemChange: _of_change}

FIGURES = (
    Figure(
        id="K07.2",
        item=ITEM,
        zh="事项同源同步更新率",
        en="Changes published everywhere in time",
        formula="published in all places within 5 working days / published, or overdue",
        **kept_rate(Part.SYNCED),
        target=Target(origin=Origin.OURS, at_least=1),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=1),),
    ),
)
