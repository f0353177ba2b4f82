"""
Where a case can stand, one type for each state.

Absent → Submitted ⇄ Prechecked → Accepted → Examining → Decided → Closed → Delivered → Archived,
with CorrectionPending beside the first two, NotAccepted, Withdrawn and Terminated as ends before a
decision, and Revoked as the end after one.
"""

from dataclasses import dataclass
from datetime import date

from shared.contracts.handling.words import Decision, Step
from shared.contracts.intake.words import AcceptanceMode
from shared.contracts.types import CaseRef
from shared.contracts.words import LimitUnit


@dataclass(frozen=True, slots=True)
class Filing:
    """An application on which acceptance is not settled."""

    case: CaseRef
    received_date: date
    notices: int = 0
    completed_on: date | None = None
    """The day on which the last corrected material was handed in."""
    promised: bool = False
    """Whether the applicant has promised what is missing, in writing."""


@dataclass(frozen=True, slots=True)
class Course:
    """What was promised at acceptance, and what has happened to the promise since."""

    case: CaseRef
    mode: AcceptanceMode
    effective_date: date
    statutory_limit: int
    statutory_unit: LimitUnit
    holds_seen: frozenset[str] = frozenset()
    open_holds: frozenset[str] = frozenset()
    stood_still: bool = False
    """Whether a hold ever stopped the statutory clock."""
    supplement_used: bool = False
    """Whether it has waited for a supplement: allowed once."""
    extension_requested: int | None = None
    """The days asked for, while nobody has answered."""
    extension_days: int = 0
    promised: bool = False
    """Whether the applicant has promised what is missing, in writing."""
    material_awaited: bool = False


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing was received under this number."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """已申请: materials received, acceptance open."""

    filing: Filing


@dataclass(frozen=True, slots=True)
class Prechecked:
    """预审通过: the online pre-check is passed, acceptance open."""

    filing: Filing


@dataclass(frozen=True, slots=True)
class CorrectionPending:
    """待补正: the one-time notice is out."""

    filing: Filing
    deadline: date | None
    answered: bool = False
    """Whether the applicant has handed in something, though not everything."""


@dataclass(frozen=True, slots=True)
class NotAccepted:
    """不予受理."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """已受理: the clocks run, no step has begun."""

    course: Course


@dataclass(frozen=True, slots=True)
class Examining:
    """审查中: steps go back and forth."""

    course: Course
    step_no: int
    """The number of the step that is open, or was last; one less where a step was returned."""
    step: Step | None
    """The step that is open; None between two steps."""


@dataclass(frozen=True, slots=True)
class Decided:
    """已决定."""

    decision: Decision


@dataclass(frozen=True, slots=True)
class Closed:
    """办结."""

    decision: Decision


@dataclass(frozen=True, slots=True)
class Delivered:
    """已送达; registered as closed before or only after."""

    closed: bool


@dataclass(frozen=True, slots=True)
class Archived:
    """已归档."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """已撤回: by the applicant, before the decision."""


@dataclass(frozen=True, slots=True)
class Terminated:
    """已终止: correction abandoned, tolerance broken, forwarded or void."""


@dataclass(frozen=True, slots=True)
class Revoked:
    """许可被撤销: set aside after the fact."""


Filed = Submitted | Prechecked
UnderWay = Accepted | Examining
Decisive = Decided | Closed | Delivered | Archived | Revoked
Ended = NotAccepted | Withdrawn | Terminated
Phase = Absent | Filed | CorrectionPending | UnderWay | Decisive | Ended


@dataclass(frozen=True, slots=True)
class Case:
    """A case's phase, and the facts that contradicted it when they arrived."""

    phase: Phase = Absent()
    anomalies: tuple[str, ...] = ()
    """Types of recorded facts without a legal transition, oldest first."""


INITIAL = Case()
