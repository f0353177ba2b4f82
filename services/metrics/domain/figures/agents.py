"""Plan item 25: the team that helps enterprises (助企代办队伍)."""

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
    Threshold,
    many,
    of_class,
)
from services.metrics.domain.subjects.task import Task
from shared.contracts.review.words import BAD, GOOD
from shared.contracts.supervision.words import AlertLevel

ITEM = 25


class Part(StrEnum):
    """What is counted of assist tasks."""

    RATED = "K25.3/rated"
    GOOD = "K25.3/good"
    BAD = "K25.3/bad"
    LOAD = "K25.5/load"
    """Open tasks, by the agent who answers for them."""


def _of_task(task: Task, _: About) -> Iterator[Line]:
    if task.rated_on is not None:
        yield Part.RATED, task.rated_on, 1
        if task.level in GOOD:
            yield Part.GOOD, task.rated_on, 1
        if task.level in BAD:
            yield Part.BAD, task.rated_on, 1
    if task.agent and task.done_on is None and task.opened_on is not None:
        yield of_class(Part.LOAD, task.agent), task.opened_on, 1


LINES: Mapping[type, LinesOf] = {Task: _of_task}

FIGURES = (
    Figure(
        id="K25.3",
        item=ITEM,
        zh="帮办全好评率",
        en="All good",
        unit="ratio",
        formula="the three upper levels / tasks rated",
        numerator=(Part.GOOD,),
        denominator=(Part.RATED,),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=1),
        alerts=(Threshold(level=AlertLevel.RED, above=0, parts=(Part.BAD,)),),
    ),
    Figure(
        id="K25.3.bad",
        item=ITEM,
        zh="帮办差评数",
        en="Bad ratings of help",
        unit="rating",
        formula="the two lowest levels",
        numerator=(Part.BAD,),
        target=Target(origin=Origin.OURS, at_most=0),
        alerts=(Threshold(level=AlertLevel.RED, above=0),),
    ),
    Figure(
        id="K25.5",
        item=ITEM,
        zh="人均在办帮办数",
        en="Load per agent",
        unit="task",
        formula="ninetieth percentile of the agents' open tasks",
        numerator=(many(Part.LOAD),),
        measure=Aggregate.LOAD,
        gauge=True,
        target=Target(origin=Origin.OURS, at_most=15),
        alerts=(Threshold(level=AlertLevel.YELLOW, above=15),),
    ),
)
