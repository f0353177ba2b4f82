"""The timekeeper beside clerks and other systems: a silence ends once, and only one of ours."""

import asyncio
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pytest

from services.intake.domain.case.commands import AnyCommand, ReceiveCorrection, RequestCorrection
from services.intake.handlers.commands import CASE
from services.intake.handlers.timekeeper import LEASE, NOTICE_AWAITED, Timekeeper
from shared.commands.deciding import Desk, Occasion, handle
from shared.commands.rules_in_force import RulesInForce
from shared.contracts.envelope import Event, Fact
from shared.contracts.inspection.facts import (
    DefectExpired,
    DefectOrdered,
    InspectionCreated,
    InspectionScheduled,
    VisitConcluded,
    VisitStarted,
)
from shared.contracts.intake.facts import ApplicationAccepted, CorrectionExpired
from shared.eventstore.memory import MemoryTimers
from shared.eventstore.port import StoreUnavailable
from shared.policy.calendar import ZONE, WorkCalendar, official_calendar
from shared.policy.rules import shipped
from shared.runtime.clock import VirtualClock
from shared.runtime.ids import SeededIds
from tests.support.eventually import eventually
from tests.support.examples import like_the_example
from tests.support.intake_cases import ACCEPT, ACCEPTED, DEFECT, NO, NOTICE, PAPER, RECEIVED
from tests.support.moody_store import MoodyStore
from tests.support.rule_changes import notice_of
from tests.support.simulation.story import RECEIVE

NOON = datetime(2024, 9, 2, 12, tzinfo=ZONE)
FIVE_DAYS_OVER = datetime(2024, 9, 10, tzinfo=ZONE)
STREAM = f"case-{NO}"
OURS = "urn:casetrack:610102:intake"
STRANGER = "urn:xincheng:hall-terminal:s1"
BY = date(2024, 9, 4)
RECEIVED_ONLY = ["application.received"]
DEEMED = [*RECEIVED_ONLY, "application.accepted"]


@dataclass
class Hall:
    """A window and a timekeeper over one store."""

    store: MoodyStore
    clock: VirtualClock
    desk: Desk
    timers: MemoryTimers

    def keeper(self, calendar: WorkCalendar | None = None) -> Timekeeper:
        known = replace(shipped(), calendar=calendar or official_calendar())
        return self.following(RulesInForce(self.store, known))

    def following(self, rules: RulesInForce) -> Timekeeper:
        return Timekeeper(self.timers, self.desk, rules, "610102")

    async def ask(self, command: AnyCommand) -> None:
        now = self.clock.now().astimezone(ZONE)
        asked = replace(command, at=now)
        await handle(CASE, asked, STREAM, Occasion(at=now), desk=self.desk)

    async def hear(self, fact: Fact, at: datetime, source: str = STRANGER) -> None:
        event = Event.of(fact, id=f"{fact.TYPE}-{at}", source=source, time=at, recordedtime=at)
        await self.store.record([event])

    async def look(self, keeper: Timekeeper | None = None) -> None:
        """Let *keeper* look until nothing is left to do now."""
        keeper = keeper or self.keeper()
        while await keeper.look(self.clock.now()):
            pass

    async def events(self) -> tuple[Event, ...]:
        return (await self.store.load(STREAM)).events

    async def types(self) -> list[str]:
        return [".".join(event.type.split(".")[2:4]) for event in await self.events()]


@pytest.fixture
def hall() -> Hall:
    store, clock = MoodyStore(), VirtualClock(NOON)
    return Hall(store, clock, Desk(store, clock, SeededIds(1), OURS), MemoryTimers(store))


async def test_five_days_of_silence_accept_at_the_instant_at_which_they_are_over(
    hall: Hall,
) -> None:
    await hall.ask(RECEIVE)
    await hall.look()
    hall.clock.advance_to(FIVE_DAYS_OVER - timedelta(seconds=1))
    await hall.look()
    assert await hall.types() == RECEIVED_ONLY

    hall.clock.advance_to(FIVE_DAYS_OVER + timedelta(hours=5))
    await hall.look()
    await hall.look()

    assert await hall.types() == DEEMED
    *_, deemed = await hall.events()
    assert isinstance(deemed.data, ApplicationAccepted)
    assert deemed.data.effective_date == NOON.date()
    assert deemed.time == FIVE_DAYS_OVER
    assert deemed.recordedtime == hall.clock.now()
    assert (deemed.actorid, deemed.districtcode) == (None, "610102")


