"""What may be asked of a visit to those who are served."""

from dataclasses import dataclass
from typing import ClassVar

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.outreach import facts
from shared.contracts.outreach.words import OutreachTrack
from shared.contracts.types import Count, Identifier, Name


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOutreachVisit(Command):
    """五进五送活动."""

    FACT: ClassVar[type[Fact]] = facts.OutreachVisitHeld

    outreach_id: Identifier
    track: OutreachTrack
    place: Name
    participants: Count
    needs_raised: Count


AnyCommand = RecordOutreachVisit
