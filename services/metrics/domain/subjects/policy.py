"""The policy for enterprises in the list (惠企政策), and what one enterprise has by it."""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from services.metrics.domain.subjects.terms import Ending
from shared.contracts.course import Course
from shared.contracts.envelope import Fact
from shared.contracts.moments import is_meant
from shared.contracts.policy.course import BENEFIT, POLICY_ITEM
from shared.contracts.policy.facts import BenefitClaimed, BenefitGranted, PolicyItemPublished


class PolicyItem(Subject, frozen=True, array_like=True, gc=False, tag="policy"):
    """One policy: since when it is issued, and since when it is listed with its guide."""

    COURSE: ClassVar[Course] = POLICY_ITEM

    issued_on: date | None = None
    listing: Ending | None = None
    """The first day on which it stood in the list with its guide (SLA-32)."""
    policy_class: str = ""
    """How it is applied for, if at all, as was said last (K08.1)."""


def _published(item: PolicyItem, entry: Entry, fact: PolicyItemPublished) -> Noted:
    if not (is_meant(fact.issued_date) and is_meant(fact.listed_date)):
        return {}, False
    listing = item.listing
    if listing is None and fact.guide_ready:
        listing = Ending(fact.listed_date, entry.time, entry.id, decided=False)
    return {
        "issued_on": item.issued_on or fact.issued_date,
        "listing": listing,
        "policy_class": fact.policy_class.value,
    }, True


PolicyItem.NOTING = {PolicyItemPublished: _published}


class Benefit(Subject, frozen=True, array_like=True, gc=False, tag="benefit"):
    """What one enterprise has by a policy, from its claim, if it needs one, to its grant."""

    COURSE: ClassVar[Course] = BENEFIT
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({BenefitGranted})
    EFFECTIVE: ClassVar[Mapping[type[Fact], str]] = {BenefitClaimed: "date", BenefitGranted: "date"}

    claimed_on: date | None = None
    granted_on: date | None = None
    policy_class: str = ""
    """Whether it had to be applied for, as the grant says (K08.3)."""

    def noted(self, entry: Entry) -> Noted:
        match entry.data:
            case BenefitClaimed(date=day):
                return {"claimed_on": self.claimed_on or day}, True
            case BenefitGranted(date=day, policy_class=kind) if self.granted_on is None:
                return {"granted_on": day, "policy_class": kind.value}, True
            case _:
                return {}, True