async def test_a_case_that_was_accepted_in_time_is_left_alone(hall: Hall) -> None:
    await hall.ask(RECEIVE)
    await hall.look()
    await hall.ask(ACCEPT)

    hall.clock.advance_to(FIVE_DAYS_OVER)
    await hall.look()

    assert await hall.types() == DEEMED
    assert (await hall.events())[-1].data == ACCEPTED


async def test_an_acceptance_that_another_system_tells_late_wins(hall: Hall) -> None:
    await hall.ask(RECEIVE)
    await hall.look()
    hall.clock.advance_to(FIVE_DAYS_OVER)
    await hall.hear(ACCEPTED, NOON)

    await hall.look()

    assert await hall.types() == DEEMED
    assert (await hall.events())[-1].source == STRANGER


async def test_a_case_of_another_system_is_for_that_system_to_decide(hall: Hall) -> None:
    await hall.hear(RECEIVED, NOON)

    hall.clock.advance_to(FIVE_DAYS_OVER)
    await hall.look()

    assert await hall.types() == RECEIVED_ONLY


async def test_an_unanswered_notice_expires_when_its_last_day_is_over(hall: Hall) -> None:
    await hall.ask(RECEIVE)
    await hall.ask(_request(BY))
    hall.clock.advance_to(datetime(2024, 9, 4, 23, 59, tzinfo=ZONE))
    await hall.look()
    assert len(await hall.events()) == 2

    hall.clock.advance_to(datetime(2024, 9, 5, tzinfo=ZONE))
    await hall.look()

    *_, expired = await hall.events()
    assert isinstance(expired.data, CorrectionExpired)
    assert expired.data.deadline == BY
    assert expired.time == hall.clock.now()


async def test_a_notice_of_another_system_moves_the_instant(hall: Hall) -> None:
    await hall.ask(RECEIVE)
    await hall.look()
    await hall.hear(NOTICE, NOON)

    hall.clock.advance_to(datetime(2024, 10, 1, tzinfo=ZONE))
    await hall.look()

    assert isinstance((await hall.events())[-1].data, CorrectionExpired)


async def test_an_answered_notice_begins_a_silence_of_the_bureau(hall: Hall) -> None:
    await hall.ask(RECEIVE)
    await hall.ask(_request(BY))
    await hall.look()
    hall.clock.advance_to(datetime(2024, 9, 3, 9, tzinfo=ZONE))
    await hall.ask(ReceiveCorrection(at=NOON, case_no=NO, complete=True))

    hall.clock.advance_to(datetime(2024, 9, 11, tzinfo=ZONE))
    await hall.look()

    *_, deemed = await hall.events()
    assert isinstance(deemed.data, ApplicationAccepted)
    assert deemed.data.effective_date == date(2024, 9, 3)


async def test_of_two_timekeepers_one_ends_the_silence(hall: Hall) -> None:
    await hall.ask(RECEIVE)
    hall.clock.advance_to(FIVE_DAYS_OVER)
    others = Hall(hall.store, hall.clock, hall.desk, MemoryTimers(hall.store))

    await asyncio.gather(hall.look(), others.look())

    assert await hall.types() == DEEMED


async def test_who_finds_the_store_away_comes_again(hall: Hall) -> None:
    await hall.ask(RECEIVE)
    hall.clock.advance_to(FIVE_DAYS_OVER)
    hall.store.away = 1

    with pytest.raises(StoreUnavailable):
        await hall.look()
    hall.clock.advance(LEASE)
    await hall.look()

    assert await hall.types() == DEEMED


async def test_a_history_out_of_order_stops_nobody_else(hall: Hall) -> None:
    await hall.ask(RECEIVE)
    hall.store._bodies["case-broken"] = [b"{"]  # noqa: SLF001 - nobody can write such a row
    hall.timers._next_at["case-broken"] = NOON  # noqa: SLF001
    hall.clock.advance_to(FIVE_DAYS_OVER)

    await hall.look()

    assert await hall.types() == DEEMED


