"""What becomes of a complaint that somebody makes in the hall (大厅投诉, catalogue 4.11)."""

from typing import ClassVar

from shared.contracts.envelope import Fact
from shared.contracts.hotline.words import FiveZeroKind
from shared.contracts.types import Identifier


class ComplaintFact(Fact):
    """A fact of one complaint's history."""

    STREAM: ClassVar[str] = "complaint"
    ABOUT: ClassVar[str] = "complaint_id"

    complaint_id: Identifier
    five_zero: FiveZeroKind
    """Which of the five zeros it says was broken (五零)."""


class ComplaintReceived(ComplaintFact):
    """Somebody complains in the hall (受理投诉)."""

    TYPE: ClassVar[str] = "casetrack.hall.complaint.received.v1"


class ComplaintConcluded(ComplaintFact):
    """It was looked into (投诉办结): whether it is so, and which of the five zeros it is about."""

    TYPE: ClassVar[str] = "casetrack.hall.complaint.concluded.v1"

    substantiated: bool | None = None
    """None where nobody found out, as where it was withdrawn."""
