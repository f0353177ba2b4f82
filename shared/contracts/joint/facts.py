"""What becomes of a joint case, decided by several organisations (一件事, catalogue 4.9)."""

from typing import ClassVar, Literal

from shared.contracts.envelope import Fact
from shared.contracts.intake.words import Channel
from shared.contracts.moments import Day
from shared.contracts.types import CaseNo, Count, Identifier, OrgRef, PartyRef


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


class JointCaseClosed(JointCaseFact):
    """All its sub-cases are over, since the day that it names (联办办结)."""

    TYPE: ClassVar[str] = "casetrack.joint.case.closed.v1"

    outcome: Literal["ALL_APPROVED", "FAILED_PARTLY"]
    closed_date: Day
    visits: Count
