"""What is said of a policy for enterprises (惠企政策, catalogue 4.11)."""

from typing import ClassVar

from pydantic import Field

from shared.contracts.envelope import Fact
from shared.contracts.moments import Day
from shared.contracts.policy.words import PolicyClass
from shared.contracts.types import Identifier, OrgRef


class PolicyItemPublished(Fact):
    """A policy stands in the list of 政策通, with its guide or still without (政策上线)."""

    TYPE: ClassVar[str] = "casetrack.policy.item.published.v1"
    STREAM: ClassVar[str] = "policy"
    ABOUT: ClassVar[str] = "policy_id"

    policy_id: Identifier
    policy_class: PolicyClass = Field(alias="class")
    issuer: OrgRef
    issued_date: Day
    listed_date: Day
    guide_ready: bool
