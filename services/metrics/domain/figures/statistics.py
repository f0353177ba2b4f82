"""Supervision's statistics (监察统计, rule E-07), as far as no other figure tells them."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from services.metrics.domain.figures import cards, live
from services.metrics.domain.figures.affairs import OF_TICKETS, Affair
from services.metrics.domain.figures.figure import (
    About,
    Aggregate,
    Figure,
    Line,
    LinesOf,
    Tile,
    many,
    of_class,
)
from services.metrics.domain.subjects.case import VOIDED_BY, Case
from services.metrics.domain.subjects.hotline import Ticket
from shared.contracts.handling.course import Phase
from shared.contracts.handling.words import ResultType
from shared.contracts.hotline.course import TicketState
from shared.contracts.supervision.words import AlertLevel

HELPED, NOT_HELPED = "helped", "not_helped"


class Part(StrEnum):
    """What is counted of cases that were never closed, and of complaints and consultations."""

    NOT_ACCEPTED = "E07/not_accepted"
    ENDED = "E07/ended"
    """Cases that were made void or deleted before a decision, by what became of them."""
    SIGNED = "E07/signed"
    """Tickets that the bureau took, by affair."""
    SENT_BACK = "E07/sent_back"
    """Tickets that are another's, by affair."""
    CLOSED = "E07/closed"
    """Tickets by affair, and whether whoever called said that it helped."""


ENDS = frozenset(result.value for result in VOIDED_BY.values())


def _of_case(case: Case, _: About) -> Iterator[Line]:
    if case.ending is None or case.closed_on is not None:
        return
    if case.state == Phase.NOT_ACCEPTED:
        yield Part.NOT_ACCEPTED, case.ending.ended_on, 1
    elif case.result in ENDS:
        yield of_class(Part.ENDED, case.result), case.ending.ended_on, 1


def _of_ticket(ticket: Ticket, _: About) -> Iterator[Line]:
    affair = OF_TICKETS.get(ticket.kind)
    if affair is None:
        return
    if ticket.signed_on is not None:
        yield of_class(Part.SIGNED, affair), ticket.signed_on, 1
    if ticket.done_on is None:
        return
    if ticket.state == TicketState.SENT_BACK:
        yield of_class(Part.SENT_BACK, affair), ticket.done_on, 1
    elif ticket.state == TicketState.CLOSED:
        helped = HELPED if ticket.helped else NOT_HELPED
        yield of_class(Part.CLOSED, f"{affair}:{helped}"), ticket.done_on, 1


LINES: Mapping[type, LinesOf] = {Case: _of_case, Ticket: _of_ticket}


class AffairWords(NamedTuple):
    """What the columns are about, in words; and what the bureau takes of it in a day."""

    affair: Affair
    zh: str
    en: str
    taken: Tile | None = None


CASES = AffairWords(Affair.CASE, "办件", "cases")
TICKETS = (
    AffairWords(
        Affair.COMPLAINT,
        "投诉",
        "complaints",
        Tile("complaints_today", "今日投诉", "Complaints"),
    ),
    AffairWords(
        Affair.CONSULTATION,
        "咨询",
        "consultations",
        Tile("consultations_today", "今日咨询", "Consultations"),
    ),
)

GIVEN: Mapping[AlertLevel, tuple[str, str, str]] = {
    AlertLevel.PROMPT: (cards.Part.PROMPT, "预警", "Prompts"),
    AlertLevel.YELLOW: (cards.Part.YELLOW, "黄牌", "Yellow cards"),
    AlertLevel.RED: (cards.Part.RED, "红牌", "Red cards"),
}
"""What is counted of each level, and what people call it."""


def _closed_with(*results: ResultType) -> tuple[str, ...]:
    """Return what was closed with one of *results*, however often the applicant had to come."""
    visits = range(live.VISITS_TOLD_MAX + 1)
    return tuple(of_class(live.Part.CLOSED, f"{n}:{result}") for result in results for n in visits)


