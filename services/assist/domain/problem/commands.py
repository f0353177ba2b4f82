"""What may be asked of a problem that was found on a walk."""

from dataclasses import dataclass
from typing import ClassVar

from shared.commands.command import Command
from shared.contracts.activity import facts
from shared.contracts.envelope import Fact
from shared.contracts.moments import MeantDay
from shared.contracts.types import Identifier, OrgRef


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemCommand(Command):
    """Something asked of one problem."""

    problem_id: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class FindProblem(ProblemCommand):
    """发现问题."""

    FACT: ClassVar[type[Fact]] = facts.ProblemFound

    walk_id: Identifier
    kind: facts.ObstacleKind
    owner_org: OrgRef
    deadline: MeantDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveProblem(ProblemCommand):
    """解决问题."""

    FACT: ClassVar[type[Fact]] = facts.ProblemResolved


AnyCommand = FindProblem | ResolveProblem
