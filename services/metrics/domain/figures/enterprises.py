"""Plan item 5: the five-up enterprises, where they are (五上企业)."""

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
from shared.contracts.assist.words import AgentTier, AssistKind
from shared.contracts.supervision.words import AlertLevel

ITEM = 5

CONTACT = ("SLA-27",)
CONTACT_WORKING_DAYS = 1
"""By the figure's own formula: whoever asks through 西安助企 is contacted within so many."""


class Part(StrEnum):
    """What is counted of assist tasks, those of enterprises above all."""

    ENTERPRISE = "K05.1/enterprise"
    """Visits, by the enterprise."""
    REQUESTED = "K05.2/requested"
    COMPLETED = "K05.2/completed"
    ANSWERED = "K05.2/answered"
    """Requests of 西安助企 that were answered in time."""
    ANSWERED_LATE = "K05.2/answered_late"
    OVERDUE = "K05.2/overdue"
    WAITING = "K05.2/waiting"
    """Requests of 西安助企 within their limit."""
    DONE = "K05.3/done"
    """Tasks of five-up enterprises that are done."""
    IN_PLACE = "K05.3/in_place"
    """Those of them done inside a park or building."""


def _of_task(task: Task, about: About) -> Iterator[Line]:
    if task.opened_on is not None:
        yield Part.REQUESTED, task.opened_on, 1
    done_on = task.done_on if task.state in DONE else None
    if done_on is not None:
        yield Part.COMPLETED, done_on, 1
    if task.system == "XIAN_ZHUQI":
        yield from _response(task, about)
    if task.kind == AssistKind.FIVE_UP_ENTERPRISE:
        if task.visited_on is not None:
            yield of_class(Part.ENTERPRISE, task.party), task.visited_on, 1
        if done_on is not None:
            yield Part.DONE, done_on, 1
            if task.tier == AgentTier.BLOCK_POINT:
                yield Part.IN_PLACE, done_on, 1


def _response(task: Task, about: About) -> Iterator[Line]:
    asked_on, answered_on = task.opened_on, task.contacted_on
    if asked_on is None:
        return
    if answered_on is not None:
        waited = about.calendar.working_days_between(asked_on, answered_on)
        in_time = waited <= CONTACT_WORKING_DAYS
        yield Part.ANSWERED if in_time else Part.ANSWERED_LATE, asked_on, 1
    elif (overdue_on := about.overdue_on(CONTACT, task.name)) is not None:
        yield Part.OVERDUE, overdue_on, 1
    elif task.done_on is None:
        yield Part.WAITING, asked_on, 1


LINES: Mapping[type, LinesOf] = {Task: _of_task}

FIGURES = (
    Figure(
        id="K05.1",
        item=ITEM,
        zh="上门服务企业数",
        en="Enterprises served at their place",
        unit="enterprise",
        formula="five-up enterprises with at least one visit",
        numerator=(many(Part.ENTERPRISE),),
        measure=Aggregate.DISTINCT,
        target=Target(origin=Origin.OURS, trend="rising"),
    ),
    Figure(
        id="K05.2",
        item=ITEM,
        zh="西安助企响应率",
        en="Response to requests of enterprises",
        unit="ratio",
        formula="first contact within 1 working day / answered or overdue, of what 西安助企 asked",
        numerator=(Part.ANSWERED,),
        denominator=(Part.ANSWERED, Part.ANSWERED_LATE, Part.OVERDUE),
        pending=(Part.WAITING,),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=0.95),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=0.95),),
    ),
    Figure(
        id="K05.2.requested",
        item=ITEM,
        zh="帮办申请数",
        en="Assist requests",
        unit="task",
        formula="Σ requested",
        numerator=(Part.REQUESTED,),
    ),
    Figure(
        id="K05.2.completed",
        item=ITEM,
        zh="帮办办结数",
        en="Assist tasks completed",
        unit="task",
        formula="Σ completed",
        numerator=(Part.COMPLETED,),
    ),
    Figure(
        id="K05.3",
        item=ITEM,
        zh="不出园区楼宇办结率",
        en="Done inside park or building",
        unit="ratio",
        formula="done by an agent of a block point / done, tasks of five-up enterprises",
        numerator=(Part.IN_PLACE,),
        denominator=(Part.DONE,),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, trend="rising"),
    ),
)
