"""What becomes of a joint case, decided by several organisations (一件事, catalogue 4.9)."""

from typing import ClassVar, Literal

from shared.contracts.envelope import Fact
from shared.contracts.handling.facts import ExtensionDays
from shared.contracts.intake.words import Channel
from shared.contracts.moments import Day
from shared.contracts.types import (
    ActorId,
    CaseNo,
    Count,
    Doc,
    Identifier,
    OrgRef,
    PartyRef,
    Prose,
)


class JointCaseFact(Fact):
    """A fact of one joint case; its sub-cases have dossiers of their own."""

    STREAM: ClassVar[str] = "joint"
    ABOUT: ClassVar[str] = "joint_case_id"
    KEYED_BY_CASE: ClassVar[bool] = False

    joint_case_id: Identifier


class JointCaseOpened(JointCaseFact):
    """One form was handed in for all (一表申请)."""

    TYPE: ClassVar[str] = "casetrack.joint.case.opened.v1"

    scene_id: Identifier
    mode: Literal["GENERAL", "PREPOSITIONED"]
    lead_org: OrgRef
    party: PartyRef
    channel: Channel


class SubcaseLinked(JointCaseFact):
    """A case is part of it (拆分关联)."""

    TYPE: ClassVar[str] = "casetrack.joint.subcase.linked.v1"

    case_no: CaseNo
    org: OrgRef
    role: Literal["LEAD", "PARTNER"]


class JointExtensionRequested(JointCaseFact):
    """More time is asked for, for the whole of it (联办申请延期)."""

    TYPE: ClassVar[str] = "casetrack.joint.extension.requested.v1"

    days: ExtensionDays
    reason: Prose


class JointExtensionApproved(JointCaseFact):
    """The head of the government granted more time, and the applicant was told (art. 42 (2))."""

    TYPE: ClassVar[str] = "casetrack.joint.extension.approved.v1"

    days: ExtensionDays
    approver: ActorId
    notice_to_applicant: Doc
    approved_date: Day


class JointExtensionDenied(JointCaseFact):
    """More time was not granted (联办不予延期)."""

    TYPE: ClassVar[str] = "casetrack.joint.extension.denied.v1"

    approver: ActorId
    reason: Prose


class JointCaseClosed(JointCaseFact):
    """All its sub-cases are over, since the day that it names (联办办结)."""

    TYPE: ClassVar[str] = "casetrack.joint.case.closed.v1"

    outcome: Literal["ALL_APPROVED", "FAILED_PARTLY"]
    closed_date: Day
    visits: Count
