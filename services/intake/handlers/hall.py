"""What intake looks up for an appointment: by which calendar its slot is at a weekend."""

from dataclasses import dataclass
from typing import Any

from services.intake.domain.appointment.commands import BookAppointment
from shared.commands.counter import Fields
from shared.commands.deciding import Desk
from shared.commands.rules_in_force import RulesInForce


@dataclass(frozen=True, slots=True)
class Appointments:
    """What is looked up for the command that begins an appointment."""

    rules: RulesInForce

    async def __call__(self, _: Desk, command: type[Any], __: Fields) -> Fields:
        """Return the calendar where *command* books; all others ask for everything."""
        return {"calendar": self.rules.newest.calendar} if command is BookAppointment else {}
