"""What the page remembers of a card is told again only where facts and rules are the same."""

from services.metrics.handlers.today import Today
from shared.policy.rules import Editions
from tests.support.metrics_store import FACTS, RULES, opened
from tests.support.rule_changes import notice_of


async def test_a_card_is_explained_by_the_newest_rules_although_no_fact_has_come() -> None:
    async with opened("memory") as store:
        await store.fold(*FACTS[:3])
        await store.tick()
        editions = Editions(RULES)
        today = Today(store.glances, editions, store.clock, demo=False)
        _, before = await today.load()
        _, again = await today.load()
        editions.learn([notice_of(1, 2024, off=["2024-09-03"], on=[])])
        _, after = await today.load()

    assert [card.sentence for card in again.red] == [card.sentence for card in before.red]
    assert all(
        now.sentence != then.sentence for now, then in zip(after.red, before.red, strict=True)
    )
    assert len(before.red) == 2
