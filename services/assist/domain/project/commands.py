"""What may be asked of a key project."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from shared.commands.command import Command
from shared.contracts.assist import facts
from shared.contracts.envelope import Fact
from shared.contracts.moments import MeantDay
from shared.contracts.types import ActorId, Identifier, ProjectCode, ShortName


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCommand(Command):
    """Something asked of one project."""

    project_id: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolProject(ProjectCommand):
    """重点项目入库; once more when something else is to be said of it, such as a slot filled."""

    FACT: ClassVar[type[Fact]] = facts.ProjectEnrolled

    project_code: ProjectCode | None = None
    level: Literal["CITY", "DISTRICT"]
    four_ones: facts.FourOnes
    steward: ActorId
    joint_level: Literal["DISTRICT", "CITY_DISTRICT"]
    pre_review: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachMilestone(ProjectCommand):
    """达到审批节点."""

    FACT: ClassVar[type[Fact]] = facts.MilestoneReached

    milestone: ShortName
    planned: MeantDay
    actual: MeantDay


AnyCommand = EnrolProject | ReachMilestone
