"""What the bureau aims at of its own accord, whatever its item: how much was reached by its day."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from services.metrics.domain.figures.figure import (
    About,
    Aggregate,
    Figure,
    Line,
    LinesOf,
    Origin,
    Target,
    many,
    of_class,
)
from services.metrics.domain.subjects.target import OwnTarget

ALL_REACHED = Target(origin=Origin.OURS, at_least=1)


class Part(StrEnum):
    """Targets on the day on which they are due; the number of the item follows."""

    DUE = "K00.1/due"
    DONE = "K00.1/done"
    """Of them those of which the whole was reported by then."""


def _of_target(target: OwnTarget, about: About) -> Iterator[Line]:
    if target.due is None or not target.hundredths:
        return
    yield of_class(Part.DUE, target.plan_item), target.due, 1
    reached_on = target.reached_on(about.dossier.subjects)
    if reached_on is not None and reached_on <= target.due:
        yield of_class(Part.DONE, target.plan_item), target.due, 1


LINES: Mapping[type, LinesOf] = {OwnTarget: _of_target}

FIGURES = (
    Figure(
        id="K00.1",
        item=0,
        zh="党建引领节点按期完成率",
        en="Milestones of the three projects reached by their day",
        unit="ratio",
        formula="own targets of item 0 reached by their day / due",
        numerator=(of_class(Part.DONE, 0),),
        denominator=(of_class(Part.DUE, 0),),
        measure=Aggregate.RATE,
        target=ALL_REACHED,
    ),
    Figure(
        id="K00.1.all",
        item=0,
        zh="全部自设目标按期完成率",
        en="Own targets of all items reached by their day",
        unit="ratio",
        formula="own targets reached by their day / due",
        numerator=(many(Part.DONE),),
        denominator=(many(Part.DUE),),
        measure=Aggregate.RATE,
        target=ALL_REACHED,
    ),
    Figure(
        id="K09.2",
        item=9,
        zh="大厅优化节点按期完成率",
        en="Milestones of the hall redesign reached by their day",
        unit="ratio",
        formula="own targets of item 9 reached by their day / due",
        numerator=(of_class(Part.DONE, 9),),
        denominator=(of_class(Part.DUE, 9),),
        measure=Aggregate.RATE,
        target=ALL_REACHED,
    ),
)
