"""
Refusals around one appointment.

IntakeRejection
├── AppointmentAlreadyBooked
├── AppointmentUnknown
├── AppointmentOver
├── SlotImpossible
└── SlotNotOver
"""

from services.intake.domain.refusals import IntakeRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.intake import facts
from shared.contracts.intake.course import APPOINTMENT, AppointmentState
from shared.contracts.rejection import Blame


class AppointmentAlreadyBooked(IntakeRejection):
    """The number is taken, though it is ours."""

    code = "appointment_already_booked"
    field = "appointment_id"


class AppointmentUnknown(IntakeRejection):
    """No such appointment was booked."""

    code = "appointment_unknown"


class AppointmentOver(IntakeRejection):
    """It was cancelled, missed or served before."""

    code = "appointment_over"


class SlotImpossible(IntakeRejection):
    """A slot ends after it begins."""

    code = "slot_impossible"
    blame = Blame.COMMAND
    field = "slot_end"


class SlotNotOver(IntakeRejection):
    """Whoever booked may still come."""

    code = "slot_not_over"


OFF_COURSE = off_course(
    APPOINTMENT,
    Refused(AppointmentAlreadyBooked, (facts.AppointmentBooked,)),
    Refused(AppointmentUnknown, states=(AppointmentState.ABSENT,)),
    Refused(AppointmentOver),
)
"""Why nothing comes of it where the course has no row."""
