"""What is granted and declined in the hall: slots, no-shows, and what a complaint comes to."""

from datetime import datetime

import pytest

from services.intake.domain.appointment.commands import (
    BookAppointment,
    MissAppointment,
    ServeAppointment,
)
from services.intake.domain.appointment.decide import DECIDER as APPOINTMENTS
from services.intake.domain.appointment.refusals import SlotImpossible, SlotNotOver
from services.review.domain.complaint.commands import ConcludeComplaint
from services.review.domain.complaint.decide import DECIDER as COMPLAINTS
from shared.commands.by_course import Recollection
from shared.contracts.hall.course import ComplaintState
from shared.contracts.hall.facts import ComplaintConcluded, ComplaintReceived
from shared.contracts.hotline.words import FiveZeroKind
from shared.contracts.intake.course import AppointmentState
from shared.contracts.intake.facts import AppointmentBooked, AppointmentServed
from tests.support.courses import LATER, command_of
from tests.support.examples import like_the_example

NOTHING = Recollection()
BOOKED = Recollection(AppointmentState.BOOKED, (like_the_example(AppointmentBooked),))
"""Until half past nine of Saturday, 7 September 2024."""
COMPLAINED = Recollection(
    ComplaintState.RECEIVED, (like_the_example(ComplaintReceived, five_zero="ERROR"),)
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.mark.parametrize(
    ("start", "weekend"),
    [
        ("2024-09-06T16:00", False),
        ("2024-09-07T09:00", True),
        ("2024-09-08T09:00", True),
        # The Saturday before Mid-Autumn is worked, its Monday is a holiday and no weekend.
        ("2024-09-14T09:00", False),
        ("2024-09-16T09:00", False),
        # A Saturday of the National Day holiday.
        ("2024-10-05T09:00", True),
    ],
)
def test_a_slot_is_at_a_weekend_where_its_day_is_one_and_is_not_worked(
    start: str, *, weekend: bool
) -> None:
    booking = command_of(BookAppointment, slot_start=at(start), slot_end=at(f"{start[:-5]}18:00"))
    (fact,) = APPOINTMENTS.decide(NOTHING, booking)

    assert isinstance(fact, AppointmentBooked)
    assert fact.weekend is weekend


@pytest.mark.parametrize("end", ["2024-09-07T09:00", "2024-09-07T08:59"])
def test_a_slot_ends_after_it_begins(end: str) -> None:
    slot = {"slot_start": at("2024-09-07T09:00"), "slot_end": at(end)}

    with pytest.raises(SlotImpossible) as declined:
        APPOINTMENTS.decide(NOTHING, command_of(BookAppointment, **slot))
    assert declined.value.values == {"slot_start": "2024-09-07T09:00:00+08:00"}


def test_nobody_misses_an_appointment_before_its_slot_is_over() -> None:
    early = command_of(MissAppointment, at=at("2024-09-07T09:29"))
    over = command_of(MissAppointment, at=at("2024-09-07T09:30"))

    with pytest.raises(SlotNotOver):
        APPOINTMENTS.decide(BOOKED, early)
    assert APPOINTMENTS.decide(BOOKED, over)


def test_an_appointment_is_served_when_somebody_says_so() -> None:
    (fact,) = APPOINTMENTS.decide(BOOKED, command_of(ServeAppointment))

    assert isinstance(fact, AppointmentServed)
    assert fact.served_at == LATER


@pytest.mark.parametrize(("said", "about"), [(None, "ERROR"), ("SHIRKING", "SHIRKING")])
def test_a_conclusion_is_about_what_was_complained_of_unless_it_says_otherwise(
    said: str | None, about: str
) -> None:
    kind = None if said is None else FiveZeroKind(said)
    (fact,) = COMPLAINTS.decide(COMPLAINED, command_of(ConcludeComplaint, five_zero=kind))

    assert isinstance(fact, ComplaintConcluded)
    assert fact.five_zero == about
