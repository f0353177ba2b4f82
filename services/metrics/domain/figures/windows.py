"""Plan item 22: the five zeros of the windows' team (五零), and whom it calls back."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from services.metrics.domain.figures import live
from services.metrics.domain.figures.cards import THOUSAND
from services.metrics.domain.figures.figure import (
    About,
    Aggregate,
    Figure,
    Keeping,
    Line,
    LinesOf,
    Origin,
    Target,
    Threshold,
    by_keeping,
    kept_rate,
    many,
    of_class,
)
from services.metrics.domain.figures.supervision import is_valid
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.hall import Complaint
from services.metrics.domain.subjects.hotline import Ticket
from services.metrics.domain.subjects.rectification import Rectification
from services.metrics.domain.subjects.unfinished import Matter
from shared.contracts.hotline.words import FiveZeroKind, HotlineKind
from shared.contracts.review.words import BadReviewCause
from shared.contracts.supervision.words import AlertLevel

ITEM = 22

LIMITS = ("SLA-04", "SLA-05")
"""The limits of a case that its applicant was promised."""

RESOLVE = ("SLA-26b", "SLA-26c")
CALL_BACK = ("SLA-26d",)

ZERO = Target(origin=Origin.PLAN, at_most=0)
WORKED_TOWARDS = (
    Threshold(level=AlertLevel.YELLOW, above=0),
    Threshold(level=AlertLevel.RED, above=3),
)
"""A goal to be worked towards: a card that is red all year says nothing."""


class Part(StrEnum):
    """What there should be none of, and what has to be followed up."""

    COLD = "K22.5/cold"
    """Valid bad reviews of somebody's attitude."""
    MISTAKE = "K22.8/mistake"
    """By kind."""
    BACKLOG = "K22.9/backlog"
    """Open cases that are past a limit."""
    CALLED_BACK = "K22.4/called_back"
    """Matters that were not done at once, by whether somebody called back in time."""
    COMPLAINT = "K22.6/complaint"
    """Complaints that were right, of the hotline and in the hall."""
    SHIRKED = "K22.7/shirked"
    """Tickets and complaints that were right about somebody who sent one to another."""


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


def _of_matter(matter: Matter, about: About) -> Iterator[Line]:
    """Yield a matter by its call back; until there is something to call about, by that."""
    called = [*about.kept(CALL_BACK, matter.name)]
    if not called:
        called = [
            (how, day)
            for how, day in about.kept(RESOLVE, matter.name)
            if how in (Keeping.OVERDUE, Keeping.RUNNING)
        ]
    return by_keeping(Part.CALLED_BACK, called)


def _of_ticket(ticket: Ticket, _: About) -> Iterator[Line]:
    if ticket.replied_on is None or not ticket.substantiated:
        return
    if ticket.kind == HotlineKind.COMPLAINT:
        yield Part.COMPLAINT, ticket.replied_on, 1
    if ticket.five_zero == FiveZeroKind.SHIRKING:
        yield Part.SHIRKED, ticket.replied_on, 1


def _of_complaint(complaint: Complaint, _: About) -> Iterator[Line]:
    if complaint.concluded_on is None or not complaint.substantiated:
        return
    yield Part.COMPLAINT, complaint.concluded_on, 1
    if complaint.five_zero == FiveZeroKind.SHIRKING:
        yield Part.SHIRKED, complaint.concluded_on, 1


LINES: Mapping[type, LinesOf] = {
    Rectification: _of_rectification,
    Case: _of_case,
    Matter: _of_matter,
    Ticket: _of_ticket,
    Complaint: _of_complaint,
}

FIGURES = (
    Figure(
        id="K22.4",
        item=ITEM,
        zh="未办成事回访率",
        en="Follow-up of unfinished matters",
        formula="called back within 3 working days / called back, or overdue; "
        "overdue, too, where nobody has resolved it in time",
        **kept_rate(Part.CALLED_BACK),
        target=Target(origin=Origin.OURS, at_least=1),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=1),),
    ),
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
        id="K22.6",
        item=ITEM,
        zh="零投诉：属实投诉数",
        en="Zero complaints: complaints that were right",
        unit="complaint",
        formula="complaints of the hotline whose last reply says that they are right, and those "
        "in the hall whose conclusion does",
        numerator=(Part.COMPLAINT,),
        target=ZERO,
        alerts=WORKED_TOWARDS,
    ),
    Figure(
        id="K22.7",
        item=ITEM,
        zh="零推托：属实推诿数",
        en="Zero shirking: being sent to another",
        unit="complaint",
        formula="tickets whose last reply says that they are right about shirking, and complaints "
        "in the hall whose conclusion does",
        numerator=(Part.SHIRKED,),
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
