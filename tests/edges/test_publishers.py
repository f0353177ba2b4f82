"""A publisher about the matters of another, from the gateway to the card: heard, and doubted."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import partial

import pytest

from services.intake.handlers.commits import SharedCommits
from services.intake.handlers.gateway import Gateway, Status
from services.metrics.domain.dossier import Dossier
from services.metrics.handlers.judging import Judgement, judgement_event
from shared.commands.deciding import Desk
from shared.commands.rules_in_force import RulesInForce
from shared.contracts.documents import parse, write
from shared.contracts.envelope import Event
from shared.contracts.foreign import read_foreign
from shared.contracts.handling.course import Phase
from shared.contracts.registry import Owner, decode, encode
from shared.contracts.supervision.facts import FactConfirmed, FactRejected
from shared.contracts.supervision.words import DoubtReason
from shared.eventstore.memory import MemoryEventStore
from shared.policy.calendar import ZONE
from shared.policy.rules import shipped
from shared.runtime.clock import VirtualClock
from shared.runtime.ids import SeededIds
from tests.edges.test_rules_change import facts_of
from tests.support.facts import SUPERVISION
from tests.support.memory_bureau import Bureau, different

CASE = "XC20261028000001"
FILED = date(2026, 10, 28)
LIMIT = 30
"""In working days: until 9 December."""
NOW = date(2026, 12, 18)
SOURCES = {
    "qinwuyuan": "urn:shaanxi:qinwuyuan:portal",
    "hall-terminal": "urn:xincheng:hall-terminal:t7",
    "importer": "urn:casetrack:import:ledger",
}
LONG_AGO, IN_TIME = date(2026, 11, 5), date(2026, 12, 7)
"""Seven weeks back, and nine working days."""
EXAMINED = ("SLA-04", "SLA-05")
LATE = {"RED", "YELLOW"}
"""By the day that was promised; the day of the law is near."""
RECEIVED, ACCEPTED, DECIDED = 0, 1, 4

pytestmark = pytest.mark.asyncio


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), ZONE)


@dataclass
class Town:
    """A gateway, and behind it all that measures."""

    bureau: Bureau = field(default_factory=lambda: Bureau(VirtualClock(noon(FILED))))
    intake: MemoryEventStore = field(default_factory=MemoryEventStore)
    sent: int = 0

    async def begin(self) -> None:
        await self.bureau.begin()
        self.gateway = Gateway(
            self.intake, SharedCommits(self.intake), RulesInForce(self.intake), self.bureau.clock
        )

    async def on(self, day: date) -> None:
        """Let it become noon of *day*, with all that is due until then."""
        self.bureau.clock.advance_to(noon(day))
        await self.bureau.settle()

    async def tell(self, publisher: str, number: int, on: date) -> str:
        """Let *publisher* tell the *number*-th fact of the case, as it happened *on* that day."""
        event = self.event(publisher, number, on)
        assert await self.hand_in(publisher, encode(event)) is Status.ACCEPTED
        fresh = self.intake.published(self.sent, 100)
        self.sent += len(fresh)
        await self.bureau.fold([decode(one.body) for one in fresh])
        await self.bureau.settle()
        return event.id

    def event(self, publisher: str, number: int, on: date) -> Event:
        fact = facts_of(CASE, FILED, LIMIT)[number][0]
        if number == DECIDED:
            fact = fact.model_copy(update={"decision_date": on})
        return Event.of(
            fact, id=f"{publisher}-{number}-{on}", source=SOURCES[publisher], time=noon(on)
        )

    async def hand_in(self, publisher: str, body: bytes) -> Status:
        entry = self.gateway.publishers.by_id[publisher]
        (judgement,) = await self.gateway.take_all([partial(read_foreign, body)], entry)
        return judgement.status

    async def judge(
        self, kind: type[FactConfirmed | FactRejected], publisher: str, fact: str
    ) -> None:
        """Let a supervisor say what a *fact* is worth."""
        said = kind(fact_id=fact, fact_source=SOURCES[publisher], by="st-0301", reason="已电话核实")
        now = self.bureau.clock.now()
        event = Event.of(said, id=f"on {fact}", source=SUPERVISION, time=now, partitionkey=CASE)
        await self.bureau.fold([event], Owner.SUPERVISION)
        await self.bureau.settle()

    @property
    def dossier(self) -> Dossier:
        return self.bureau.tables.dossiers[CASE]

    def cards(self) -> set[str]:
        """Return the levels of the cards that stand on the two limits of the examination."""
        records = (one for one in self.bureau.tables.alerts_of([CASE]) if one.sla in EXAMINED)
        return {one.alert.level.value for one in records if one.alert.state.stands}

    def doubts(self) -> list[tuple[str, DoubtReason]]:
        return [(doubt.id, doubt.why) for doubt in self.dossier.doubts]

    async def proven(self) -> None:
        """See that what is stored is what a fold from nothing makes."""
        assert different(self.bureau, shipped(), self.bureau.clock.now()) == []


async def red_case() -> Town:
    """Return a town in which a case of the provincial platform is late."""
    town = Town()
    await town.begin()
    await town.tell("qinwuyuan", RECEIVED, FILED)
    await town.tell("qinwuyuan", ACCEPTED, FILED)
    await town.on(NOW)
    assert town.cards() == LATE
    return town


async def test_a_terminal_takes_no_card_back_of_a_case_that_is_anothers() -> None:
    town = await red_case()

    told = await town.tell("hall-terminal", DECIDED, LONG_AGO)

    assert town.cards() == LATE
    assert town.dossier.case.phase is Phase.ACCEPTED
    assert town.doubts() == [(told, DoubtReason.FOREIGN)]
    assert town.dossier.doubts[0].publisher == "hall-terminal"
    await town.proven()


async def test_the_same_fact_of_the_owner_takes_them_back() -> None:
    town = await red_case()
    await town.tell("hall-terminal", DECIDED, IN_TIME)
    assert town.cards() == LATE

    await town.tell("qinwuyuan", DECIDED, IN_TIME)

    assert town.cards() == set()
    assert (town.dossier.case.phase, town.dossier.anomalies) == (Phase.DECIDED, 0)
    await town.proven()


async def test_the_owner_itself_takes_nothing_back_that_was_said_for_weeks() -> None:
    town = await red_case()

    told = await town.tell("qinwuyuan", DECIDED, LONG_AGO)

    assert town.cards() == LATE
    assert town.doubts() == [(told, DoubtReason.BACKDATED)]

    await town.judge(FactConfirmed, "qinwuyuan", told)

    assert town.cards() == set()
    assert town.dossier.anomalies == 0
    await town.proven()


async def test_an_importer_of_history_may_tell_of_any_day_and_any_case() -> None:
    town = await red_case()

    await town.tell("importer", DECIDED, LONG_AGO)

    assert town.cards() == set()
    assert town.dossier.anomalies == 0
    await town.proven()


async def test_what_turns_out_to_be_false_puts_the_cards_back() -> None:
    """A key was stolen: what came with it is heard of no more, and the case is late again."""
    town = await red_case()
    told = await town.tell("qinwuyuan", DECIDED, IN_TIME)
    assert town.cards() == set()

    await town.judge(FactRejected, "qinwuyuan", told)

    assert town.dossier.case.phase is Phase.ACCEPTED
    assert town.doubts() == [(told, DoubtReason.REJECTED)]
    assert town.cards() == LATE
    await town.proven()


async def test_nobody_gives_himself_a_standing() -> None:
    town = Town()
    await town.begin()
    claimed = {"publisher": "importer", "ofothers": "nonsense", "believedfrom": 7}
    document = {**parse(encode(town.event("hall-terminal", RECEIVED, FILED))), **claimed}

    await town.hand_in("hall-terminal", write(document))

    (stored,) = (await town.intake.load(f"case-{CASE}")).events
    assert (stored.publisher, stored.ofothers) == ("hall-terminal", None)
    assert stored.believedfrom == date(2026, 10, 14)


async def test_a_repetition_on_a_later_day_is_one_all_the_same() -> None:
    town = await red_case()

    assert (
        await town.hand_in("qinwuyuan", encode(town.event("qinwuyuan", RECEIVED, FILED)))
        is Status.DUPLICATE
    )


async def test_who_judges_is_named_whole_however_long_the_account_is() -> None:
    desk = Desk(MemoryEventStore(), VirtualClock(noon(NOW)), SeededIds(1), SUPERVISION)
    account = f"https://id.example.org/realms/bureau/users/{'0' * 200}"
    word = Judgement("d-1", SOURCES["hall-terminal"], believed=True, reason="the sealed copy")

    event = judgement_event(word, CASE, account, "SUPERVISOR", desk, "j-1")

    assert isinstance(event.data, FactConfirmed)
    assert (event.data.by, event.actorid) == (account, account)
    assert decode(encode(event)) == event
