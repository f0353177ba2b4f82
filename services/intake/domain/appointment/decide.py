"""What intake decides about an appointment: what a slot is, and that nobody misses it before."""

from services.intake.domain.appointment.commands import (
    BookAppointment,
    MissAppointment,
    ServeAppointment,
)
from services.intake.domain.appointment.refusals import OFF_COURSE, SlotImpossible, SlotNotOver
from shared.commands.by_course import Recollection, by_course
from shared.contracts.envelope import Fact
from shared.contracts.intake.course import APPOINTMENT
from shared.contracts.intake.facts import AppointmentBooked
from shared.policy.calendar import WEEK_WORKDAYS, business_date, spelled


def _book(_: Recollection, command: BookAppointment) -> Fact:
    if command.slot_end <= command.slot_start:
        raise SlotImpossible(slot_start=spelled(command.slot_start))
    day = business_date(command.slot_start)
    # A Saturday that a swap makes a working day is no weekend, one of a holiday is (trap 8).
    is_free = not command.calendar.is_workday(day)
    return command.stated(weekend=is_free and day.weekday() >= WEEK_WORKDAYS)


def _serve(_: Recollection, command: ServeAppointment) -> Fact:
    return command.stated(served_at=command.at)


def _miss(appointment: Recollection, command: MissAppointment) -> Fact:
    (booked,) = appointment.all(AppointmentBooked)
    if command.at < booked.slot_end:
        raise SlotNotOver(slot_end=spelled(booked.slot_end))
    return command.stated()


DECIDER = by_course(
    APPOINTMENT,
    OFF_COURSE,
    {BookAppointment: _book, ServeAppointment: _serve, MissAppointment: _miss},
)
