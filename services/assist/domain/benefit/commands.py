"""What may be asked of a benefit; in which class its policy is listed, the list says."""

from dataclasses import dataclass
from typing import ClassVar

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.policy import facts
from shared.contracts.policy.words import PolicyClass
from shared.contracts.types import Count, Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitCommand(Command):
    """Something asked of one benefit; *amount_fen* where it is money, in hundredths of a yuan."""

    claim_id: Identifier
    amount_fen: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimBenefit(BenefitCommand):
    """申领; *policy_class* is None where no such policy is listed."""

    FACT: ClassVar[type[Fact]] = facts.BenefitClaimed

    policy_id: Identifier
    policy_class: PolicyClass | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantBenefit(BenefitCommand):
    """兑现 of what was claimed."""

    FACT: ClassVar[type[Fact]] = facts.BenefitGranted


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantUnclaimed(BenefitCommand):
    """免申即享; *policy_class* is None where no such policy is listed."""

    FACT: ClassVar[type[Fact]] = facts.BenefitGranted

    policy_id: Identifier
    policy_class: PolicyClass | None


AnyCommand = ClaimBenefit | GrantBenefit | GrantUnclaimed
