"""What may be asked of a joint case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from services.intake.domain.joint.ending import SubcaseEnd
from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.handling.facts import ExtensionDays
from shared.contracts.intake.words import Channel
from shared.contracts.joint import facts
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


@dataclass(frozen=True, slots=True, kw_only=True)
class JointCaseCommand(Command):
    """Something asked of one joint case."""

    joint_case_id: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenJointCase(JointCaseCommand):
    """一表申请."""

    FACT: ClassVar[type[Fact]] = facts.JointCaseOpened

    scene_id: Identifier
    mode: Literal["GENERAL", "PREPOSITIONED"]
    lead_org: OrgRef
    party: PartyRef
    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSubcase(JointCaseCommand):
    """关联子办件."""

    FACT: ClassVar[type[Fact]] = facts.SubcaseLinked

    case_no: CaseNo
    org: OrgRef
    role: Literal["LEAD", "PARTNER"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestJointExtension(JointCaseCommand):
    """联办申请延期."""

    FACT: ClassVar[type[Fact]] = facts.JointExtensionRequested

    days: ExtensionDays
    reason: Annotated[Prose, Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveJointExtension(JointCaseCommand):
    """联办批准延期, until *last_day*, on which the limit ends that it makes longer."""

    FACT: ClassVar[type[Fact]] = facts.JointExtensionApproved

    last_day: date
    days: ExtensionDays
    approver: ActorId
    notice_to_applicant: Doc


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyJointExtension(JointCaseCommand):
    """联办不予延期."""

    FACT: ClassVar[type[Fact]] = facts.JointExtensionDenied

    approver: ActorId
    reason: Annotated[Prose, Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseJointCase(JointCaseCommand):
    """联办办结; *ends* is what is on record of the sub-cases that are over, by their numbers."""

    FACT: ClassVar[type[Fact]] = facts.JointCaseClosed

    ends: Mapping[str, SubcaseEnd]
    visits: Count


AnyCommand = (
    OpenJointCase
    | LinkSubcase
    | RequestJointExtension
    | ApproveJointExtension
    | DenyJointExtension
    | CloseJointCase
)
