"""
Refusals around one benefit.

AssistRejection
├── PolicyNotListed
├── NothingToClaim
├── BenefitNotClaimed
├── BenefitAlreadyClaimed
└── BenefitAlreadyGranted
"""

from services.assist.domain.refusals import AssistRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.policy import facts
from shared.contracts.policy.course import BENEFIT, BenefitState


class PolicyNotListed(AssistRejection):
    """Nobody benefits from a policy that does not stand in the list."""

    code = "policy_not_listed"
    field = "policy_id"


class NothingToClaim(AssistRejection):
    """Only what is applied for online is claimed: the rest comes by itself, or is only shown."""

    code = "nothing_to_claim"
    field = "policy_id"


class BenefitNotClaimed(AssistRejection):
    """Only what needs no application (免申即享) is granted without a claim."""

    code = "benefit_not_claimed"


class BenefitAlreadyClaimed(AssistRejection):
    """The claim's id is taken."""

    code = "benefit_already_claimed"
    field = "claim_id"


class BenefitAlreadyGranted(AssistRejection):
    """A claim is granted once."""

    code = "benefit_already_granted"


OFF_COURSE = off_course(
    BENEFIT,
    Refused(BenefitAlreadyClaimed, (facts.BenefitClaimed,), (BenefitState.CLAIMED,)),
    Refused(BenefitAlreadyGranted),
)
"""Why nothing comes of it where the course has no row."""
