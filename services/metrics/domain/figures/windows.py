"""Plan item 22: the five zeros of the windows' team (五零)."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from services.metrics.domain.figures import live
from services.metrics.domain.figures.cards import THOUSAND
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
from services.metrics.domain.figures.supervision import is_valid
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.rectification import Rectification
from shared.contracts.review.words import BadReviewCause
from shared.contracts.supervision.words import AlertLevel

ITEM = 22

LIMITS = ("SLA-04", "SLA-05")
"""The limits of a case that its applicant was promised."""

ZERO = Target(origin=Origin.PLAN, at_most=0)
WORKED_TOWARDS = (
    Threshold(level=AlertLevel.YELLOW, above=0),
    Threshold(level=AlertLevel.RED, above=3),
)
"""A goal to be worked towards: a card that is red all year says nothing."""


class Part(StrEnum):
    """What there should be none of."""

    COLD = "K22.5/cold"
    """Valid bad reviews of somebody's attitude."""
    MISTAKE = "K22.8/mistake"
    """By kind."""
    BACKLOG = "K22.9/backlog"
    """Open cases that are past a limit."""


def _of_rectification(order: Rectification, about: About) -> Iterator[Line]:
    cold = order.cause == BadReviewCause.ATTITUDE and is_valid(order, about)
    if cold and order.opened_on is not None:
        yield Part.COLD, order.opened_on, 1


def _of_case(case: Case, about: About) -> Iterator[Line]:
    for mistake in case.mistakes:
        yield of_class(Part.MISTAKE, mistake.kind), mistake.found_on, 1
    if case.ending is None:
        overdue_on = about.overdue_on(LIMITS, about.dossier.key)
        if overdue_on is not None:
            yield Part.BACKLOG, overdue_on, 1


LINES: Mapping[type, LinesOf] = {Rectification: _of_rectification, Case: _of_case}

FIGURES = (
    Figure(
        id="K22.5",
        item=ITEM,
        zh="零距离：态度差评数",
        en="Zero distance: bad reviews of attitude",
        unit="order",
        formula="valid bad reviews whose cause is somebody's attitude",
        numerator=(Part.COLD,),
        target=ZERO,
        alerts=WORKED_TOWARDS,
    ),
    Figure(
        id="K22.8",
        item=ITEM,
        zh="零差错：业务差错数",
        en="Zero errors: mistakes in cases",
        unit="mistake",
        formula="amended as wrong + corrected more than once + acceptance reversed",
        numerator=(many(Part.MISTAKE),),
        target=ZERO,
        alerts=WORKED_TOWARDS,
    ),
    Figure(
        id="K22.8.per_thousand",
        item=ITEM,
        zh="每千件业务差错数",
        en="Mistakes per 1,000 cases",
        unit="mistake per 1,000 cases",
        formula="1,000 × mistakes / cases received",
        numerator=(many(Part.MISTAKE),),
        denominator=(many(live.Part.RECEIVED),),
        measure=Aggregate.RATE,
        per=THOUSAND,
    ),
    Figure(
        id="K22.9",
        item=ITEM,
        zh="零积压：超期在办件数",
        en="Zero backlog: open cases past a limit",
        unit="case",
        formula="open cases with a standing red card of their committed or legal limit",
        numerator=(Part.BACKLOG,),
        gauge=True,
        target=ZERO,
        alerts=WORKED_TOWARDS,
    ),
)
