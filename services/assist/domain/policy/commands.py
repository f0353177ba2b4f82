"""What may be asked of a policy in the list."""

from dataclasses import dataclass
from typing import ClassVar

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.moments import MeantDay
from shared.contracts.policy import facts
from shared.contracts.policy.words import PolicyClass
from shared.contracts.types import Identifier, OrgRef


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPolicy(Command):
    """政策上线; once more when its guide is ready."""

    FACT: ClassVar[type[Fact]] = facts.PolicyItemPublished

    policy_id: Identifier
    policy_class: PolicyClass
    issuer: OrgRef
    issued_date: MeantDay
    guide_ready: bool


AnyCommand = ListPolicy
