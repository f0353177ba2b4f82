"""Plan item 16: a promise in place of a document (一诺即办)."""

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
    by_keeping,
    kept_rate,
    many,
    of_class,
)
from services.metrics.domain.figures.lists import items_on
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.commitment import Commitment
from services.metrics.domain.subjects.item import ItemList
from shared.contracts.commitment.course import CommitmentState
from shared.contracts.handling.facts import DecisionRevoked
from shared.contracts.supervision.words import AlertLevel

ITEM = 16

VERIFY = ("SLA-30",)
SUPPLEMENT = ("SLA-29",)
"""Overdue once the grace has passed; until then a promise that was missed is yellow."""


class Part(StrEnum):
    """What is counted of promises."""

    LISTED = "K16.1/listed"
    """Items on the list of those that are done on a promise."""
    SIGNED = "K16.2/signed"
    """By form and by what the promise replaces."""
    SUPPLIED = "K16.3/supplied"
    """Tolerated material that came by the promised day."""
    SUPPLIED_LATE = "K16.3/supplied_late"
    MISSING = "K16.3/missing"
    """Tolerated material that is overdue, or never came."""
    WAITED_FOR = "K16.3/waited_for"
    VERIFIED = "K16.4/verified"
    """Decisions on a promise by whether it was verified in time."""
    FOUND = "K16.4/found"
    """Verifications by what was found."""


def _of_case(case: Case, about: About) -> Iterable[Line]:
    if not case.decision:
        return ()
    revoked = case.ids_of(DecisionRevoked)
    return by_keeping(Part.VERIFIED, about.kept(VERIFY, about.dossier.key, revoked))


def _of_commitment(promise: Commitment, about: About) -> Iterator[Line]:
    if promise.found and promise.verified_on is not None:
        yield of_class(Part.FOUND, promise.found), promise.verified_on, 1
    if promise.mode and promise.opened_on is not None:
        signed = f"{promise.mode}:{promise.technique}"
        yield of_class(Part.SIGNED, signed), promise.opened_on, 1
    if promise.promised_on is None or promise.mode != "TOLERANCE":
        return
    match promise.state, promise.done_on:
        case CommitmentState.SUPPLIED, day if day is not None:
            yield Part.SUPPLIED if day <= promise.promised_on else Part.SUPPLIED_LATE, day, 1
        case CommitmentState.EXPIRED, day if day is not None:
            yield Part.MISSING, day, 1
        case CommitmentState.WITHDRAWN, _:
            return
        case _:
            overdue_on = about.overdue_on(SUPPLEMENT, promise.name)
            part = Part.WAITED_FOR if overdue_on is None else Part.MISSING
            yield part, overdue_on or promise.promised_on, 1


LINES: Mapping[type, LinesOf] = {
    ItemList: items_on("COMMITMENT", Part.LISTED),
    Case: _of_case,
    Commitment: _of_commitment,
}

FIGURES = (
    Figure(
        id="K16.1",
        item=ITEM,
        zh="告知承诺事项数",
        en="Items done on a promise",
        unit="item",
        formula="items on the newest list of those done on a promise",
        numerator=(Part.LISTED,),
        gauge=True,
        target=Target(origin=Origin.PLAN, at_least=9),
    ),
    Figure(
        id="K16.2",
        item=ITEM,
        zh="承诺容缺办件占比",
        en="Cases by commitment or tolerance",
        unit="ratio",
        formula="promises signed / accepted cases",
        numerator=(many(Part.SIGNED),),
        denominator=(many(live.Part.ACCEPTED),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, trend="rising"),
    ),
    Figure(
        id="K16.2.signed",
        item=ITEM,
        zh="承诺容缺办件数",
        en="Promises signed",
        unit="promise",
        formula="Σ signed, by form and technique",
        numerator=(many(Part.SIGNED),),
    ),
    Figure(
        id="K16.3",
        item=ITEM,
        zh="容缺材料按时补齐率",
        en="Tolerance material on time",
        unit="ratio",
        formula="supplied by the promised day / supplied, expired or overdue",
        numerator=(Part.SUPPLIED,),
        denominator=(Part.SUPPLIED, Part.SUPPLIED_LATE, Part.MISSING),
        pending=(Part.WAITED_FOR,),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=0.95),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=0.95),),
    ),
    Figure(
        id="K16.4",
        item=ITEM,
        zh="承诺事后核查按时率",
        en="Promises verified in time",
        formula="verified within the limit after the decision / verified, or overdue",
        **kept_rate(Part.VERIFIED),
        target=Target(origin=Origin.OURS, at_least=1),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=1),),
    ),
    Figure(
        id="K16.4.breached",
        item=ITEM,
        zh="承诺失信率",
        en="Promises that were not kept",
        unit="ratio",
        formula="verified as BREACH / verified",
        numerator=(of_class(Part.FOUND, "BREACH"),),
        denominator=(many(Part.FOUND),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_most=0.02),
        alerts=(Threshold(level=AlertLevel.YELLOW, above=0.02),),
    ),
)
