"""Who used up the clock (用时方): the working days of a case until its end, by party."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from services.metrics.domain.clocks.parties import case_used_by
from services.metrics.domain.figures.figure import About, Aggregate, Figure, Line, LinesOf
from services.metrics.domain.subjects.case import Case
from shared.contracts.words import ClockParty
from shared.policy.parties import bureau_parties

FIGURE = "L20"


class Part(StrEnum):
    """Working days of cases that ended, by whose turn it was."""

    BUREAU = "L20/bureau"
    APPLICANT = "L20/applicant"
    COMMITTEE = "L20/committee"
    THIRD_PARTY = "L20/third_party"


PART_OF: Mapping[ClockParty, Part] = {party: Part[party.name] for party in ClockParty}


def _of_case(case: Case, about: About) -> Iterator[Line]:
    """Tell how long it took once it has ended: what still runs changes every day."""
    if case.ending is None:
        return
    day = case.ending.ended_on
    for used in case_used_by(about.dossier, bureau_parties(), about.calendar, day):
        yield PART_OF[used.party], day, used.elapsed


LINES: Mapping[type, LinesOf] = {Case: _of_case}

FIGURES = (
    Figure(
        id=FIGURE,
        item=None,
        zh="机关用时占比",
        en="Share of the time that was the bureau's own",
        unit="ratio",
        formula="working days of the bureau's own / working days from receipt to end, of cases "
        "that ended",
        numerator=(Part.BUREAU,),
        denominator=tuple(Part),
        measure=Aggregate.RATE,
    ),
)
