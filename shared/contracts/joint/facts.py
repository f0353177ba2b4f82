"""Scenes, and what becomes of a joint case in one of them (一件事, catalogue 4.9)."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

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
    ItemCode,
    Name,
    Ordinal,
    OrgRef,
    PartyRef,
    Prose,
    Several,
)

SceneSource = Literal["STATE", "PROVINCE", "CITY", "DISTRICT"]
"""国家, 省级, 市级, 区级: who ordered a scene."""

SceneItems = Annotated[Several[ItemCode], Field(min_length=1)]


class SceneLaunched(Fact):
    """What several items make up can be asked for with one form (一件事场景上线)."""

    TYPE: ClassVar[str] = "casetrack.joint.scene.launched.v1"
    STREAM: ClassVar[str] = "scene"
    ABOUT: ClassVar[str] = "scene"

    scene_id: Identifier
    name: Name
    source: SceneSource
    one_window: bool
    """Whether one window takes all of it in (一窗办理)."""
    one_terminal: bool
    """Whether it is one matter online, too (一端办理)."""
    item_codes: SceneItems
    published_limit: Ordinal
    """Working days in which all of it is promised."""

    @property
    def scene(self) -> str:
        return scene_named(self.scene_id)


def scene_named(scene_id: str) -> str:
    """Return the name of the scene that joint cases call *scene_id*: that of no other subject."""
    return f"scene:{scene_id}"


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
