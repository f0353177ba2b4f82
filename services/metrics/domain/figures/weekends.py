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
from services.metrics.domain.figures.lists import items_on, published_on
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.hall import Appointment
from services.metrics.domain.subjects.item import ItemList
from shared.contracts.intake.course import AppointmentState
from shared.contracts.supervision.words import AlertLevel

ITEM = 20

FRESH_DAYS = 180


class Part(StrEnum):
    """What is counted of lists, receipts and appointments."""

    LISTED = "K20.1/listed"
    """Items that can be done at weekends."""
    PUBLISHED = "K20.1/published"
    """Days on which their list came out."""
    WEEKEND = "K20.2/weekend"
    """Those on a day on which others rest."""
    BOOKED = "K20.2/booked"
    """Appointments for such a day, by where they stand."""


SIZE = items_on("WEEKEND", Part.LISTED)
NEWEST = published_on("WEEKEND", Part.PUBLISHED)


def _of_list(items: ItemList, about: About) -> Iterator[Line]:
    yield from SIZE(items, about)
    yield from NEWEST(items, about)


def _of_case(case: Case, _: About) -> Iterator[Line]:
    if case.weekend and case.received_on is not None:
        yield Part.WEEKEND, case.received_on, 1


def _of_appointment(appointment: Appointment, _: About) -> Iterator[Line]:
    if appointment.weekend and appointment.slot_on is not None:
        yield of_class(Part.BOOKED, appointment.state), appointment.slot_on, 1


LINES: Mapping[type, LinesOf] = {
    ItemList: _of_list,
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
        id="K20.1.age",
        item=ITEM,
        zh="周末不打烊清单更新间隔",
        en="Age of the list of items done at weekends",
        unit="day",
        formula="days since the list of what can be done at weekends came out last",
        numerator=(many(Part.PUBLISHED),),
        measure=Aggregate.AGE,
        gauge=True,
        target=Target(origin=Origin.OURS, at_most=FRESH_DAYS),
        alerts=(Threshold(level=AlertLevel.YELLOW, above=FRESH_DAYS),),
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
