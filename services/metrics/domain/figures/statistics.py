"""Supervision's statistics (监察统计, rule E-07), as far as no other figure tells them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
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
    """What the columns are about, in words; its unit; and what the bureau takes in a day."""

    affair: Affair
    zh: str
    en: str
    unit: str
    taken: Tile | None = None


CASES = AffairWords(Affair.CASE, "办件", "cases", "case")
TICKETS = (
    AffairWords(
        Affair.COMPLAINT,
        "投诉",
        "complaints",
        "ticket",
        Tile("complaints_today", "今日投诉", "Complaints"),
    ),
    AffairWords(
        Affair.CONSULTATION,
        "咨询",
        "consultations",
        "ticket",
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


def _count(
    of: AffairWords,
    column: str,
    zh: str,
    en: str,
    formula: str,
    *numerator: str,
) -> Figure:
    """Return a column that counts; *zh* stands between what it is about and 数."""
    return Figure(
        id=f"E07.{of.affair.lower()}.{column}",
        item=None,
        zh=f"{of.zh}{zh}数",
        en=en,
        unit=of.unit,
        formula=formula,
        numerator=numerator,
    )


def _of_cases() -> Iterator[Figure]:
    """Yield the columns of cases; accepted, closed and the rate of both are L03."""
    yield _count(
        CASES,
        "normal",
        "正常办结",
        "Cases closed in the ordinary way",
        "closed with a certificate, or otherwise done with",
        *_closed_with(ResultType.CERTIFICATE_ISSUED, ResultType.CLOSED_OTHER),
    )
    returned = _closed_with(ResultType.RETURNED)
    yield _count(CASES, "returned", "退回", "Cases returned", "closed as returned", *returned)
    for result, column, zh, en in (
        (ResultType.VOIDED, "voided", "作废", "made void"),
        (ResultType.DELETED, "deleted", "删除", "deleted"),
    ):
        formula = f"closed as, or ended without a decision because, {en}"
        ended = of_class(Part.ENDED, result)
        yield _count(CASES, column, zh, f"Cases {en}", formula, *_closed_with(result), ended)
    yield _count(
        CASES,
        "not_accepted",
        "不予受理",
        "Cases not accepted",
        "Σ acceptance refused",
        Part.NOT_ACCEPTED,
    )
    yield from _cumulative(CASES, many(live.Part.ACCEPTED), many(live.Part.CLOSED))


def _of_tickets(of: AffairWords) -> Iterator[Figure]:
    """Yield the columns of the tickets of one affair."""
    signed = of_class(Part.SIGNED, of.affair)
    closed = many(of_class(Part.CLOSED, of.affair))
    helped = of_class(Part.CLOSED, f"{of.affair}:{HELPED}")
    sent_back = of_class(Part.SENT_BACK, of.affair)
    what = of.en.capitalize()
    formula = "Σ signed for by the bureau"
    accepted = _count(of, "accepted", "受理", f"{what} accepted", formula, signed)
    yield replace(accepted, tile=of.taken)
    yield _count(of, "closed", "办结", f"{what} closed", "Σ closed", closed)
    yield _count(
        of,
        "normal",
        "正常办结",
        f"{what} closed in the ordinary way",
        "closed, and whoever called said that it helped",
        helped,
    )
    yield _count(
        of,
        "returned",
        "退回",
        f"{what} sent back",
        "sent back as another's matter, and not dispatched again",
        sent_back,
    )
    yield Figure(
        id=f"E07.{of.affair.lower()}.rate",
        item=None,
        zh=f"{of.zh}办结率",
        en=f"Closing rate of {of.en}",
        unit="ratio",
        formula="closed / accepted",
        numerator=(closed,),
        denominator=(signed,),
        measure=Aggregate.RATE,
    )
    yield from _cumulative(of, signed, closed)


def _cumulative(of: AffairWords, accepted: str, closed: str) -> Iterator[Figure]:
    """Yield what has come together up to a day."""
    for column, zh, part in (("accepted", "受理", accepted), ("closed", "办结", closed)):
        en = f"{of.en.capitalize()} {column} in all"
        formula = f"Σ {column}, since the first of them"
        yield replace(_count(of, f"{column}_in_all", f"累计{zh}", en, formula, part), gauge=True)


def _of_cards(of: AffairWords) -> Iterator[Figure]:
    """Yield the columns of prompts and cards; K12.4 counts those of every affair together."""
    of = of._replace(unit="card")
    for level, (part, zh, en) in GIVEN.items():
        name, these = level.lower(), f"{en} of {of.en}"
        formula = f"{en.lower()} of {of.en}, without those revoked"
        given = many(of_class(part, of.affair))
        yield _count(of, name, zh, these, formula, given)
        formula = f"{en.lower()} of {of.en} that should not have been"
        gone = many(of_class(cards.Part.REVOKED, f"{level}:{of.affair}"))
        yield _count(of, f"revoked_{name}", f"撤销{zh}", f"{these} revoked", formula, gone)


FIGURES = (
    *_of_cases(),
    *(figure for of in TICKETS for figure in _of_tickets(of)),
    *(figure for of in (CASES, *TICKETS) for figure in _of_cards(of)),
)
