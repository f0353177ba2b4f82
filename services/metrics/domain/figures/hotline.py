"""Plan item 12: the tickets of the 12345 hotline (接诉即办); ratings and cards have modules."""

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
    by_keeping,
    kept_rate,
    many,
    of_class,
)
from services.metrics.domain.subjects.hotline import Ticket
from shared.contracts.hotline.facts import TicketSentBack
from shared.contracts.review.words import GOOD
from shared.contracts.supervision.words import AlertLevel

ITEM = 12

REPLY = tuple(f"SLA-25{letter}" for letter in "abcdef")
"""What is handed on from one of them to the next, as more time is given, is counted once."""

JUDGED = (
    Threshold(level=AlertLevel.RED, below=0.8),
    Threshold(level=AlertLevel.YELLOW, below=0.95),
)


class Part(StrEnum):
    """What is counted of tickets."""

    REPLIED = "K12.5/replied"
    """By whether they were answered in time; what is sent back is another's."""
    ASKED = "K12.5/asked"
    """By how satisfied whoever called is."""


def _of_ticket(ticket: Ticket, about: About) -> Iterator[Line]:
    sent_back = ticket.ids_of(TicketSentBack)
    yield from by_keeping(Part.REPLIED, about.kept(REPLY, ticket.name, sent_back))
    if ticket.followed_up_on is not None:
        yield of_class(Part.ASKED, ticket.level), ticket.followed_up_on, 1


LINES: Mapping[type, LinesOf] = {Ticket: _of_ticket}

FIGURES = (
    Figure(
        id="K12.5",
        item=ITEM,
        zh="热线按时办结率",
        en="Hotline tickets answered in time",
        formula="answered in time / answered, or overdue, without what was sent back",
        **kept_rate(Part.REPLIED),
        target=Target(origin=Origin.OURS, at_least=1),
        alerts=JUDGED,
    ),
    Figure(
        id="K12.5.satisfied",
        item=ITEM,
        zh="热线满意率",
        en="Satisfaction with the hotline",
        unit="ratio",
        formula="the three upper levels / asked afterwards, by the last answer",
        numerator=tuple(of_class(Part.ASKED, level) for level in GOOD),
        denominator=(many(Part.ASKED),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=0.95),
        alerts=JUDGED,
    ),
)
