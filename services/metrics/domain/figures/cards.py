"""Plan item 12: supervision cards, those that were raised and those that stand (监察牌)."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from services.metrics.domain.dossier import Dossier
from services.metrics.domain.figures import live
from services.metrics.domain.figures.affairs import Affair, affair_of
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
from services.metrics.domain.subjects.alert import Card
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.words import AlertLevel

ITEM = 12

THOUSAND = 1000


class Part(StrEnum):
    """What is counted of cards, and of limits without one."""

    PROMPT = "K12.4/PROMPT"
    """Prompts by affair, by what they are about and how they stand; without those revoked."""
    YELLOW = "K12.4/YELLOW"
    """Yellow cards likewise."""
    RED = "K12.4/RED"
    REVOKED = "K12.4/REVOKED"
    """By level, by affair and by what they were about."""
    STANDS_GREEN = "L02/green"
    """Clocks that have not ended and on which no card stands, by limit."""
    STANDS_PROMPT = "L02/prompt"
    STANDS_YELLOW = "L02/yellow"
    """Standing yellow cards by limit."""
    STANDS_RED = "L02/red"


BY_LEVEL: Mapping[str, tuple[Part, Part]] = {
    AlertLevel.PROMPT: (Part.PROMPT, Part.STANDS_PROMPT),
    AlertLevel.YELLOW: (Part.YELLOW, Part.STANDS_YELLOW),
    AlertLevel.RED: (Part.RED, Part.STANDS_RED),
}
"""What is counted of a card that was raised, and while it stands."""


def _of_card(card: Card, affair: Affair) -> Iterator[Line]:
    day = card.raised_on
    if day is None:
        return
    if card.state == AlertState.REVOKED:
        yield of_class(Part.REVOKED, f"{card.level}:{affair}:{card.basis}"), day, 1
        return
    part, stands = BY_LEVEL[card.level]
    yield of_class(part, f"{affair}:{card.basis}:{card.state}"), day, 1
    if card.stands:
        yield of_class(stands, card.sla), day, 1


def _of_dossier(dossier: Dossier, about: About) -> Iterator[Line]:
    if dossier.cards:
        # Once for all of them: what they lie on is the same.
        affair = affair_of(dossier)
        for card in dossier.cards:
            yield from _of_card(card, affair)
    carded = {(card.sla, card.concerns) for card in dossier.cards if card.stands}
    for clock in about.clocks:
        run = clock.run
        if run.ending is None and (run.sla.id, run.subject) not in carded:
            yield of_class(Part.STANDS_GREEN, run.sla.id), run.started_on, 1


LINES: Mapping[type, LinesOf] = {Dossier: _of_dossier}

REVOKED = {level: many(of_class(Part.REVOKED, level)) for level in AlertLevel}

FIGURES = (
    Figure(
        id="K12.4",
        item=ITEM,
        zh="监察牌数",
        en="Supervision cards",
        unit="card",
        formula="yellow + red, without those revoked",
        numerator=(many(Part.YELLOW), many(Part.RED)),
    ),
    Figure(
        id="K12.4.red",
        item=ITEM,
        zh="红牌数",
        en="Red cards",
        unit="card",
        formula="red, without those revoked",
        numerator=(many(Part.RED),),
        target=Target(origin=Origin.OURS, at_most=0),
        alerts=(Threshold(level=AlertLevel.RED, above=0),),
    ),
    Figure(
        id="K12.4.yellow",
        item=ITEM,
        zh="黄牌数",
        en="Yellow cards",
        unit="card",
        formula="yellow, without those revoked",
        numerator=(many(Part.YELLOW),),
    ),
    Figure(
        id="K12.4.revoked",
        item=ITEM,
        zh="撤销监察牌数",
        en="Cards revoked",
        unit="card",
        formula="yellow or red cards that should not have been raised",
        numerator=(REVOKED[AlertLevel.YELLOW], REVOKED[AlertLevel.RED]),
    ),
    Figure(
        id="K12.4.revoked_yellow",
        item=ITEM,
        zh="撤销黄牌数",
        en="Yellow cards revoked",
        unit="card",
        formula="yellow cards that should not have been raised",
        numerator=(REVOKED[AlertLevel.YELLOW],),
    ),
    Figure(
        id="K12.4.revoked_red",
        item=ITEM,
        zh="撤销红牌数",
        en="Red cards revoked",
        unit="card",
        formula="red cards that should not have been raised",
        numerator=(REVOKED[AlertLevel.RED],),
    ),
    Figure(
        id="K12.4.prompt",
        item=ITEM,
        zh="预警数",
        en="Prompts",
        unit="card",
        formula="prompts, which are no cards yet, without those revoked; by THREE_TIER alone",
        numerator=(many(Part.PROMPT),),
    ),
    Figure(
        id="K12.4.revoked_prompt",
        item=ITEM,
        zh="撤销预警数",
        en="Prompts revoked",
        unit="card",
        formula="prompts that should not have been given",
        numerator=(REVOKED[AlertLevel.PROMPT],),
    ),
    Figure(
        id="K12.4.per_thousand",
        item=ITEM,
        zh="每千件监察牌数",
        en="Cards per 1,000 cases",
        unit="card per 1,000 cases",
        formula="1,000 × cards without those revoked / cases received",
        numerator=(many(Part.YELLOW), many(Part.RED)),
        denominator=(many(live.Part.RECEIVED),),
        measure=Aggregate.RATE,
        per=THOUSAND,
    ),
    Figure(
        id="L02",
        item=None,
        zh="在牌监察牌数",
        en="Limits that a card stands on",
        unit="card",
        formula="Σ standing yellow and red cards, by limit; beside them open limits without",
        numerator=(many(Part.STANDS_YELLOW), many(Part.STANDS_RED)),
        # A sum alone: every case would come and go by name with each of its limits.
        shown=(many(Part.STANDS_GREEN),),
        gauge=True,
    ),
    Figure(
        id="L02.red",
        item=None,
        zh="在牌红牌数",
        en="Red cards that stand",
        unit="card",
        formula="Σ standing red cards, by limit",
        numerator=(many(Part.STANDS_RED),),
        gauge=True,
        alerts=(Threshold(level=AlertLevel.RED, above=0),),
    ),
    Figure(
        id="L02.prompt",
        item=None,
        zh="在牌预警数",
        en="Prompts that stand",
        unit="card",
        formula="Σ standing prompts, by limit",
        numerator=(many(Part.STANDS_PROMPT),),
        gauge=True,
    ),
    Figure(
        id="L02.yellow",
        item=None,
        zh="在牌黄牌数",
        en="Yellow cards that stand",
        unit="card",
        formula="Σ standing yellow cards, by limit",
        numerator=(many(Part.STANDS_YELLOW),),
        gauge=True,
    ),
)
