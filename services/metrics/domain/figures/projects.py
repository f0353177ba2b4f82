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
from services.metrics.domain.subjects.project import KeyProject
from services.metrics.domain.subjects.task import Task
from shared.contracts.assist.course import DONE
from shared.contracts.assist.words import AssistKind, AssistStage
from shared.contracts.supervision.words import AlertLevel

ITEM = 4


class Part(StrEnum):
    """What is counted of key projects, and of the tasks that serve them."""

    PROJECT = "K04.1/project"
    """Accepted tasks, by the project that they serve."""
    ENROLLED = "K04.2/enrolled"
    FOUR_ONES = "K04.2/four_ones"
    """Those enrolled whose four slots are filled by now."""
    DONE = "K04.3/done"
    COVERED = "K04.3/covered"
    """Those done whose notes cover all three stages."""
    REACHED = "K04.4/reached"
    ON_TIME = "K04.4/on_time"
    """Milestones reached by the day for which they were planned."""
    JOINT = "K04.5/joint"
    PRE_REVIEW = "K04.5/pre_review"


def _of_task(task: Task, _: About) -> Iterator[Line]:
    if task.kind != AssistKind.KEY_PROJECT:
        return
    if task.project and task.accepted_on is not None:
        yield of_class(Part.PROJECT, task.project), task.accepted_on, 1
    if task.state in DONE and task.done_on is not None:
        yield Part.DONE, task.done_on, 1
        if {*task.stages} == {*AssistStage}:
            yield Part.COVERED, task.done_on, 1


def _of_project(project: KeyProject, _: About) -> Iterator[Line]:
    for one in project.reached:
        yield Part.REACHED, one.actual, 1
        if one.actual <= one.planned:
            yield Part.ON_TIME, one.actual, 1
    if project.enrolled_on is None:
        return
    yield Part.ENROLLED, project.enrolled_on, 1
    if project.has_four_ones:
        yield Part.FOUR_ONES, project.enrolled_on, 1
    if project.joint:
        yield Part.JOINT, project.enrolled_on, 1
    if project.pre_review:
        yield Part.PRE_REVIEW, project.enrolled_on, 1


LINES: Mapping[type, LinesOf] = {Task: _of_task, KeyProject: _of_project}

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
        id="K04.2",
        item=ITEM,
        zh="“四个一”完整率",
        en="Projects with all four ones",
        unit="ratio",
        formula="projects with four slots filled / projects enrolled",
        numerator=(Part.FOUR_ONES,),
        denominator=(Part.ENROLLED,),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=1),
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
    Figure(
        id="K04.4",
        item=ITEM,
        zh="审批节点按时率",
        en="Milestones reached in time",
        unit="ratio",
        formula="reached by the planned day / milestones reached; "
        "of one that is due and not reached nobody tells",
        numerator=(Part.ON_TIME,),
        denominator=(Part.REACHED,),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=0.9),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=0.9),),
    ),
    Figure(
        id="K04.5.joint",
        item=ITEM,
        zh="市区联动代办项目数",
        en="Projects helped by city and district",
        unit="project",
        formula="projects enrolled for help by city and district together",
        numerator=(Part.JOINT,),
    ),
    Figure(
        id="K04.5.pre_review",
        item=ITEM,
        zh="预审重点项目数",
        en="Projects reviewed beforehand",
        unit="project",
        formula="projects enrolled with a review before they apply",
        numerator=(Part.PRE_REVIEW,),
    ),
)
