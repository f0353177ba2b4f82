"""What leaders find who walk the way of the public (我陪群众走流程, catalogue 4.8)."""

from typing import ClassVar, Literal

from shared.contracts.activity.words import WalkPart
from shared.contracts.envelope import Fact
from shared.contracts.moments import Day
from shared.contracts.types import Count, Identifier, ItemCode, OrgRef, Several

ObstacleKind = Literal["BLOCKAGE", "DIFFICULTY", "ATTITUDE", "SYSTEM"]
"""堵点, 难点, 态度, 系统."""


class WalkthroughCompleted(Fact):
    """A leader has walked the way of the public (走流程)."""

    TYPE: ClassVar[str] = "casetrack.activity.walkthrough.completed.v1"
    STREAM: ClassVar[str] = "walkthrough"
    ABOUT: ClassVar[str] = "walk_id"

    walk_id: Identifier
    leader_org: OrgRef
    leader_role: Literal["HEAD", "DEPUTY", "OTHER"]
    parts: Several[WalkPart]
    item_codes: Several[ItemCode]
    problems_found: Count


class ProblemFact(Fact):
    """A fact of one problem's history."""

    STREAM: ClassVar[str] = "problem"
    ABOUT: ClassVar[str] = "problem_id"

    problem_id: Identifier
    walk_id: Identifier
    kind: ObstacleKind
    owner_org: OrgRef
    deadline: Day | None = None


class ProblemFound(ProblemFact):
    """Something stands in the public's way, and somebody has to remove it (发现问题)."""

    TYPE: ClassVar[str] = "casetrack.activity.problem.found.v1"


class ProblemResolved(ProblemFact):
    """It is removed (问题解决)."""

    TYPE: ClassVar[str] = "casetrack.activity.problem.resolved.v1"
