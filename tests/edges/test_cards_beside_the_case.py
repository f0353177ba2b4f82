"""What is forgotten beside the cases: each limit has its red card, explained in both languages."""

from datetime import UTC, datetime

from services.metrics.handlers.alerts import AlertQuery
from shared.contracts.activity.facts import ProblemFound
from shared.contracts.envelope import Event, Fact
from shared.contracts.hotline.facts import TicketExtended, TicketReceived, TicketSigned
from shared.contracts.intermediary.facts import AgencyApplied
from shared.contracts.item.facts import ItemDefinitionRevised
from shared.contracts.policy.facts import PolicyItemPublished
from shared.contracts.supervision.words import AlertLevel
from shared.contracts.unfinished.facts import MatterRecorded, MatterResolved
from shared.contracts.xregion.facts import CrossRegionCollected, CrossRegionReturned
from shared.policy.rules import Editions, shipped
from tests.support.examples import like_the_example as like
from tests.support.metrics_store import opened

STARTS: dict[str, tuple[Fact, ...]] = {
    "SLA-24a": (like(TicketReceived, kind="HELP"),),
    "SLA-24b": (like(TicketReceived, kind="EMERGENCY"),),
    "SLA-25a": (like(TicketReceived, kind="EMERGENCY"),),
    "SLA-25b": (like(TicketReceived, kind="CONSULT"),),
    "SLA-25c": (like(TicketReceived, kind="HELP"),),
    "SLA-25d": (like(TicketReceived, kind="REPORT"),),
    "SLA-25e": (like(TicketReceived, kind="REPORT"), like(TicketExtended, new_due="2024-09-20")),
    "SLA-25f": (
        like(TicketReceived, kind="REPORT", due="2024-09-20"),
        like(TicketSigned, complex=True),
    ),
    "SLA-26a": (like(MatterRecorded, cause="STAFF"),),
    "SLA-26b": (like(MatterRecorded, cause="STAFF"),),
    "SLA-26c": (like(MatterRecorded, cause="POLICY"),),
    "SLA-26d": (like(MatterRecorded), like(MatterResolved)),
    "SLA-31": (like(AgencyApplied, date="2024-09-02"),),
    "SLA-31b": (like(CrossRegionCollected),),
    "SLA-31c": (like(CrossRegionCollected), like(CrossRegionReturned, handed_over_date=None)),
    "SLA-32": (like(PolicyItemPublished, issued_date="2024-09-02", guide_ready=False),),
    "SLA-33": (like(ItemDefinitionRevised),),
    "SLA-38a": (like(ProblemFound, deadline="2024-09-20"),),
    "SLA-38b": (like(ProblemFound, deadline=None),),
}
"""What sets each limit running on a Monday; it is forgotten until five weeks later."""
MONDAY = datetime(2024, 9, 2, 1, tzinfo=UTC)


async def test_whatever_is_forgotten_has_its_card_and_its_sentence() -> None:
    async with opened("memory") as store:
        for sla, facts in STARTS.items():
            events = [
                Event.of(
                    fact,
                    id=f"{sla}-{number}",
                    source="urn:casetrack:610102:ours",
                    time=MONDAY,
                    sequence=str(number),
                    partitionkey=sla,
                )
                for number, fact in enumerate(facts, start=1)
            ]
            await store.fold(*events)
        await store.tick()
        alerts = store.alerts(Editions(shipped()))
        for sla, facts in STARTS.items():
            cards = (await alerts.listed(AlertQuery(sla=sla), None, 10)).items
            (card,) = [one for one in cards if one.case_no == sla]
            explained = await alerts.one(card.alert_id, "en")

            assert card.level == AlertLevel.RED, sla
            assert explained is not None
            assert explained.causes == (f"{sla}-{len(facts)}",), sla
            for sentence in (explained.sentence.zh, explained.sentence.en):
                assert len(sentence) > len(sla), sla
