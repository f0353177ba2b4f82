"""What assist decides about a benefit: which policies are claimed, and which come by themselves."""

from services.assist.domain.benefit.commands import ClaimBenefit, GrantBenefit, GrantUnclaimed
from services.assist.domain.benefit.refusals import (
    OFF_COURSE,
    BenefitNotClaimed,
    NothingToClaim,
    PolicyNotListed,
)
from shared.commands.by_course import Recollection, by_course
from shared.contracts.envelope import Fact
from shared.contracts.policy.course import BENEFIT
from shared.contracts.policy.facts import BenefitClaimed
from shared.contracts.policy.words import PolicyClass


def _claim(_: Recollection, command: ClaimBenefit) -> Fact:
    if command.policy_class is None:
        raise PolicyNotListed(policy_id=command.policy_id)
    if command.policy_class is not PolicyClass.ONLINE_APPLY:
        raise NothingToClaim(policy_id=command.policy_id)
    return command.stated(date=command.on)


def _grant(benefit: Recollection, command: GrantBenefit | GrantUnclaimed) -> Fact:
    """State the grant: of what was claimed by the claim's policy, else of what needs no claim."""
    claim = next(iter(benefit.all(BenefitClaimed)), None)
    if claim is not None:
        return command.stated(
            policy_id=claim.policy_id, policy_class=claim.policy_class, date=command.on
        )
    if isinstance(command, GrantBenefit):
        raise BenefitNotClaimed
    if command.policy_class is None:
        raise PolicyNotListed(policy_id=command.policy_id)
    if command.policy_class is not PolicyClass.NO_APPLY:
        raise BenefitNotClaimed
    return command.stated(date=command.on)


DECIDER = by_course(
    BENEFIT,
    OFF_COURSE,
    {ClaimBenefit: _claim, GrantBenefit: _grant, GrantUnclaimed: _grant},
)
