"""The rules as they are shipped, but for what the colours of cards mean."""

from dataclasses import replace
from datetime import date

from shared.policy.rules import Rules, shipped
from shared.policy.sla import Policy, bureau_policy
from shared.policy.supervision import SupervisionProfile


def policy_of(supervision: SupervisionProfile) -> Policy:
    policy = bureau_policy()
    return policy.amended(bureau=policy.bureau.model_copy(update={"supervision": supervision}))


def rules_of(supervision: SupervisionProfile) -> Rules:
    return replace(shipped(), policies=((date.min, policy_of(supervision)),))
