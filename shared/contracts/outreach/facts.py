"""What is heard where the bureau goes to those whom it serves (五进五送, catalogue 4.8)."""

from typing import ClassVar

from shared.contracts.envelope import Fact
from shared.contracts.moments import Day
from shared.contracts.outreach.words import OutreachTrack
from shared.contracts.types import Count, Identifier, Name, ShortName


class OutreachVisitHeld(Fact):
    """The bureau was there (五进五送活动)."""

    TYPE: ClassVar[str] = "casetrack.outreach.visit.held.v1"
    STREAM: ClassVar[str] = "outreach"
    ABOUT: ClassVar[str] = "outreach_id"

    outreach_id: Identifier
    track: OutreachTrack
    place: Name
    participants: Count
    needs_raised: Count


class NeedFact(Fact):
    """A fact of the history of one need that somebody spoke of."""

    STREAM: ClassVar[str] = "need"
    ABOUT: ClassVar[str] = "need_id"

    need_id: Identifier
    outreach_id: Identifier
    kind: ShortName


class NeedRaised(NeedFact):
    """Somebody said what is needed (需求提出)."""

    TYPE: ClassVar[str] = "casetrack.outreach.need.raised.v1"


class NeedResolved(NeedFact):
    """It is met (需求解决)."""

    TYPE: ClassVar[str] = "casetrack.outreach.need.resolved.v1"

    resolved_date: Day
