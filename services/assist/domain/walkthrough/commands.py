"""What may be asked of a walk."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from shared.commands.command import Command
from shared.contracts.activity import facts
from shared.contracts.activity.words import WalkPart
from shared.contracts.envelope import Fact
from shared.contracts.types import Count, Identifier, ItemCode, OrgRef, Several


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteWalkthrough(Command):
    """走流程."""

    FACT: ClassVar[type[Fact]] = facts.WalkthroughCompleted

    walk_id: Identifier
    leader_org: OrgRef
    leader_role: Literal["HEAD", "DEPUTY", "OTHER"]
    parts: Several[WalkPart]
    item_codes: Several[ItemCode]
    problems_found: Count


AnyCommand = CompleteWalkthrough
