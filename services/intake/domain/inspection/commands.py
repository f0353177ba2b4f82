"""What may be asked of a site inspection."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.inspection import facts
from shared.contracts.inspection.words import InspectionMode, InspectionResult
from shared.contracts.moments import MeantDay, MeantInstant
from shared.contracts.review.words import Satisfaction
from shared.contracts.types import (
    ActorId,
    CaseNo,
    Doc,
    Identifier,
    Note,
    OrgRef,
    Several,
    VaultToken,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionCommand(Command):
    """Something asked of one inspection."""

    inspection_id: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderInspection(InspectionCommand):
    """勘验任务."""

    FACT: ClassVar[type[Fact]] = facts.InspectionCreated

    handling_orgs: frozenset[str] = frozenset()
    """Whose the cases are, as far as we know them: whoever orders need not inspect."""
    case_nos: Annotated[Several[CaseNo], Field(min_length=1)]
    mode: InspectionMode
    checklist_id: Identifier
    org: OrgRef
    joint_orgs: Several[OrgRef] = ()
    place_token: VaultToken


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleVisit(InspectionCommand):
    """预约勘验, another date for it, or the visit that looks whether a defect is mended."""

    FACT: ClassVar[type[Fact]] = facts.InspectionScheduled

    visit_start: MeantInstant
    inspectors: Several[ActorId]
    reschedule_by: Literal["APPLICANT", "BUREAU"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartVisit(InspectionCommand):
    """到达现场."""

    FACT: ClassVar[type[Fact]] = facts.VisitStarted

    geo_ok: bool | None = None
    evidence_started: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcludeVisit(InspectionCommand):
    """勘验结论."""

    FACT: ClassVar[type[Fact]] = facts.VisitConcluded

    result: InspectionResult
    checks: Several[facts.Check] = ()
    evidence: Several[Doc] = ()
    applicant_signed: bool
    not_done_reason: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDefect(InspectionCommand):
    """限期整改, by a day that is still to come; *answer_by* holds where no *deadline* is named."""

    FACT: ClassVar[type[Fact]] = facts.DefectOrdered

    answer_by: date
    defects: Annotated[Several[facts.Shortcoming], Field(min_length=1)]
    notice: Doc
    deadline: MeantDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitDefect(InspectionCommand):
    """整改完成, as the applicant reports."""

    FACT: ClassVar[type[Fact]] = facts.DefectSubmitted

    evidence: Several[Doc] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireDefect(InspectionCommand):
    """整改逾期."""

    FACT: ClassVar[type[Fact]] = facts.DefectExpired


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpInspection(InspectionCommand):
    """勘验回访; whoever did not answer may be asked again."""

    FACT: ClassVar[type[Fact]] = facts.InspectionFollowedUp

    method: Literal["PHONE", "RANDOM_CHECK", "SMS"]
    answered: bool
    level: Satisfaction | None = None
    integrity_ok: bool | None = None
    comment_token: VaultToken | None = None


AnyCommand = (
    OrderInspection
    | ScheduleVisit
    | StartVisit
    | ConcludeVisit
    | OrderDefect
    | SubmitDefect
    | ExpireDefect
    | FollowUpInspection
)
