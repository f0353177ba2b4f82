"""The rules as they are shipped, but for what the colours of cards mean, and for guides."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from shared.policy.rules import Rules, shipped
from shared.policy.sla import Policy, bureau_policy
from shared.policy.supervision import SupervisionProfile


def policy_of(
    supervision: SupervisionProfile, guides: Mapping[str, object] | None = None
) -> Policy:
    policy = bureau_policy()
    bureau = policy.bureau.model_copy(update={"supervision": supervision})
    return policy.amended(bureau=bureau, guides=guides)


def rules_of(supervision: SupervisionProfile, guides: Mapping[str, object] | None = None) -> Rules:
    return replace(shipped(), policies=((date.min, policy_of(supervision, guides)),))
