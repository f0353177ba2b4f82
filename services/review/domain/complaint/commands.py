"""What may be asked of a complaint in the hall."""

from dataclasses import dataclass
from typing import ClassVar

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.hall import facts
from shared.contracts.hotline.words import FiveZeroKind
from shared.contracts.types import Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintCommand(Command):
    """Something asked of one complaint."""

    complaint_id: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveComplaint(ComplaintCommand):
    """受理投诉."""

    FACT: ClassVar[type[Fact]] = facts.ComplaintReceived

    five_zero: FiveZeroKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcludeComplaint(ComplaintCommand):
    """投诉办结; it is about what was complained of unless it says otherwise."""

    FACT: ClassVar[type[Fact]] = facts.ComplaintConcluded

    substantiated: bool
    five_zero: FiveZeroKind | None = None


AnyCommand = ReceiveComplaint | ConcludeComplaint
