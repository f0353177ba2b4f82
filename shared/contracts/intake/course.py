"""The courses of an appointment (预约), a visit to the hall (到厅), a use of its tools."""

from enum import StrEnum

from shared.contracts.course import ABSENT, Course, leads, stays
from shared.contracts.intake import facts as intake


class AppointmentState(StrEnum):
    """Where an appointment stands: 已预约, and how it ended."""

    ABSENT = ABSENT
    BOOKED = "BOOKED"
    CANCELLED = "CANCELLED"
    NO_SHOW = "NO_SHOW"
    SERVED = "SERVED"


A = AppointmentState

APPOINTMENT = Course(
    "appointment",
    "appointment_id",
    ((A.ABSENT,), (A.BOOKED,), (A.CANCELLED, A.NO_SHOW, A.SERVED)),
    (
        *leads(intake.AppointmentBooked, {A.ABSENT: A.BOOKED}),
        *leads(intake.AppointmentCancelled, {A.BOOKED: A.CANCELLED}),
        *leads(intake.AppointmentServed, {A.BOOKED: A.SERVED}),
        *leads(intake.AppointmentMissed, {A.BOOKED: A.NO_SHOW}, unless=("slot_not_over",)),
    ),
    prefix="YY",
)


class VisitState(StrEnum):
    """Whether a visit was recorded."""

    ABSENT = ABSENT
    RECORDED = "RECORDED"


V = VisitState

VISIT = Course(
    "visit",
    "visit_id",
    tuple((state,) for state in V),
    (
        *leads(intake.VisitRecorded, {V.ABSENT: V.RECORDED}),
        # Told again, once it is over.
        *stays(intake.VisitRecorded, (V.RECORDED,)),
    ),
    prefix="LF",
)


class ToolUseState(StrEnum):
    """Whether a tool was used in a session."""

    ABSENT = ABSENT
    USED = "USED"


U = ToolUseState

TOOL_USE = Course(
    "tooluse",
    "session_id",
    tuple((state,) for state in U),
    (
        *leads(intake.ToolUsed, {U.ABSENT: U.USED}),
        # Another tool, or whether the one before was of help.
        *stays(intake.ToolUsed, (U.USED,)),
    ),
    prefix="HH",
)
