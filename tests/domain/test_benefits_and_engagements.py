"""What an agency is engaged for, and what a policy grants: what stands in the way beside them."""

from datetime import date

import pytest

from services.assist.domain.benefit import decide as benefit_rules
from services.assist.domain.benefit.commands import ClaimBenefit, GrantBenefit, GrantUnclaimed
from services.assist.domain.benefit.refusals import (
    BenefitNotClaimed,
    NothingToClaim,
    PolicyNotListed,
)
from services.assist.domain.engagement import decide as engagement_rules
from services.assist.domain.engagement.commands import DeliverWork, RateWork
from shared.commands.by_course import Recollection
from shared.contracts.intermediary.course import EngagementState
from shared.contracts.intermediary.facts import (
    EngagementDelivered,
    EngagementOpened,
    EngagementRated,
)
from shared.contracts.policy.course import BenefitState
from shared.contracts.policy.facts import BenefitClaimed, BenefitGranted
from shared.contracts.policy.words import PolicyClass
from tests.support.courses import LATER, command_of
from tests.support.examples import like_the_example as like

OPENED = like(EngagementOpened, case_no="XC1", service_code="ZJ-HPBG", limit_days=10)
opened = Recollection(EngagementState.OPENED, (OPENED,))
CLAIMED = like(BenefitClaimed, policy_id="ZC1")
claimed = Recollection(BenefitState.CLAIMED, (CLAIMED,))


@pytest.mark.parametrize(
    ("last_day", "in_time"),
    [(LATER.date(), True), (date(2024, 9, 13), False), (None, None)],
)
def test_work_is_in_time_until_the_last_day_is_over(
    *, last_day: date | None, in_time: bool | None
) -> None:
    (delivered,) = engagement_rules.DECIDER.decide(
        opened, command_of(DeliverWork, last_day=last_day)
    )

    assert isinstance(delivered, EngagementDelivered)
    assert delivered.delivered_on_time is in_time


def test_what_follows_repeats_for_what_the_agency_was_engaged() -> None:
    delivered = Recollection(EngagementState.DELIVERED, (OPENED,))
    (rated,) = engagement_rules.DECIDER.decide(delivered, command_of(RateWork))

    assert isinstance(rated, EngagementRated)
    assert (rated.case_no, rated.service_code, rated.limit_days) == (
        "XC1",
        "ZJ-HPBG",
        10,
    )


@pytest.mark.parametrize(
    ("listed_as", "refusal"),
    [
        (None, PolicyNotListed),
        (PolicyClass.NO_APPLY, NothingToClaim),
        (PolicyClass.DISPLAY_ONLY, NothingToClaim),
    ],
)
def test_only_what_is_applied_for_online_is_claimed(
    listed_as: PolicyClass | None, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        benefit_rules.DECIDER.decide(
            Recollection(), command_of(ClaimBenefit, policy_class=listed_as)
        )


@pytest.mark.parametrize(
    ("listed_as", "refusal"),
    [
        (None, PolicyNotListed),
        (PolicyClass.ONLINE_APPLY, BenefitNotClaimed),
        (PolicyClass.DISPLAY_ONLY, BenefitNotClaimed),
    ],
)
def test_only_what_needs_no_application_is_granted_without_a_claim(
    listed_as: PolicyClass | None, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        benefit_rules.DECIDER.decide(
            Recollection(), command_of(GrantUnclaimed, policy_class=listed_as)
        )


def test_what_is_granted_on_a_claim_is_granted_by_the_policy_of_the_claim() -> None:
    (granted,) = benefit_rules.DECIDER.decide(claimed, command_of(GrantBenefit, amount_fen=100))

    assert isinstance(granted, BenefitGranted)
    assert (granted.policy_id, granted.policy_class, granted.amount_fen, granted.date) == (
        "ZC1",
        PolicyClass.ONLINE_APPLY,
        100,
        LATER.date(),
    )
    with pytest.raises(BenefitNotClaimed):
        benefit_rules.DECIDER.decide(Recollection(), command_of(GrantBenefit))
