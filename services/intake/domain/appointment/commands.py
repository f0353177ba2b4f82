"""What may be asked of an appointment."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.intake import facts
from shared.contracts.intake.words import Channel
from shared.contracts.moments import MeantInstant
from shared.contracts.types import CaseNo, Identifier, ItemCode, Prose
from shared.policy.calendar import WorkCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentCommand(Command):
    """Something asked of one appointment."""

    appointment_id: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class BookAppointment(AppointmentCommand):
    """预约; whether it is for a weekend follows from the slot's day."""

    FACT: ClassVar[type[Fact]] = facts.AppointmentBooked

    item_code: ItemCode
    slot_start: MeantInstant
    slot_end: MeantInstant
    channel: Channel
    calendar: WorkCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAppointment(AppointmentCommand):
    """取消预约."""

    FACT: ClassVar[type[Fact]] = facts.AppointmentCancelled

    by: Literal["APPLICANT", "BUREAU"]
    reason: Prose | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeAppointment(AppointmentCommand):
    """预约已办, with the case that came of it."""

    FACT: ClassVar[type[Fact]] = facts.AppointmentServed

    case_no: CaseNo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissAppointment(AppointmentCommand):
    """登记爽约."""

    FACT: ClassVar[type[Fact]] = facts.AppointmentMissed


AnyCommand = BookAppointment | CancelAppointment | ServeAppointment | MissAppointment