async def test_nothing_is_decided_by_a_calendar_that_is_not_known_yet(hall: Hall) -> None:
    await hall.ask(RECEIVE)
    hall.clock.advance_to(FIVE_DAYS_OVER)

    await hall.look(hall.keeper(WorkCalendar({2023}, {})))
    assert await hall.types() == RECEIVED_ONLY

    hall.clock.advance(NOTICE_AWAITED)
    await hall.look()
    assert await hall.types() == DEEMED


async def test_a_wall_clock_that_jumps_ends_no_silence(hall: Hall) -> None:
    await hall.ask(RECEIVE)
    keeper = hall.keeper()

    await keeper.look(FIVE_DAYS_OVER)

    assert await hall.types() == RECEIVED_ONLY


async def test_a_timekeeper_looks_until_it_is_told_to_stop(hall: Hall) -> None:
    await hall.ask(RECEIVE)
    stopping, keeper = asyncio.Event(), hall.keeper()
    hall.store.away = 1

    async def ended() -> bool:
        hall.clock.advance(timedelta(hours=6))
        return await hall.types() == DEEMED

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(keeper.run(stopping))
        await eventually(lambda: hall.store.away == 0)
        await eventually(ended)
        stopping.set()


def _request(deadline: date) -> RequestCorrection:
    return RequestCorrection(
        at=NOON, case_no=NO, answer_by=BY, items=(DEFECT,), notice=PAPER, deadline=deadline
    )


async def test_a_silence_that_waits_for_a_notice_ends_as_soon_as_it_is_in_force(
    hall: Hall,
) -> None:
    unsettled = replace(shipped(), calendar=WorkCalendar({2023}, {}))
    rules = RulesInForce(hall.store, unsettled)
    keeper = hall.following(rules)
    await hall.ask(RECEIVE)
    hall.clock.advance_to(FIVE_DAYS_OVER)
    await hall.look(keeper)
    assert await hall.types() == RECEIVED_ONLY

    rules.editions.learn([notice_of(1, 2024, off=["2024-09-15"], on=["2024-09-14"])])
    await hall.look(keeper)
    assert await hall.types() == DEEMED


async def test_a_timekeeper_of_an_older_edition_takes_nothing_from_one_of_a_newer(
    hall: Hall,
) -> None:
    unsettled = replace(shipped(), calendar=WorkCalendar({2023}, {}))
    older, newer = hall.keeper(unsettled.calendar), hall.keeper()
    await hall.ask(RECEIVE)
    hall.clock.advance_to(FIVE_DAYS_OVER)
    await hall.look(newer)
    await hall.look(older)

    assert await hall.types() == DEEMED


async def test_a_defect_that_nobody_puts_right_expires_when_its_day_is_over(hall: Hall) -> None:
    stream, name = "inspection-KC1", {"inspection_id": "KC1"}
    told = [
        like_the_example(InspectionCreated, **name),
        like_the_example(InspectionScheduled, **name),
        like_the_example(VisitStarted, **name),
        like_the_example(VisitConcluded, **name, result="RECTIFY"),
        like_the_example(DefectOrdered, **name, deadline="2024-09-06"),
    ]
    for hours, fact in enumerate(told):
        await hall.hear(fact, NOON + timedelta(hours=hours), source=OURS)
    hall.clock.advance_to(datetime(2024, 9, 6, 23, 59, tzinfo=ZONE))
    await hall.look()
    before = (await hall.store.load(stream)).version
    hall.clock.advance_to(datetime(2024, 9, 7, 3, tzinfo=ZONE))
    await hall.look()
    await hall.look()
    *_, expired = (await hall.store.load(stream)).events

    assert (before, (await hall.store.load(stream)).version) == (5, 6)
    assert expired.data == DefectExpired(inspection_id="KC1", deadline=date(2024, 9, 6))
    assert expired.time == datetime(2024, 9, 7, tzinfo=ZONE)
