"""What is said about a site inspection (现场勘验), order to follow-up (catalogue 4.5)."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.contracts.envelope import Contract, Fact
from shared.contracts.inspection.words import InspectionMode, InspectionResult
from shared.contracts.moments import Day, Instant
from shared.contracts.review.words import Satisfaction
from shared.contracts.types import (
    ITEMS_MAX,
    ActorId,
    CaseNo,
    Code,
    Count,
    Doc,
    Identifier,
    Note,
    Ordinal,
    OrgRef,
    Prose,
    Several,
    VaultToken,
)

INSPECTORS_MIN = 2
"""Two officials inspect together (art. 34)."""


class InspectionFact(Fact):
    """A fact of one inspection's history."""

    STREAM: ClassVar[str] = "inspection"
    ABOUT: ClassVar[str] = "inspection_id"

    inspection_id: Identifier


class InspectionCreated(InspectionFact):
    """The order to inspect was issued (勘验任务)."""

    TYPE: ClassVar[str] = "casetrack.inspection.task.created.v1"

    case_nos: Several[CaseNo]
    mode: InspectionMode
    checklist_id: Identifier
    attempt_no: Ordinal
    org: OrgRef
    joint_orgs: Several[OrgRef]
    place_token: VaultToken


class InspectionScheduled(InspectionFact):
    """The visit was booked with the applicant (预约勘验)."""

    TYPE: ClassVar[str] = "casetrack.inspection.task.scheduled.v1"

    visit_start: Instant
    contact_at: Instant
    inspectors: Annotated[
        tuple[ActorId, ...], Field(min_length=INSPECTORS_MIN, max_length=ITEMS_MAX)
    ]
    reschedule_no: Count
    reschedule_by: Literal["APPLICANT", "BUREAU"] | None = None


class VisitStarted(InspectionFact):
    """The inspectors arrived (到达现场)."""

    TYPE: ClassVar[str] = "casetrack.inspection.visit.started.v1"

    arrived_at: Instant
    geo_ok: bool | None = None
    evidence_started: bool


class Check(Contract):
    """One line of the checklist."""

    code: Code
    ok: bool
    note: Note | None = None


class VisitConcluded(InspectionFact):
    """The conclusion was signed (勘验结论)."""

    TYPE: ClassVar[str] = "casetrack.inspection.visit.concluded.v1"

    result: InspectionResult
    checks: Several[Check]
    evidence: Several[Doc]
    applicant_signed: bool
    not_done_reason: Note | None = None


class Shortcoming(Contract):
    """What does not meet a requirement on the spot."""

    code: Code
    requirement: Prose


class DefectOrdered(InspectionFact):
    """The applicant was told to put things right by a day (限期整改)."""

    TYPE: ClassVar[str] = "casetrack.inspection.defect.ordered.v1"

    defects: Several[Shortcoming]
    deadline: Day
    notice: Doc


class DefectSubmitted(InspectionFact):
    """The applicant reports that things were put right (整改完成)."""

    TYPE: ClassVar[str] = "casetrack.inspection.defect.submitted.v1"

    evidence: Several[Doc]


class DefectExpired(InspectionFact):
    """The day passed without a report (整改逾期)."""

    TYPE: ClassVar[str] = "casetrack.inspection.defect.expired.v1"

    deadline: Day


class InspectionFollowedUp(InspectionFact):
    """The applicant was asked about the inspection (勘验回访)."""

    TYPE: ClassVar[str] = "casetrack.inspection.followup.completed.v1"

    method: Literal["PHONE", "RANDOM_CHECK", "SMS"]
    answered: bool
    level: Satisfaction | None = None
    integrity_ok: bool | None = None
    comment_token: VaultToken | None = None
