"""What is said of a policy for enterprises, and of what it grants (惠企政策, catalogue 4.11)."""

from typing import ClassVar

from pydantic import Field

from shared.contracts.envelope import Fact
from shared.contracts.moments import Day
from shared.contracts.policy.words import PolicyClass
from shared.contracts.types import Count, Identifier, OrgRef


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


class BenefitFact(Fact):
    """A fact of what one enterprise has by a policy; *date* is the day on which it happened."""

    STREAM: ClassVar[str] = "benefit"
    ABOUT: ClassVar[str] = "claim_id"

    policy_id: Identifier
    policy_class: PolicyClass = Field(alias="class")
    claim_id: Identifier
    """Names it also where nobody had to claim it (免申即享)."""
    amount_fen: Count | None = None
    """In hundredths of a yuan, where it is money."""
    date: Day


class BenefitClaimed(BenefitFact):
    """An enterprise claimed what a policy offers (申领)."""

    TYPE: ClassVar[str] = "casetrack.policy.benefit.claimed.v1"


class BenefitGranted(BenefitFact):
    """It was granted, and paid where it is money (兑现)."""

    TYPE: ClassVar[str] = "casetrack.policy.benefit.granted.v1"
