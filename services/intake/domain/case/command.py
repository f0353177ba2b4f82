"""What every command about a case has, and those that may come after the day they tell of."""

from dataclasses import dataclass
from datetime import date

from shared.commands.command import Command
from shared.contracts.types import CaseNo


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCommand(Command):
    """Something asked of the case *case_no*."""

    case_no: CaseNo


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedCommand(CaseCommand):
    """
    What may be entered after the day on which it happened, which it then names (trap 15).

    *believed_from* is how far back a day may be named.
    """

    believed_from: date = date.min
