"""The dossier: all that is known of one case, or of one subject that belongs to no case."""

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

FOLD_VERSION = 4
"""Which fold made a stored dossier; a dossier of another version is folded again from its facts."""

ANOMALIES_NAMED_MAX = 16
"""Contradicting facts that are named; the rest is counted."""


class Phase(StrEnum):
    """The exclusive state of a case."""

    ABSENT = "ABSENT"
    SUBMITTED = "SUBMITTED"
    PRECHECKED = "PRECHECKED"
    CORRECTION_PENDING = "CORRECTION_PENDING"
    ACCEPTED = "ACCEPTED"
    EXAMINING = "EXAMINING"
    DECIDED = "DECIDED"
    CLOSED = "CLOSED"
    DELIVERED = "DELIVERED"
    ARCHIVED = "ARCHIVED"
    NOT_ACCEPTED = "NOT_ACCEPTED"
    WITHDRAWN = "WITHDRAWN"
    TERMINATED = "TERMINATED"
    REVOKED = "REVOKED"


OPEN = frozenset(
    {
        Phase.SUBMITTED,
        Phase.PRECHECKED,
        Phase.CORRECTION_PENDING,
        Phase.ACCEPTED,
        Phase.EXAMINING,
        Phase.DECIDED,
    }
)
"""Phases in which something is left to do before the case is closed."""


class Terms(Struct, frozen=True, array_like=True):
    """What was promised when the case was accepted."""

    effective_on: date
    accepted_by: str
    statutory_limit: int
    statutory_unit: str
    committed_limit: int
    committed_unit: str


class Hold(Struct, frozen=True, array_like=True):
    """A stretch in which some clocks stand still."""

    hold_id: str
    reason: str
    basis: str
    pauses: tuple[str, ...]
    opened_on: date
    opened_by: str
    closed_on: date | None = None
    closed_by: str | None = None


class Extension(Struct, frozen=True, array_like=True):
    """Days that the head of the agency added."""

    approved_on: date
    days: int
    approved_by: str


class Ending(Struct, frozen=True, array_like=True):
    """The fact that stops the clocks: a decision, a withdrawal, a termination."""

    ended_on: date
    ended_at: datetime
    ended_by: str
    decided: bool


class Matter(Struct, frozen=True, array_like=True):
    """An inspection, a referral, a rating, a rectification or an assist task beside the case."""

    kind: str
    matter_id: str
    state: str
    opened_on: date | None = None
    done_on: date | None = None
    outcome: str = ""


class Card(Struct, frozen=True, array_like=True):
    """A yellow or red card as it stands."""

    alert_id: str
    level: str
    basis: str
    state: str
    raised_on: date


class Course(Struct, frozen=True, array_like=True):
    """Facts that take their effect in one order: the last of them, and those that contradicted."""

    last: tuple[datetime, int, str] | None = None
    anomalies: int = 0
    anomalous: tuple[str, ...] = ()

    def after(self, order: tuple[datetime, int, str], event_id: str, *, legal: bool) -> "Course":
        """Return the course once the fact *event_id* has taken its effect."""
        if legal:
            return Course(order, self.anomalies, self.anomalous)
        named = (*self.anomalous, event_id)[:ANOMALIES_NAMED_MAX]
        return Course(order, self.anomalies + 1, named)


class Dossier(Struct, frozen=True, array_like=True):
    """What figures, clocks and pages need of one subject; its facts lie in the timeline."""

    key: str
    phase: Phase = Phase.ABSENT
    course: Course = Course()
    supervision: Course = Course()
    """The facts about cards: they say today what was true long ago, and touch nothing else."""
    facts: int = 0
    source: str = ""
    item_code: str = ""
    item_name: str = ""
    window: str = ""
    channel: str = ""
    org_code: str = ""
    org_name: str = ""
    received_at: datetime | None = None
    received_on: date | None = None
    terms: Terms | None = None
    ending: Ending | None = None
    decision: str = ""
    closed_on: date | None = None
    delivered_on: date | None = None
    holds: tuple[Hold, ...] = ()
    extensions: tuple[Extension, ...] = ()
    corrections: int = 0
    returns: int = 0
    matters: tuple[Matter, ...] = ()
    cards: tuple[Card, ...] = ()

    @property
    def anomalies(self) -> int:
        return self.course.anomalies + self.supervision.anomalies

    @property
    def anomalous(self) -> tuple[str, ...]:
        return self.course.anomalous + self.supervision.anomalous

    @property
    def latest(self) -> datetime | None:
        """The business time of the last fact."""
        lasts = (self.course.last, self.supervision.last)
        return max((last[0] for last in lasts if last is not None), default=None)
