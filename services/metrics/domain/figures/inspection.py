"""Plan item 24: inspections on the spot, and what those inspected say (现场勘验队伍)."""

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
    Tile,
    many,
    of_class,
)
from services.metrics.domain.subjects.inspection import Inspection
from shared.contracts.inspection.words import InspectionResult
from shared.contracts.review.words import GOOD
from shared.contracts.supervision.words import AlertLevel

ITEM = 24

VISIT = ("SLA-13a", "SLA-13b", "SLA-14")
"""The limits of booking, visit and conclusion."""

MUST_BE_ASKED = frozenset({InspectionResult.FAIL, InspectionResult.RECTIFY})


class Part(StrEnum):
    """What is counted of inspections."""

    ANSWERED = "K24.1/answered"
    SATISFIED = "K24.1/satisfied"
    ASKED = "K24.2/asked"
    """Concluded inspections after which the applicant was asked."""
    MUST_BE_ASKED = "K24.2/must_be_asked"
    """Those that found something wrong."""
    MISSED = "K24.2/missed"
    """Those of them after which nobody has asked yet."""
    ON_TIME = "K24.3/on_time"
    LATE = "K24.3/late"
    OVERDUE = "K24.3/overdue"
    RUNNING = "K24.3/running"
    PROVEN = "K24.4/proven"
    """Concluded by the checklist, with evidence."""
    CONCLUDED = "K24.5/concluded"
    """By what was found."""
    FIRST_PASSED = "K24.5/first_passed"
    AGAIN = "K24.5/again"
    """Visits after the first one."""
    SCHEDULED = "K24.6/scheduled"
    MOVED = "K24.6/moved"
    """Dates that the bureau gave up."""


def _of_inspection(inspection: Inspection, about: About) -> Iterator[Line]:
    opened_on, done_on = inspection.opened_on, inspection.done_on
    if opened_on is None:
        return
    if done_on is not None:
        yield from _conclusion(inspection, done_on, about)
    elif (overdue_on := about.overdue_on(VISIT, inspection.name)) is not None:
        yield Part.OVERDUE, overdue_on, 1
    else:
        yield Part.RUNNING, opened_on, 1
    if inspection.answered_on is not None:
        yield Part.ANSWERED, inspection.answered_on, 1
        if inspection.level in GOOD:
            yield Part.SATISFIED, inspection.answered_on, 1
    if inspection.scheduled:
        yield Part.SCHEDULED, opened_on, inspection.scheduled
    if inspection.moved_by_bureau:
        yield Part.MOVED, opened_on, inspection.moved_by_bureau


def _conclusion(inspection: Inspection, day: date, about: About) -> Iterator[Line]:
    yield of_class(Part.CONCLUDED, inspection.result or InspectionResult.NOT_DONE), day, 1
    late = any(about.breaches(VISIT, inspection.name))
    yield Part.LATE if late else Part.ON_TIME, day, 1
    if inspection.followed_up_on is not None:
        yield Part.ASKED, day, 1
    if inspection.result in MUST_BE_ASKED:
        yield Part.MUST_BE_ASKED, day, 1
        if inspection.followed_up_on is None:
            yield Part.MISSED, day, 1
    if inspection.checklist_id and inspection.checked and inspection.evidence:
        yield Part.PROVEN, day, 1
    if inspection.first_result == InspectionResult.PASS:
        yield Part.FIRST_PASSED, day, 1
    if inspection.attempt_no > 1:
        yield Part.AGAIN, day, inspection.attempt_no - 1


LINES: Mapping[type, LinesOf] = {Inspection: _of_inspection}

FIGURES = (
    Figure(
        id="K24.1",
        item=ITEM,
        zh="勘验群众满意率",
        en="Inspection satisfaction",
        unit="ratio",
        formula="satisfied / answered, of those asked after an inspection",
        numerator=(Part.SATISFIED,),
        denominator=(Part.ANSWERED,),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.PLAN, at_least=0.95),
        alerts=(
            Threshold(level=AlertLevel.RED, below=0.95),
            Threshold(level=AlertLevel.YELLOW, below=0.97),
        ),
    ),
    Figure(
        id="K24.2",
        item=ITEM,
        zh="勘验回访率",
        en="Follow-up sampling",
        unit="ratio",
        formula="asked afterwards / concluded; all that found something wrong",
        numerator=(Part.ASKED,),
        denominator=(many(Part.CONCLUDED),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=0.2),
        alerts=(
            Threshold(level=AlertLevel.YELLOW, below=0.2),
            Threshold(level=AlertLevel.YELLOW, above=0, parts=(Part.MISSED,)),
        ),
        shown=(Part.MUST_BE_ASKED,),
    ),
    Figure(
        id="K24.3",
        item=ITEM,
        zh="勘验按时率",
        en="Inspections on time",
        unit="ratio",
        formula="visited and concluded in time / concluded, or open and overdue",
        numerator=(Part.ON_TIME,),
        denominator=(Part.ON_TIME, Part.LATE, Part.OVERDUE),
        pending=(Part.RUNNING,),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=0.98),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=0.98),),
    ),
    Figure(
        id="K24.4",
        item=ITEM,
        zh="踏勘要点与佐证完整率",
        en="Checklist used and evidence complete",
        unit="ratio",
        formula="concluded by the checklist with evidence / concluded",
        numerator=(Part.PROVEN,),
        denominator=(many(Part.CONCLUDED),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=1),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=1),),
    ),
    Figure(
        id="K24.5",
        item=ITEM,
        zh="首次勘验通过率",
        en="First-visit pass rate",
        unit="ratio",
        formula="passed at the first visit / concluded",
        numerator=(Part.FIRST_PASSED,),
        denominator=(many(Part.CONCLUDED),),
        measure=Aggregate.RATE,
    ),
    Figure(
        id="K24.5.concluded",
        item=ITEM,
        zh="勘验完成数",
        en="Inspections concluded",
        unit="inspection",
        formula="Σ concluded",
        numerator=(many(Part.CONCLUDED),),
        tile=Tile("inspections_today", "今日勘验", "Inspections"),
    ),
    Figure(
        id="K24.5.again",
        item=ITEM,
        zh="复勘次数",
        en="Re-inspections",
        unit="visit",
        formula="Σ visits after the first one",
        numerator=(Part.AGAIN,),
    ),
    Figure(
        id="K24.6",
        item=ITEM,
        zh="我方改期率",
        en="Cancelled or moved by the bureau",
        unit="ratio",
        formula="dates given up by the bureau / dates given",
        numerator=(Part.MOVED,),
        denominator=(Part.SCHEDULED,),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_most=0.05),
        alerts=(Threshold(level=AlertLevel.YELLOW, above=0.05),),
    ),
)
