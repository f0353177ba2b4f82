"""Plan item 14: electronic certificates, seals, signatures, archives (四电)."""

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
    many,
    of_class,
)
from services.metrics.domain.subjects.case import Case
from shared.contracts.handling.words import Decision, DigitalInstrument
from shared.contracts.supervision.words import AlertLevel

ITEM = 14


class Part(StrEnum):
    """What is counted of cases."""

    E_LICENCE = "K14.1/e_licence"
    """Granted cases with an electronic certificate."""
    PAPERLESS = "K14.2/paperless"
    """Received cases in which an electronic instrument spared a paper."""
    USED = "K14.3/used"
    """Uses of electronic instruments, by instrument."""


def _of_case(case: Case, _: About) -> Iterator[Line]:
    granted = case.decision == Decision.APPROVED and case.ending is not None and case.ending.decided
    if granted and case.ending is not None and case.e_licence:
        yield Part.E_LICENCE, case.ending.ended_on, 1
    if case.paper_avoided and case.received_on is not None:
        yield Part.PAPERLESS, case.received_on, 1
    for use in case.instruments:
        yield of_class(Part.USED, use.instrument), use.used_on, use.times


LINES: Mapping[type, LinesOf] = {Case: _of_case}

NAMES: Mapping[DigitalInstrument, tuple[str, str]] = {
    DigitalInstrument.E_LICENCE: ("电子证照应用次数", "Uses of electronic certificates"),
    DigitalInstrument.E_SEAL: ("电子印章应用次数", "Uses of electronic seals"),
    DigitalInstrument.E_SIGNATURE: ("电子签名应用次数", "Uses of electronic signatures"),
    DigitalInstrument.E_ARCHIVE: ("电子档案应用次数", "Uses of electronic archives"),
}

FIGURES = (
    Figure(
        id="K14.1",
        item=ITEM,
        zh="电子证照发放率",
        en="E-certificates issued with the result",
        unit="ratio",
        formula="granted with an electronic certificate / granted",
        numerator=(Part.E_LICENCE,),
        denominator=(of_class(live.Part.DECIDED, Decision.APPROVED),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=0.95),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=0.95),),
    ),
    Figure(
        id="K14.2",
        item=ITEM,
        zh="免证办占比",
        en="Cases in which no paper was asked for",
        unit="ratio",
        formula="received cases in which an electronic instrument spared a paper / received",
        numerator=(Part.PAPERLESS,),
        denominator=(many(live.Part.RECEIVED),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, trend="rising"),
    ),
    *(
        Figure(
            id=f"K14.3.{instrument.lower()}",
            item=ITEM,
            zh=zh,
            en=en,
            unit="use",
            formula=f"Σ uses of {instrument}",
            numerator=(of_class(Part.USED, instrument),),
            target=Target(origin=Origin.OURS, trend="rising"),
        )
        for instrument, (zh, en) in NAMES.items()
    ),
)
