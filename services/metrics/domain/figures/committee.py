"""Plan item 10: what goes before the committee, how long it stays, what it goes by (决策委员会)."""

from collections.abc import Iterable, Iterator, Mapping
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
from services.metrics.domain.subjects.alert import Card
from services.metrics.domain.subjects.committee import CommitteeRules, GradingList, Referral
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.words import AlertBasis, AlertLevel
from shared.contracts.words import CaseType, GradeLevel

ITEM = 10

LIMITS_OF_CASES = frozenset({AlertBasis.COMMITTED, AlertBasis.STATUTORY})


DIFFICULT = GradeLevel.L4
"""疑难复杂事项: what only the committee may decide on."""


class Part(StrEnum):
    """What is counted of referrals, and of what the committee goes by."""

    CASE = "K10.1/case"
    """Referred cases, however often."""
    REFERRED = "K10.1/referred"
    OUTSIDE = "K10.2/outside"
    """Referrals of what neither the grading list nor its grade sends there, and nobody returned."""
    DAYS = "K10.3/days"
    """Referrals by the working days until the committee had spoken."""
    BREACHED = "K10.4/breached"
    """Red cards of cases that the committee held."""
    GRADED = "K10.5/graded"
    """Revisions of the grading list."""
    RULED = "K10.5/ruled"
    """Revisions of the rules of procedure."""


def _of_referral(referral: Referral, about: About) -> Iterator[Line]:
    day = referral.opened_on
    if day is None:
        return
    yield Part.REFERRED, day, 1
    if referral is next(_referrals(about)):
        yield Part.CASE, day, 1
    asked_for = referral.on_list or referral.grade == DIFFICULT
    if not asked_for and referral.screening != "RETURNED":
        yield Part.OUTSIDE, day, 1
    if referral.resolved_on is not None:
        stayed = about.calendar.working_days_between(day, referral.resolved_on)
        yield of_class(Part.DAYS, f"{stayed:03}"), referral.resolved_on, 1


def _of_card(card: Card, about: About) -> Iterator[Line]:
    if card.raised_on is None or not _is_breach(card):
        return
    held = any(
        referral.opened_on is not None
        and referral.opened_on <= card.raised_on
        and (referral.done_on is None or card.raised_on <= referral.done_on)
        for referral in _referrals(about)
    )
    if held:
        yield Part.BREACHED, card.raised_on, 1


def _is_breach(card: Card) -> bool:
    valid = card.late and card.state != AlertState.REVOKED
    return valid and card.basis in LIMITS_OF_CASES


def _referrals(about: About) -> Iterator[Referral]:
    return (one for one in about.dossier.subjects if type(one) is Referral)


def _of_grades(grades: GradingList, _: About) -> Iterable[Line]:
    return ((Part.GRADED, step.day, 1) for step in grades.steps)


def _of_rules(rules: CommitteeRules, _: About) -> Iterable[Line]:
    return ((Part.RULED, step.day, 1) for step in rules.steps)


LINES: Mapping[type, LinesOf] = {
    Referral: _of_referral,
    Card: _of_card,
    GradingList: _of_grades,
    CommitteeRules: _of_rules,
}

FIGURES = (
    Figure(
        id="K10.1",
        item=ITEM,
        zh="提交审议率",
        en="Committee referral rate",
        unit="ratio",
        formula="referred cases / accepted cases with a commitment (承诺件)",
        numerator=(Part.CASE,),
        denominator=(of_class(live.Part.ACCEPTED, CaseType.COMMITTED),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_most=0.01),
        alerts=(
            Threshold(level=AlertLevel.YELLOW, above=0.01),
            Threshold(level=AlertLevel.RED, above=0.1),
        ),
    ),
    Figure(
        id="K10.1.referred",
        item=ITEM,
        zh="提交审议数",
        en="Referrals to the committee",
        unit="referral",
        formula="Σ referred",
        numerator=(Part.REFERRED,),
        tile=Tile("referrals_today", "今日上会", "To committee"),
    ),
    Figure(
        id="K10.2",
        item=ITEM,
        zh="清单外提交数",
        en="Referrals outside the rule",
        unit="referral",
        formula="referrals neither on the grading list nor difficult (L4) that were not returned",
        numerator=(Part.OUTSIDE,),
        target=Target(origin=Origin.OURS, at_most=0),
        alerts=(Threshold(level=AlertLevel.YELLOW, above=0),),
    ),
    Figure(
        id="K10.3",
        item=ITEM,
        zh="审议用时",
        en="Days in committee",
        unit="working day",
        formula="ninetieth percentile of the working days from referral to resolution",
        numerator=(many(Part.DAYS),),
        measure=Aggregate.NINETIETH,
        target=Target(origin=Origin.OURS, at_most=8),
        alerts=(Threshold(level=AlertLevel.YELLOW, above=8),),
    ),
    Figure(
        id="K10.4",
        item=ITEM,
        zh="审议期间超期数",
        en="Breaches while the committee held the case",
        unit="card",
        formula="cards of a case's limits that were broken between referral and resolution",
        numerator=(Part.BREACHED,),
        target=Target(origin=Origin.OURS, at_most=0),
        alerts=(Threshold(level=AlertLevel.RED, above=0),),
    ),
    Figure(
        id="K10.5",
        item=ITEM,
        zh="分级清单调整次数",
        en="Revisions of the grading list",
        unit="revision",
        formula="Σ revisions of the grading list; one in a year at least",
        numerator=(Part.GRADED,),
        target=Target(origin=Origin.OURS, at_least=1),
    ),
    Figure(
        id="K10.5.rules",
        item=ITEM,
        zh="议事规则修订次数",
        en="Revisions of the rules of procedure",
        unit="revision",
        formula="Σ revisions of the committee's rules of procedure; one in a year at least",
        numerator=(Part.RULED,),
        target=Target(origin=Origin.OURS, at_least=1),
    ),
)
