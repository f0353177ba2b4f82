"""Plan item 20: open at weekends (周末不打烊)."""

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
    many,
    of_class,
)
from services.metrics.domain.figures.lists import items_on
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.hall import Appointment
from services.metrics.domain.subjects.item import ItemList
from shared.contracts.intake.course import AppointmentState
from shared.contracts.supervision.words import AlertLevel

ITEM = 20


class Part(StrEnum):
    """What is counted of lists, receipts and appointments."""

    LISTED = "K20.1/listed"
    """Items that can be done at weekends."""
    WEEKEND = "K20.2/weekend"
    """Those on a day on which others rest."""
    BOOKED = "K20.2/booked"
    """Appointments for such a day, by where they stand."""


def _of_case(case: Case, _: About) -> Iterator[Line]:
    if case.weekend and case.received_on is not None:
        yield Part.WEEKEND, case.received_on, 1


def _of_appointment(appointment: Appointment, _: About) -> Iterator[Line]:
    if appointment.weekend and appointment.slot_on is not None:
        yield of_class(Part.BOOKED, appointment.state), appointment.slot_on, 1


LINES: Mapping[type, LinesOf] = {
    ItemList: items_on("WEEKEND", Part.LISTED),
    Case: _of_case,
    Appointment: _of_appointment,
}

FIGURES = (
    Figure(
        id="K20.1",
        item=ITEM,
        zh="周末不打烊事项数",
        en="Items done at weekends",
        unit="item",
        formula="items on the newest list of those that can be done at weekends",
        numerator=(Part.LISTED,),
        gauge=True,
    ),
    Figure(
        id="K20.2",
        item=ITEM,
        zh="周末办件数",
        en="Weekend cases",
        unit="case",
        formula="Σ received at weekends",
        numerator=(Part.WEEKEND,),
    ),
    Figure(
        id="K20.2.served",
        item=ITEM,
        zh="周末预约办理率",
        en="Weekend appointments served",
        unit="ratio",
        formula="served / booked, also what was cancelled or missed, on the day of the slot",
        numerator=(of_class(Part.BOOKED, AppointmentState.SERVED),),
        denominator=(many(Part.BOOKED),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=0.9),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=0.9),),
    ),
)
