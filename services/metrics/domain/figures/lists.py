"""Plan item 7: the lists of items, and one source for what is published of each (清单标准化)."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from services.metrics.domain.figures.figure import (
    About,
    Aggregate,
    Figure,
    Line,
    LinesOf,
    Origin,
    Target,
    Threshold,
    by_keeping,
    grown,
    kept_rate,
    many,
    of_class,
    of_version,
    on_the_day,
)
from services.metrics.domain.subjects.item import ItemChange, ItemList
from shared.contracts.item.facts import ItemListKind
from shared.contracts.supervision.words import AlertLevel

ITEM = 7

SYNC = ("SLA-33",)


class Part(StrEnum):
    """What is counted of lists of items and of their changes."""

    LISTED = "K07.1/listed"
    """Items of the licence list, by code."""
    SPECIFIED = "K07.1/specified"
    """Whether an item is covered by a specification, by code and version."""
    SYNCED = "K07.2/synced"
    """Changes by whether they were published everywhere in time."""
    ISSUED = "K07.3/issued"
    """Days on which the filing list came out."""


def _of_change(change: ItemChange, about: About) -> Iterator[Line]:
    yield from by_keeping(Part.SYNCED, about.kept(SYNC, change.name))
    said = change.definition
    if said is not None:
        item, version = said.item_code, said.version
        yield of_version(Part.SPECIFIED, item, version, is_so=said.spec_covered), said.since, 1


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


ISSUED = published_on("FILING", Part.ISSUED)


def _of_list(items: ItemList, about: About) -> Iterator[Line]:
    """Yield which items came to the list and left it on each day, and when that of filings came."""
    before: frozenset[str] = frozenset()
    for day, codes in items.codes:
        now = frozenset(codes)
        yield from ((of_class(Part.LISTED, code), day, 1) for code in sorted(now - before))
        yield from ((of_class(Part.LISTED, code), day, -1) for code in sorted(before - now))
        before = now
    yield from ISSUED(items, about)


LINES: Mapping[type, LinesOf] = {ItemChange: _of_change, ItemList: _of_list}

FIGURES = (
    Figure(
        id="K07.1",
        item=ITEM,
        zh="许可清单规范覆盖率",
        en="Licence list covered by specifications",
        unit="ratio",
        formula="items whose newest version is covered by a specification / items on the newest "
        "licence list",
        numerator=(many(Part.SPECIFIED),),
        denominator=(many(Part.LISTED),),
        measure=Aggregate.CURRENT,
        gauge=True,
        target=Target(origin=Origin.OURS, at_least=1),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=1),),
    ),
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
    Figure(
        id="K07.3",
        item=ITEM,
        zh="备案清单发布版本数",
        en="Filing list issued",
        unit="version",
        formula="versions of the filing list that came out; none is not issued",
        numerator=(many(Part.ISSUED),),
        gauge=True,
        target=Target(origin=Origin.OURS, at_least=1),
    ),
)
