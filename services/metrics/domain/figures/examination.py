"""Plan item 23: whether what was promised is kept, and how smoothly (审批核准队伍)."""

from collections.abc import Iterator, Mapping
from datetime import date
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
from services.metrics.domain.subjects.case import Case
from shared.contracts.supervision.words import AlertLevel
from shared.contracts.words import ClockName

ITEM = 23

COMMITTED = ("SLA-04",)
PUBLISH = ("SLA-35",)
"""Whose red card says that one is overdue."""
PUBLISH_WORKING_DAYS = 7
"""By the figure's own formula: a decision is published within so many (双公示)."""


class Part(StrEnum):
    """What is counted of decisions and of the steps before them."""

    ON_TIME = "K23.2/on_time"
    """Decisions by the working days that they came before the promised day."""
    LATE = "K23.2/late"
    OVERDUE = "K23.2/overdue"
    """Open cases past the day that was promised."""
    RUNNING = "K23.2/running"
    """Accepted cases within the time that was promised."""
    LATE_BY_LAW = "K23.2/late_by_law"
    PUBLISHED = "K23.4/published"
    """Decisions that were published in time."""
    PUBLISHED_LATE = "K23.4/published_late"
    UNPUBLISHED = "K23.4/unpublished"
    """Decisions whose publication is overdue."""
    STEPS = "K23.5/steps"
    RETURNED = "K23.5/returned"


def _of_case(case: Case, about: About) -> Iterator[Line]:
    if case.received_on is not None and case.steps_done:
        yield Part.STEPS, case.received_on, case.steps_done
        if case.returns:
            yield Part.RETURNED, case.received_on, case.returns
    if case.terms is None:
        return
    if case.ending is None:
        overdue_on = about.overdue_on(COMMITTED, about.dossier.key)
        part = Part.RUNNING if overdue_on is None else Part.OVERDUE
        yield part, overdue_on or case.terms.effective_on, 1
    elif case.ending.decided:
        yield from _decision(case.ending.ended_on, about)
        yield from _publication(case, case.ending.ended_on, about)


def _decision(day: date, about: About) -> Iterator[Line]:
    committed, statutory = about.due(ClockName.COMMITTED), about.due(ClockName.STATUTORY)
    if committed is not None and day > committed:
        yield Part.LATE, day, 1
    elif committed is not None:
        saved = about.calendar.working_days_between(day, committed)
        yield of_class(Part.ON_TIME, f"{saved:03}"), day, 1
    if statutory is not None and day > statutory:
        yield Part.LATE_BY_LAW, day, 1


def _publication(case: Case, decided_on: date, about: About) -> Iterator[Line]:
    if case.disclosed_on is not None:
        waited = about.calendar.working_days_between(decided_on, case.disclosed_on)
        part = Part.PUBLISHED if waited <= PUBLISH_WORKING_DAYS else Part.PUBLISHED_LATE
        yield part, decided_on, 1
    elif (overdue_on := about.overdue_on(PUBLISH, about.dossier.key)) is not None:
        yield Part.UNPUBLISHED, overdue_on, 1


LINES: Mapping[type, LinesOf] = {Case: _of_case}

FIGURES = (
    Figure(
        id="K23.2",
        item=ITEM,
        zh="按时办结率",
        en="On-time decision rate",
        unit="ratio",
        formula="decided within what was promised / decided, or open and overdue",
        numerator=(many(Part.ON_TIME),),
        denominator=(many(Part.ON_TIME), Part.LATE, Part.OVERDUE),
        pending=(Part.RUNNING,),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=1),
        alerts=(Threshold(level=AlertLevel.RED, above=0, parts=(Part.OVERDUE,)),),
    ),
    Figure(
        id="K23.2.late_by_law",
        item=ITEM,
        zh="超法定时限决定数",
        en="Decisions after the legal limit",
        unit="case",
        formula="Σ decided after the legal limit",
        numerator=(Part.LATE_BY_LAW,),
        target=Target(origin=Origin.OURS, at_most=0),
        alerts=(Threshold(level=AlertLevel.RED, above=0),),
    ),
    Figure(
        id="K23.2.days_saved",
        item=ITEM,
        zh="平均提前工作日",
        en="Days saved per decision",
        unit="working day",
        formula="mean of the working days before the promised day, of decisions on time",
        numerator=(many(Part.ON_TIME),),
        measure=Aggregate.MEAN,
    ),
    Figure(
        id="K23.4",
        item=ITEM,
        zh="决定按时公示率",
        en="Decisions published on time",
        unit="ratio",
        formula="published within 7 working days / published, or overdue",
        numerator=(Part.PUBLISHED,),
        denominator=(Part.PUBLISHED, Part.PUBLISHED_LATE, Part.UNPUBLISHED),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.PUBLISHED, at_least=1),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=1),),
    ),
    Figure(
        id="K23.5",
        item=ITEM,
        zh="环节退回率",
        en="Return rate inside the examination",
        unit="ratio",
        formula="steps returned / steps ended, of the cases received",
        numerator=(Part.RETURNED,),
        denominator=(Part.STEPS,),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, trend="falling"),
    ),
    Figure(
        id="K23.5.returned",
        item=ITEM,
        zh="环节退回数",
        en="Returns inside the examination",
        unit="return",
        formula="Σ returned",
        numerator=(Part.RETURNED,),
    ),
)
