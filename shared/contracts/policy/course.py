"""The course of a policy in the list (惠企政策清单, catalogue 4.11)."""

from enum import StrEnum

from shared.contracts.course import ABSENT, Course, Guard, leads, stays
from shared.contracts.policy import facts as policy


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
