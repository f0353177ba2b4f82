"""The courses of a policy in the list, and of what it grants (惠企政策, catalogue 4.11)."""

from enum import StrEnum

from shared.contracts.course import ABSENT, Course, Guard, leads, stays
from shared.contracts.policy import facts as policy
from shared.contracts.policy.words import PolicyClass


class PolicyItemState(StrEnum):
    """Where a policy stands."""

    ABSENT = ABSENT
    LISTED = "LISTED"
    READY = "READY"


P = PolicyItemState

WITH_GUIDE = Guard("with_guide", lambda fact: fact.guide_ready)

POLICY_ITEM = Course(
    "policy",
    "policy_id",
    tuple((state,) for state in P),
    (
        *leads(
            policy.PolicyItemPublished,
            dict.fromkeys((P.ABSENT, P.LISTED), P.READY),
            WITH_GUIDE,
        ),
        *leads(policy.PolicyItemPublished, {P.ABSENT: P.LISTED}),
        # Listed anew, in another class or by another issuer.
        *stays(policy.PolicyItemPublished, (P.LISTED, P.READY)),
    ),
    prefix="ZC",
    numbered_elsewhere=True,
)


class BenefitState(StrEnum):
    """Where a benefit stands."""

    ABSENT = ABSENT
    CLAIMED = "CLAIMED"
    GRANTED = "GRANTED"


B = BenefitState

NO_CLAIM_NEEDED = Guard("no_claim_needed", lambda fact: fact.policy_class is PolicyClass.NO_APPLY)

BENEFIT = Course(
    "benefit",
    "claim_id",
    tuple((state,) for state in B),
    (
        *leads(
            policy.BenefitClaimed,
            {B.ABSENT: B.CLAIMED},
            unless=("policy_not_listed", "nothing_to_claim"),
        ),
        *leads(
            policy.BenefitGranted,
            {B.ABSENT: B.GRANTED},
            NO_CLAIM_NEEDED,
            unless=("policy_not_listed", "benefit_not_claimed"),
        ),
        *leads(policy.BenefitGranted, {B.CLAIMED: B.GRANTED}),
    ),
    prefix="DX",
)
