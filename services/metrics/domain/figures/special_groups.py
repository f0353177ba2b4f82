"""Plan item 6: help at home for those who cannot come (特殊群体上门帮办)."""

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
    grown,
    many,
    on_the_day,
)
from services.metrics.domain.figures.lists import published_on
from services.metrics.domain.subjects.item import ItemList
from services.metrics.domain.subjects.roster import ServiceList
from services.metrics.domain.subjects.task import Task
from shared.contracts.assist.words import AssistKind, AssistMode
from shared.contracts.review.words import GOOD
from shared.contracts.supervision.words import AlertLevel

ITEM = 6

VISIT = ("SLA-28",)
"""Whose red card says that one is overdue."""
VISIT_WORKING_DAYS = 3
"""By the figure's own formula: whoever asks for a visit at home has one within so many."""


FRESH_DAYS = 90
STALE_DAYS = 180


class Part(StrEnum):
    """What is counted of help at home and of help for special groups."""

    VISITED = "K06.1/visited"
    VISITED_LATE = "K06.1/visited_late"
    OVERDUE = "K06.1/overdue"
    WAITING = "K06.1/waiting"
    LISTED = "K06.2/listed"
    """Items that are done at home."""
    PUBLISHED = "K06.2/published"
    """Days on which the list of what is done at home came out, here or among the lists of items."""
    RATED = "K06.3/rated"
    SATISFIED = "K06.3/satisfied"


def _of_task(task: Task, about: About) -> Iterator[Line]:
    if task.mode == AssistMode.HOME_VISIT:
        yield from _visit(task, about)
    special = task.special_group or task.kind == AssistKind.SPECIAL_GROUP
    if special and task.rated_on is not None:
        yield Part.RATED, task.rated_on, 1
        if task.level in GOOD:
            yield Part.SATISFIED, task.rated_on, 1


def _visit(task: Task, about: About) -> Iterator[Line]:
    asked_on, visited_on = task.opened_on, task.visited_on
    if asked_on is None:
        return
    if visited_on is not None:
        waited = about.calendar.working_days_between(asked_on, visited_on)
        in_time = waited <= VISIT_WORKING_DAYS
        yield Part.VISITED if in_time else Part.VISITED_LATE, asked_on, 1
    elif (overdue_on := about.overdue_on(VISIT, task.name)) is not None:
        yield Part.OVERDUE, overdue_on, 1
    elif task.done_on is None:
        yield Part.WAITING, asked_on, 1


def _of_services(services: ServiceList, _: About) -> Iterator[Line]:
    yield from grown(Part.LISTED, services.sizes)
    yield from (on_the_day(Part.PUBLISHED, day) for day, _ in services.sizes)


LINES: Mapping[type, LinesOf] = {
    ItemList: published_on("HOME_VISIT", Part.PUBLISHED),
    ServiceList: _of_services,
    Task: _of_task,
}

FIGURES = (
    Figure(
        id="K06.1",
        item=ITEM,
        zh="上门帮办及时率",
        en="Home service on time",
        unit="ratio",
        formula="visited within 3 working days / visited or overdue, requests of a visit at home",
        numerator=(Part.VISITED,),
        denominator=(Part.VISITED, Part.VISITED_LATE, Part.OVERDUE),
        pending=(Part.WAITING,),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=0.95),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=0.95),),
    ),
    Figure(
        id="K06.2",
        item=ITEM,
        zh="上门帮办清单更新间隔",
        en="Age of the home-service list",
        unit="day",
        formula="days since the list of what is done at home came out last",
        numerator=(many(Part.PUBLISHED),),
        measure=Aggregate.AGE,
        gauge=True,
        target=Target(origin=Origin.OURS, at_most=FRESH_DAYS),
        alerts=(
            Threshold(level=AlertLevel.YELLOW, above=FRESH_DAYS),
            Threshold(level=AlertLevel.RED, above=STALE_DAYS),
        ),
    ),
    Figure(
        id="K06.2.size",
        item=ITEM,
        zh="上门帮办事项数",
        en="Items done at home",
        unit="item",
        formula="items on the newest list of those that are done at home",
        numerator=(Part.LISTED,),
        gauge=True,
    ),
    Figure(
        id="K06.3",
        item=ITEM,
        zh="特殊群体满意率",
        en="Satisfaction of special groups",
        unit="ratio",
        formula="satisfied / rated, help for special groups",
        numerator=(Part.SATISFIED,),
        denominator=(Part.RATED,),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=0.98),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=0.98),),
    ),
)
