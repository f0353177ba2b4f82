"""What `docs/howto/add-a-limit.md` promises: a row of the policy is all that a new limit takes."""

from datetime import date

import pytest

from services.metrics.handlers.alerts import AlertQuery
from services.metrics.views.view import Both
from shared.contracts.handling.facts import CaseClosed
from shared.contracts.supervision.course import AlertState
from shared.policy.rules import Editions, evolve, shipped
from shared.policy.sla import Policy, bureau_policy
from tests.support.metrics_store import FACTS, Store, opened
from tests.support.rule_changes import policy_fact
from tests.support.way_of_a_case import CASE, RECEIVED

ROW = {
    "id": "SLA-98",
    "name": {"zh-CN": "归档", "en": "archive"},
    "begins": {"zh-CN": "{on}办结", "en": "Closed on {on}"},
    "ground": {"zh-CN": "本局规定", "en": "the bureau's own rule"},
    "subject": "case",
    "clock": "DELIVERY",
    "basis": "RULE",
    "severity": 1,
    "starts": [{"fact": CaseClosed.TYPE}],
    "stops": [{"fact": "casetrack.handling.case.archived.v1"}],
    "limit": 5,
    "unit": "WD",
    "yellow": {"by": "days", "days": 2},
    "recipients": {"YELLOW": ["ARCHIVIST"], "RED": ["ARCHIVIST"]},
}
SINCE = date(2024, 9, 1)
NEVER_BEGAN = "按现有记录，该时限并未起算，本牌撤销。"


def with_the_row() -> Policy:
    document = bureau_policy().model_dump(mode="json")
    return Policy.model_validate({**document, "limits": [*document["limits"], ROW]})


async def told(store: Store, policy: Policy) -> Editions:
    """Publish *policy*, and return the editions as a reader knows them."""
    edition = policy_fact(1, SINCE, policy)
    await store.publish(edition)
    editions = Editions(shipped())
    editions.learn([edition])
    return editions


async def test_a_row_in_a_policy_arrives_in_cards_with_its_explanation() -> None:
    async with opened("memory") as store:
        editions = await told(store, with_the_row())
        await store.fold(*FACTS)
        await ticked(store)
        alerts = store.alerts(editions)
        (card,) = (await alerts.listed(AlertQuery(sla="SLA-98"), None, 10)).items
        explained = await alerts.one(card.alert_id, "en")

    assert (card.case_no, card.level, card.due) == (CASE, "RED", date(2024, 9, 19))
    assert explained is not None
    assert (explained.limit, explained.unit, explained.name) == (5, "WD", Both("归档", "archive"))
    assert explained.sentence.en.startswith("Closed on 11 September, counted from the next")
    assert explained.causes == (FACTS[8].id,)


async def test_a_guide_that_calls_an_item_stationed_cards_what_is_filed_elsewhere() -> None:
    received = RECEIVED.data
    bureau = bureau_policy().bureau.model_copy(update={"receiving": ("urn:nobody:",)})
    guides = {received.case.item_code: {"stationed": True}}
    async with opened("memory") as store:
        editions = await told(store, bureau_policy().amended(bureau=bureau, guides=guides))
        await store.fold(*FACTS[:1])
        await ticked(store)
        (card,) = (await store.alerts(editions).listed(AlertQuery(sla="RULE-06"), None, 10)).items

    assert (card.case_no, card.level) == (CASE, "RED")


async def ticked(store: Store) -> None:
    """Let the ticker learn of the edition, and then judge by it."""
    await store.tick()
    await store.tick()


@pytest.mark.parametrize("dropped", ["SLA-04", "SLA-05"])
async def test_a_policy_that_drops_a_limit_withdraws_its_cards(dropped: str) -> None:
    async with opened("memory") as store:
        await store.fold(*FACTS[:3])
        await store.tick()
        policy = bureau_policy()
        kept = tuple(limit for limit in policy.limits if limit.id != dropped)
        await store.publish(policy_fact(1, SINCE, policy.amended(limits=kept)))
        await store.sweep()
        await ticked(store)
        editions = Editions(evolve(shipped(), policy_fact(1, SINCE, policy.amended(limits=kept))))
        alerts = store.alerts(editions)
        standing = await alerts.listed(AlertQuery(), None, 10)
        withdrawn = await alerts.listed(
            AlertQuery(states=(AlertState.REVOKED,), sla=dropped), None, 10
        )

    assert dropped not in {card.sla_id for card in standing.items}
    assert len(withdrawn.items) == 2
    assert all("时限规则已更新" in (card.reason or "") for card in withdrawn.items)
