"""Plan item 18: what credit is used for (信用4+), and what supervising departments are told."""

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
from services.metrics.domain.subjects.case import Case
from shared.contracts.credit.words import CreditMode
from shared.contracts.handling.facts import DecisionRevoked
from shared.contracts.supervision.words import AlertLevel

ITEM = 18

PUSH = ("SLA-36",)


class Part(StrEnum):
    """What is counted of cases in which credit was used, and of decisions."""

    USED = "K18.1/used"
    """Cases by what the credit was used for, on the day on which that was told."""
    SECONDS = "K18.2/seconds"
    """Cases that were decided at once by the seconds that it took."""
    SAVED = "K18.3/saved"
    """Documents that nobody had to hand in."""
    PUSHED = "K18.4/pushed"
    """By whether the department acknowledged them in time."""


def _of_case(case: Case, about: About) -> Iterator[Line]:
    for use in case.credit:
        yield of_class(Part.USED, use.mode), use.used_on, 1
        if use.mode == CreditMode.INSTANT_APPROVAL and use.seconds is not None:
            yield of_class(Part.SECONDS, f"{use.seconds:03}"), use.used_on, 1
        if use.materials_saved:
            yield Part.SAVED, use.used_on, use.materials_saved
    if case.decision:
        revoked = case.ids_of(DecisionRevoked)
        yield from by_keeping(Part.PUSHED, about.kept(PUSH, about.dossier.key, revoked))


LINES: Mapping[type, LinesOf] = {Case: _of_case}

NAMES: Mapping[CreditMode, tuple[str, str]] = {
    CreditMode.INSTANT_APPROVAL: ("信用秒批办件数", "Cases approved at once on credit"),
    CreditMode.PROOF_SUBSTITUTE: ("信用证明替代办件数", "Cases with credit in place of proofs"),
    CreditMode.TOLERANCE_BY_CREDIT: ("信用容缺办件数", "Cases accepted with gaps on credit"),
    CreditMode.APPROVAL_SUPERVISION_LINK: (
        "信用审管联动办件数",
        "Cases told to supervision by credit",
    ),
}

FIGURES = (
    *(
        Figure(
            id=f"K18.1.{mode.lower()}",
            item=ITEM,
            zh=zh,
            en=en,
            unit="case",
            formula=f"Σ cases in which credit was used as {mode}",
            numerator=(of_class(Part.USED, mode),),
        )
        for mode, (zh, en) in NAMES.items()
    ),
    Figure(
        id="K18.2",
        item=ITEM,
        zh="信用秒批用时",
        en="Seconds of an instant approval",
        unit="second",
        formula="ninety-fifth percentile of the seconds from application to decision, of cases "
        "approved at once on credit",
        numerator=(many(Part.SECONDS),),
        measure=Aggregate.NINETY_FIFTH,
        target=Target(origin=Origin.OURS, at_most=60),
        alerts=(Threshold(level=AlertLevel.YELLOW, above=60),),
    ),
    Figure(
        id="K18.3",
        item=ITEM,
        zh="信用减免材料数",
        en="Documents spared by credit",
        unit="document",
        formula="Σ documents that nobody had to hand in, for credit stood in their place",
        numerator=(Part.SAVED,),
        target=Target(origin=Origin.OURS, at_least=195, yearly=True),
    ),
    Figure(
        id="K18.4",
        item=ITEM,
        zh="审管联动按时推送率",
        en="Decisions pushed to supervision in time",
        formula="acknowledged by the supervising department within a working day / acknowledged, "
        "or overdue, without decisions revoked before",
        **kept_rate(Part.PUSHED),
        target=Target(origin=Origin.OURS, at_least=1),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=1),),
    ),
)