def _of_cases() -> Iterator[Figure]:
    """Yield the columns of cases; accepted, closed and the rate of both are L03."""
    normal = (ResultType.CERTIFICATE_ISSUED, ResultType.CLOSED_OTHER)
    yield Figure(
        id="E07.case.normal",
        item=None,
        zh="办件正常办结数",
        en="Cases closed in the ordinary way",
        unit="case",
        formula="closed with a certificate, or otherwise done with",
        numerator=_closed_with(*normal),
    )
    yield Figure(
        id="E07.case.returned",
        item=None,
        zh="办件退回数",
        en="Cases returned",
        unit="case",
        formula="closed as returned",
        numerator=_closed_with(ResultType.RETURNED),
    )
    for result, name, zh, en in (
        (ResultType.VOIDED, "voided", "作废", "made void"),
        (ResultType.DELETED, "deleted", "删除", "deleted"),
    ):
        yield Figure(
            id=f"E07.case.{name}",
            item=None,
            zh=f"办件{zh}数",
            en=f"Cases {en}",
            unit="case",
            formula=f"closed as, or ended without a decision because, {en}",
            numerator=(*_closed_with(result), of_class(Part.ENDED, result)),
        )
    yield Figure(
        id="E07.case.not_accepted",
        item=None,
        zh="办件不予受理数",
        en="Cases not accepted",
        unit="case",
        formula="Σ acceptance refused",
        numerator=(Part.NOT_ACCEPTED,),
    )
    yield from _cumulative(CASES, "case", (many(live.Part.ACCEPTED),), (many(live.Part.CLOSED),))


def _of_tickets(of: AffairWords) -> Iterator[Figure]:
    """Yield the columns of the tickets of one affair."""
    signed = (of_class(Part.SIGNED, of.affair),)
    closed = (many(of_class(Part.CLOSED, of.affair)),)
    name = f"E07.{of.affair.lower()}"
    for column, zh, en, formula, numerator in (
        ("accepted", "受理", "accepted", "Σ signed for by the bureau", signed),
        ("closed", "办结", "closed", "Σ closed", closed),
        (
            "normal",
            "正常办结",
            "closed in the ordinary way",
            "closed, and whoever called said that it helped",
            (of_class(Part.CLOSED, f"{of.affair}:{HELPED}"),),
        ),
        (
            "returned",
            "退回",
            "sent back",
            "sent back as another's matter, and not dispatched again",
            (of_class(Part.SENT_BACK, of.affair),),
        ),
    ):
        yield Figure(
            id=f"{name}.{column}",
            item=None,
            zh=f"{of.zh}{zh}数",
            en=f"{of.en.capitalize()} {en}",
            unit="ticket",
            formula=formula,
            numerator=numerator,
            tile=of.taken if column == "accepted" else None,
        )
    yield Figure(
        id=f"{name}.rate",
        item=None,
        zh=f"{of.zh}办结率",
        en=f"Closing rate of {of.en}",
        unit="ratio",
        formula="closed / accepted",
        numerator=closed,
        denominator=signed,
        measure=Aggregate.RATE,
    )
    yield from _cumulative(of, "ticket", signed, closed)


def _cumulative(
    of: AffairWords, unit: str, accepted: tuple[str, ...], closed: tuple[str, ...]
) -> Iterator[Figure]:
    """Yield what has come together up to a day."""
    for column, zh, en, numerator in (
        ("accepted", "受理", "accepted", accepted),
        ("closed", "办结", "closed", closed),
    ):
        yield Figure(
            id=f"E07.{of.affair.lower()}.{column}_in_all",
            item=None,
            zh=f"{of.zh}累计{zh}数",
            en=f"{of.en.capitalize()} {en} in all",
            unit=unit,
            formula=f"Σ {en}, since the first of them",
            numerator=numerator,
            gauge=True,
        )


def _of_cards(of: AffairWords) -> Iterator[Figure]:
    """Yield the columns of prompts and cards; K12.4 counts those of every affair together."""
    for level, (part, zh, en) in GIVEN.items():
        name = f"E07.{of.affair.lower()}"
        yield Figure(
            id=f"{name}.{level.lower()}",
            item=None,
            zh=f"{of.zh}{zh}数",
            en=f"{en} of {of.en}",
            unit="card",
            formula=f"{en.lower()} of {of.en}, without those revoked",
            numerator=(many(of_class(part, of.affair)),),
        )
        yield Figure(
            id=f"{name}.revoked_{level.lower()}",
            item=None,
            zh=f"{of.zh}撤销{zh}数",
            en=f"{en} of {of.en} revoked",
            unit="card",
            formula=f"{en.lower()} of {of.en} that should not have been",
            numerator=(many(of_class(cards.Part.REVOKED, f"{level}:{of.affair}")),),
        )


FIGURES = (
    *_of_cases(),
    *(figure for of in TICKETS for figure in _of_tickets(of)),
    *(figure for of in (CASES, *TICKETS) for figure in _of_cards(of)),
)
