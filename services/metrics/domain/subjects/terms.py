"""What subjects keep of time: what was promised, what stood still, was added, and ended it."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Struct

UNIT = "unit"
UnitCode = Annotated[str, UNIT]
"""What a limit is counted in, by its code; marked, so that no row takes another word for one."""


class Terms(Struct, frozen=True, array_like=True, gc=False):
    """What was promised when the case was accepted."""

    effective_on: date
    accepted_by: str
    statutory_limit: int
    statutory_unit: UnitCode
    committed_limit: int
    committed_unit: UnitCode


class Hold(Struct, frozen=True, array_like=True, gc=False):
    """A stretch in which some clocks stand still."""

    hold_id: str
    reason: str
    basis: str
    pauses: tuple[str, ...]
    opened_on: date
    opened_by: str
    closed_on: date | None = None
    closed_by: str | None = None


class Extension(Struct, frozen=True, array_like=True, gc=False):
    """Days that the head of the agency added."""

    approved_on: date
    days: int
    approved_by: str


class Ending(Struct, frozen=True, array_like=True, gc=False):
    """The fact that stops the clocks: a decision, a withdrawal, a termination."""

    ended_on: date
    ended_at: datetime
    ended_by: str
    decided: bool
