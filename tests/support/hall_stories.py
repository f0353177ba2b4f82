"""Short stories of the hall: appointments, visits, uses of its tools, and complaints."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from services.metrics.domain.entry import Entry
from shared.contracts.envelope import Fact
from shared.contracts.hall import facts as hall
from shared.contracts.intake import facts as intake
from tests.support.examples import like_the_example
from tests.support.figure_stories import told


def appointment(kind: type[Fact], **changes: object) -> Fact:
    return like_the_example(kind, appointment_id="y1", **changes)


def visit(**changes: object) -> Fact:
    return like_the_example(intake.VisitRecorded, visit_id="l1", **changes)


def used(tool: str, *, resolved: bool | None) -> Fact:
    return like_the_example(intake.ToolUsed, session_id="s1", tool=tool, resolved=resolved)


def complaint(kind: type[Fact], **changes: object) -> Fact:
    return like_the_example(kind, complaint_id="c1", **changes)


BOOKED = appointment(intake.AppointmentBooked)
SERVED = appointment(intake.AppointmentServed)
COMPLAINED = complaint(hall.ComplaintReceived)
SHIRKED = complaint(hall.ComplaintConcluded)

HALL: Mapping[str, Sequence[Entry]] = {
    "an appointment at a weekend that is kept": told(BOOKED, SERVED),
    "an appointment at a weekend that nobody keeps": told(
        BOOKED, appointment(intake.AppointmentMissed)
    ),
    "an appointment at a weekend that is given up": told(
        BOOKED, appointment(intake.AppointmentCancelled)
    ),
    "an appointment at a weekend that waits": told(BOOKED),
    "an appointment at a weekend that is booked twice": told(
        BOOKED, appointment(intake.AppointmentBooked, weekend=False)
    ),
    "an appointment on a working day": told(
        appointment(intake.AppointmentBooked, weekend=False), SERVED
    ),
    "an appointment of which only its end is known": told(SERVED),
    "an appointment on a day that nobody means": told(
        BOOKED.model_copy(update={"slot_start": datetime(1970, 1, 1, tzinfo=UTC)})
    ),
    "a visit that waits for half an hour": told(visit(waiting_seconds=1800)),
    "a visit that waits for a second more": told(visit(waiting_seconds=1801)),
    "a visit that does not wait": told(visit(waiting_seconds=0)),
    "a visit that nobody has called for days": told(visit(waiting_seconds=600_000)),
    "a visit that is told twice": told(
        visit(waiting_seconds=60), visit(waiting_seconds=240, window_id=None)
    ),
    "a session that the desk helps": told(used("SMART_DESK", resolved=True)),
    "a session that asks the desk twice, and the map": told(
        used("SMART_DESK", resolved=False),
        used("SERVICE_MAP", resolved=None),
        used("SMART_DESK", resolved=True),
    ),
    "a session that reads in vain": told(used("KNOWLEDGE_BASE", resolved=False)),
    "a complaint in the hall that is right about shirking": told(COMPLAINED, SHIRKED),
    "a complaint in the hall that is right about an error": told(
        COMPLAINED, complaint(hall.ComplaintConcluded, five_zero="ERROR")
    ),
    "a complaint in the hall that is not right": told(
        COMPLAINED, complaint(hall.ComplaintConcluded, substantiated=False)
    ),
    "a complaint in the hall that is taken back": told(
        COMPLAINED, complaint(hall.ComplaintConcluded, substantiated=None)
    ),
    "a complaint in the hall that is concluded twice": told(
        COMPLAINED, SHIRKED, complaint(hall.ComplaintConcluded, substantiated=False)
    ),
    "a complaint in the hall that waits": told(COMPLAINED),
}
