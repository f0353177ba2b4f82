"""Plan item 12: ratings, and what is done about bad ones (监督评价); cards have a module."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from services.metrics.domain.figures import live
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
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.rectification import Rectification
from services.metrics.domain.subjects.review import Rating
from shared.contracts.rectification.course import RectificationState
from shared.contracts.review.words import GOOD
from shared.contracts.supervision.words import AlertLevel

ITEM = 12

RECTIFY = ("SLA-20", "SLA-21")


class Part(StrEnum):
    """What is counted of ratings and rectifications."""

    OPENED = "K12.1/opened"
    CLOSED = "K12.1/closed"
    ON_TIME = "K12.1/on_time"
    """Valid bad reviews that were answered in time."""
    LATE = "K12.1/late"
    OVERDUE = "K12.1/overdue"
    RUNNING = "K12.1/running"
    """Valid bad reviews whose answer is within its limit."""
    REAL_NAME = "K12.2/real_name"
    """Valid bad reviews by name whose answer is closed."""
    CALLED_BACK = "K12.2/called_back"
    GIVEN = "K12.3/given"
    """Valid ratings that somebody gave, by level."""
    DEFAULT = "K12.3/default"
    """Ratings that the system gave because nobody did."""
    ITEM = "K12.6/item"
    """Valid ratings that somebody gave, by item."""
    WINDOW = "K12.6/window"
    STAFF = "K12.6/staff"
    """By whom the rating names, in the pseudonym of the bureau, as a step names who has it."""
    ACTIVE_ITEM = "K12.6/active_item"
    """Closed cases by item: what could have been rated."""
    ACTIVE_WINDOW = "K12.6/active_window"
    ACTIVE_STAFF = "K12.6/active_staff"
    """By whoever was given a step of it."""


def _of_case(case: Case, _: About) -> Iterator[Line]:
    if case.closed_on is None:
        return
    for part, name in (
        (Part.ACTIVE_ITEM, case.item_code),
        (Part.ACTIVE_WINDOW, case.window),
        *((Part.ACTIVE_STAFF, assignee) for assignee in case.assignees),
    ):
        if name:
            yield of_class(part, name), case.closed_on, 1


def _of_rating(rating: Rating, about: About) -> Iterator[Line]:
    day = rating.opened_on
    if day is None or not rating.is_valid:
        return
    if rating.by_default:
        yield Part.DEFAULT, day, 1
        return
    yield of_class(Part.GIVEN, rating.level), day, 1
    case = about.dossier.case
    for part, name in (
        (Part.ITEM, case.item_code or rating.item_code),
        (Part.WINDOW, case.window or rating.window),
        (Part.STAFF, rating.staff),
    ):
        if name:
            yield of_class(part, name), day, 1


def _of_rectification(order: Rectification, about: About) -> Iterator[Line]:
    opened_on, done_on = order.opened_on, order.done_on
    if opened_on is None:
        return
    yield Part.OPENED, opened_on, 1
    closed_on = done_on if order.state == RectificationState.CLOSED else None
    if closed_on is not None:
        yield Part.CLOSED, closed_on, 1
    if not is_valid(order, about):
        return
    if closed_on is not None:
        yield Part.ON_TIME if order.on_time else Part.LATE, closed_on, 1
        if order.real_name:
            yield Part.REAL_NAME, closed_on, 1
            if order.followed_up_on is not None:
                yield Part.CALLED_BACK, closed_on, 1
    elif (overdue_on := about.overdue_on(RECTIFY, order.name)) is not None:
        yield Part.OVERDUE, overdue_on, 1
    else:
        yield Part.RUNNING, opened_on, 1


def is_valid(order: Rectification, about: About) -> bool:
    """Say whether the rating that *order* answers stands: no appeal has struck it out."""
    return not any(
        type(one) is Rating and one.name == order.review_id and one.struck_out
        for one in about.dossier.subjects
    )


LINES: Mapping[type, LinesOf] = {
    Case: _of_case,
    Rating: _of_rating,
    Rectification: _of_rectification,
}

SATISFIED = tuple(of_class(Part.GIVEN, level) for level in GOOD)

FIGURES = (
    Figure(
        id="K12.1",
        item=ITEM,
        zh="差评整改率",
        en="Bad-review rectification rate",
        unit="ratio",
        formula="valid bad reviews rectified on time / rectified, or open and overdue",
        numerator=(Part.ON_TIME,),
        denominator=(Part.ON_TIME, Part.LATE, Part.OVERDUE),
        pending=(Part.RUNNING,),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.PLAN, at_least=1),
        alerts=(Threshold(level=AlertLevel.RED, above=0, parts=(Part.OVERDUE,)),),
    ),
    Figure(
        id="K12.1.opened",
        item=ITEM,
        zh="差评整改立案数",
        en="Rectifications opened",
        unit="order",
        formula="Σ opened",
        numerator=(Part.OPENED,),
    ),
    Figure(
        id="K12.1.closed",
        item=ITEM,
        zh="差评整改办结数",
        en="Rectifications closed",
        unit="order",
        formula="Σ closed",
        numerator=(Part.CLOSED,),
        tile=Tile("rectifications_closed_today", "整改办结", "Rectified"),
    ),
    Figure(
        id="K12.2",
        item=ITEM,
        zh="实名差评回访率",
        en="Real-name call-back rate",
        unit="ratio",
        formula="called back / valid bad reviews by name whose answer is closed",
        numerator=(Part.CALLED_BACK,),
        denominator=(Part.REAL_NAME,),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.PUBLISHED, at_least=1),
        alerts=(Threshold(level=AlertLevel.RED, below=1),),
    ),
    Figure(
        id="K12.3",
        item=ITEM,
        zh="好评率",
        en="Good-review rate",
        unit="ratio",
        formula="the three upper levels / ratings given, without default and struck-out ones",
        numerator=SATISFIED,
        denominator=(many(Part.GIVEN),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=0.99),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=0.99),),
    ),
    Figure(
        id="K12.3.voluntary",
        item=ITEM,
        zh="主动评价率",
        en="Voluntary review rate",
        unit="ratio",
        formula="ratings given, without default and struck-out ones / closed cases",
        numerator=(many(Part.GIVEN),),
        denominator=(many(live.Part.CLOSED),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=0.5),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=0.5),),
    ),
    Figure(
        id="K12.3.posted",
        item=ITEM,
        zh="评价数",
        en="Ratings posted",
        unit="rating",
        formula="Σ ratings, default ones too, without struck-out ones",
        numerator=(many(Part.GIVEN), Part.DEFAULT),
        tile=Tile("ratings_today", "今日评价", "Reviews"),
    ),
    Figure(
        id="K12.6.items",
        item=ITEM,
        zh="事项评价覆盖率",
        en="Items with a review",
        unit="ratio",
        formula="items of closed cases with a valid rating that somebody gave / all of these",
        numerator=(many(Part.ITEM),),
        denominator=(many(Part.ACTIVE_ITEM),),
        measure=Aggregate.COVERAGE,
        target=Target(origin=Origin.OURS, at_least=1),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=1),),
    ),
    Figure(
        id="K12.6.windows",
        item=ITEM,
        zh="窗口评价覆盖率",
        en="Windows with a review",
        unit="ratio",
        formula="windows of closed cases with a valid rating that somebody gave / all of these",
        numerator=(many(Part.WINDOW),),
        denominator=(many(Part.ACTIVE_WINDOW),),
        measure=Aggregate.COVERAGE,
        target=Target(origin=Origin.OURS, at_least=1),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=1),),
    ),
    Figure(
        id="K12.6.staff",
        item=ITEM,
        zh="人员评价覆盖率",
        en="Staff with a review",
        unit="ratio",
        formula="staff with a step of a closed case and a valid rating that somebody gave / all "
        "with such a step",
        numerator=(many(Part.STAFF),),
        denominator=(many(Part.ACTIVE_STAFF),),
        measure=Aggregate.COVERAGE,
        target=Target(origin=Origin.OURS, at_least=1),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=1),),
    ),
)
