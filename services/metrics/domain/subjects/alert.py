"""The card that lies on a subject, or the prompt before it: supervision's own facts."""

from datetime import date
from typing import ClassVar, Self

from msgspec.structs import replace

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import CourseStep, Noted, Subject
from shared.contracts.course import Course
from shared.contracts.supervision.course import ALERT, STANDING
from shared.contracts.supervision.facts import (
    AlertAcknowledged,
    AlertEscalated,
    AlertRaised,
    RevocationProposed,
)
from shared.contracts.supervision.words import AlertLevel
from shared.policy.calendar import business_date

SAID = (AlertAcknowledged, AlertEscalated, RevocationProposed)
"""What people, or the passing of time, say of a card while it stands."""


class Card(Subject, frozen=True, array_like=True, gc=False, tag="card"):
    """One card: what it is about, and since when it lies there."""

    COURSE: ClassVar[Course] = ALERT

    level: str = ""
    basis: str = ""
    raised_on: date | None = None
    sla: str = ""
    """The limit that is near or broken."""
    concerns: str = ""
    """The subject that has the limit, by name."""
    escalated: int = 0
    """How many levels it has climbed."""
    late: bool = False
    """Whether its limit is broken, and not only near."""

    @property
    def stands(self) -> bool:
        """Whether the work that it asks for is still to be done."""
        return self.state in STANDING

    def after(self, entry: Entry) -> tuple[Self, bool]:
        """
        Return the card after *entry*, and whether the fact was legal.

        What was said of a card that is over by what became known later contradicts nothing.
        """
        card, legal = super().after(entry)
        return card, legal or (self.raised_on is not None and isinstance(entry.data, SAID))

    def step_of(self, entry: Entry, named: date | None = None) -> CourseStep:
        """Return what is kept of *entry*: nobody can answer a card before it was told."""
        return replace(super().step_of(entry, named), at=entry.learned)

    def noted(self, entry: Entry) -> Noted:
        match entry.data:
            case AlertRaised() as fact if self.raised_on is None:
                return {
                    "level": fact.level.value,
                    "basis": fact.basis.value,
                    "raised_on": business_date(entry.time),
                    "sla": fact.sla_id or "",
                    "concerns": fact.concerns,
                    "late": fact.level is AlertLevel.RED or fact.overdue_days > 0,
                }, True
            case AlertEscalated(to_level=to_level):
                return {"escalated": max(self.escalated + 1, to_level or 0)}, True
            case _:
                return {}, True
