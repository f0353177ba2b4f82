"""A bureau changes what its colours mean: a change of the rules like any other."""

from datetime import date

from services.metrics.handlers.alerts import AlertQuery
from shared.contracts.supervision.course import STANDING, AlertState
from shared.contracts.supervision.words import AlertLevel
from shared.policy.rules import Editions, evolve, shipped
from shared.policy.supervision import SupervisionProfile
from tests.support.metrics_store import FACTS, Store, opened
from tests.support.rule_changes import policy_from
from tests.support.way_of_a_case import CASE

SINCE = date(2024, 9, 1)
PROMPT, YELLOW, RED = AlertLevel.PROMPT, AlertLevel.YELLOW, AlertLevel.RED
CASE_LIMITS = ("SLA-04", "SLA-05")
CHANGES = [
    policy_from(edition, SINCE, supervision=supervision)
    for edition, supervision in enumerate(
        (SupervisionProfile.THREE_TIER, SupervisionProfile.DEFAULT), 1
    )
]


async def listed(store: Store, editions: Editions, *states: AlertState) -> set[tuple[str, str]]:
    page = await store.alerts(editions).listed(AlertQuery(states=states or STANDING), None, 100)
    for card in page.items:
        if AlertState.REVOKED in states:
            assert "时限规则已更新" in (card.reason or "")
    return {(card.sla_id, card.level) for card in page.items if card.case_no == CASE}


async def test_switching_the_profile_takes_cards_back_with_the_reason_and_raises_others() -> None:
    async with opened("memory") as store:
        await store.fold(*FACTS[:3])
        await store.tick()
        editions = Editions(shipped())
        by_default = await listed(store, editions)
        await publish(store, 0)
        editions = Editions(evolve(shipped(), CHANGES[0]))
        in_three_tiers = await listed(store, editions)
        withdrawn = await listed(store, editions, AlertState.REVOKED)
        raised = await store.alerts(editions).listed(
            AlertQuery(sla="SLA-04", level=YELLOW), None, 100
        )
        await publish(store, 1)
        again = await listed(store, Editions(evolve(editions.newest, CHANGES[1])))

    assert by_default == {(sla, RED) for sla in CASE_LIMITS}
    assert in_three_tiers == {("SLA-04", YELLOW), ("SLA-05", RED)}
    assert withdrawn >= {("SLA-04", YELLOW), ("SLA-04", RED), ("SLA-05", YELLOW)}
    assert [card.due for card in raised.items] != []
    assert again == by_default


async def publish(store: Store, number: int) -> None:
    """Publish a change, judge anew, and let the ticker learn of the edition and judge by it."""
    await store.publish(CHANGES[number])
    await store.sweep()
    await store.tick()
    await store.tick()
