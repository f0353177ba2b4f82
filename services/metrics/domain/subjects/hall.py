"""The hall: an appointment (预约), a visit (到厅), a use of its tools, a complaint (大厅投诉)."""

from datetime import date
from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from shared.contracts.course import Course
from shared.contracts.envelope import Fact
from shared.contracts.hall.course import COMPLAINT
from shared.contracts.hall.facts import ComplaintConcluded, ComplaintReceived
from shared.contracts.intake import facts
from shared.contracts.intake.course import APPOINTMENT, TOOL_USE, VISIT
from shared.contracts.moments import is_meant
from shared.policy.calendar import business_date

RESOLVED, UNRESOLVED, UNSAID = "resolved", "unresolved", "unsaid"
"""Whether a tool was of help."""
HELP = {True: RESOLVED, False: UNRESOLVED, None: UNSAID}


class Appointment(Subject, frozen=True, array_like=True, gc=False, tag="appointment"):
    """One appointment, from its booking to how it ended."""

    COURSE: ClassVar[Course] = APPOINTMENT
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset(
        {facts.AppointmentCancelled, facts.AppointmentServed, facts.AppointmentMissed}
    )

    slot_on: date | None = None
    """The day of its slot, as was said first."""
    weekend: bool = False
    """Whether others rest on that day (K20.2)."""
    item_code: str = ""
    channel: str = ""


class Visit(Subject, frozen=True, array_like=True, gc=False, tag="visit"):
    """One visit to the hall, as was told last."""

    COURSE: ClassVar[Course] = VISIT

    visited_on: date | None = None
    waiting_seconds: int = 0
    """How long one waited for a window (L06)."""
    site: str = ""
    window: str = ""


class ToolUse(Subject, frozen=True, array_like=True, gc=False, tag="tooluse"):
    """What one session used of the tools."""

    COURSE: ClassVar[Course] = TOOL_USE

    uses: tuple[tuple[str, date, str], ...] = ()
    """Each tool with the day and whether it was of help, as was said last of it (K01.6)."""


class Complaint(Subject, frozen=True, array_like=True, gc=False, tag="complaint"):
    """One complaint that somebody made in the hall."""

    COURSE: ClassVar[Course] = COMPLAINT
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({ComplaintConcluded})

    concluded_on: date | None = None
    substantiated: bool = False
    five_zero: str = ""
    """What its first conclusion says: whether it is so, and of which kind (K22.6, K22.7)."""
    site: str = ""
    window: str = ""
    """Where it was made."""


def _booked(appointment: Appointment, _: Entry, fact: facts.AppointmentBooked) -> Noted:
    if appointment.slot_on is not None or not is_meant(fact.slot_start):
        return {}, False
    return {
        "slot_on": business_date(fact.slot_start),
        "weekend": fact.weekend,
        "item_code": fact.item_code,
        "channel": fact.channel.value,
    }, True


def _visited(_: Visit, entry: Entry, fact: facts.VisitRecorded) -> Noted:
    return {
        "visited_on": business_date(entry.time),
        "waiting_seconds": fact.waiting_seconds,
        "site": fact.site_id,
        "window": fact.window_id or entry.windowid or "",
    }, True


def _used(session: ToolUse, entry: Entry, fact: facts.ToolUsed) -> Noted:
    others = [one for one in session.uses if one[0] != fact.tool]
    use = (fact.tool.value, business_date(entry.time), HELP[fact.resolved])
    return {"uses": (*others, use)}, True


def _received(_: Complaint, entry: Entry, __: ComplaintReceived) -> Noted:
    return {"site": entry.siteid or "", "window": entry.windowid or ""}, True


def _concluded(complaint: Complaint, entry: Entry, fact: ComplaintConcluded) -> Noted:
    if complaint.concluded_on is not None:
        return {}, False
    return {
        "concluded_on": business_date(entry.time),
        "substantiated": bool(fact.substantiated),
        "five_zero": fact.five_zero.value,
    }, True


Appointment.NOTING = {facts.AppointmentBooked: _booked}
Visit.NOTING = {facts.VisitRecorded: _visited}
ToolUse.NOTING = {facts.ToolUsed: _used}
Complaint.NOTING = {ComplaintReceived: _received, ComplaintConcluded: _concluded}
