"""What may be asked of a joint case."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from services.intake.domain.joint.ending import SubcaseEnd
from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.intake.words import Channel
from shared.contracts.joint import facts
from shared.contracts.types import CaseNo, Count, Identifier, OrgRef, PartyRef


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
class CloseJointCase(JointCaseCommand):
    """联办办结; *ends* is what is on record of the sub-cases that are over, by their numbers."""

    FACT: ClassVar[type[Fact]] = facts.JointCaseClosed

    ends: Mapping[str, SubcaseEnd]
    visits: Count


AnyCommand = OpenJointCase | LinkSubcase | CloseJointCase
