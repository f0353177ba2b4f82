"""Plan item 4: the key projects that are helped (重点项目代办)."""

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
from shared.contracts.assist.course import DONE
from shared.contracts.assist.words import AssistKind, AssistStage
from shared.contracts.supervision.words import AlertLevel

ITEM = 4


class Part(StrEnum):
    """What is counted of the tasks of key projects."""

    PROJECT = "K04.1/project"
    """Accepted tasks, by the project that they serve."""
    DONE = "K04.3/done"
    COVERED = "K04.3/covered"
    """Those done whose notes cover all three stages."""


def _of_task(task: Task, _: About) -> Iterator[Line]:
    if task.kind != AssistKind.KEY_PROJECT:
        return
    if task.project and task.accepted_on is not None:
        yield of_class(Part.PROJECT, task.project), task.accepted_on, 1
    if task.state in DONE and task.done_on is not None:
        yield Part.DONE, task.done_on, 1
        if {*task.stages} == {*AssistStage}:
            yield Part.COVERED, task.done_on, 1


LINES: Mapping[type, LinesOf] = {Task: _of_task}

FIGURES = (
    Figure(
        id="K04.1",
        item=ITEM,
        zh="代办重点项目数",
        en="Key projects assisted",
        unit="project",
        formula="projects with at least one accepted task",
        numerator=(many(Part.PROJECT),),
        measure=Aggregate.DISTINCT,
        target=Target(origin=Origin.PLAN, at_least=15, yearly=True),
    ),
    Figure(
        id="K04.3",
        item=ITEM,
        zh="三阶段全覆盖率",
        en="Three stages covered",
        unit="ratio",
        formula="done tasks of key projects with notes of all three stages / done ones",
        numerator=(Part.COVERED,),
        denominator=(Part.DONE,),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=1),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=1),),
    ),
)
