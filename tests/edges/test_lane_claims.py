"""Claims on lanes that overlap: a worker folds what it was assigned last."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

import pytest

from services.metrics.adapters.memory.projection import MemoryProjection
from services.metrics.adapters.memory.tables import MemoryTables
from services.metrics.consumer.agreement import within
from services.metrics.consumer.lanes import Lanes
from services.metrics.handlers.folding import PICTURES_MAX, Folding, Lane
from services.metrics.ports.projection import Batch, Claim
from shared.contracts.envelope import Event
from shared.contracts.registry import Owner
from shared.contracts.rules.facts import STREAM
from shared.eventstore.memory import MemoryEventStore
from shared.eventstore.port import StoreUnavailable
from shared.kafka.memory import MemoryBus
from shared.kafka.port import Partition, TopicMismatch
from shared.policy.rules import shipped
from shared.runtime.clock import SystemClock
from tests.support.eventually import eventually
from tests.support.facts import SUPERVISION
from tests.support.rule_changes import notice_of

FIRST, SECOND = (Partition(Owner.INTAKE.topic, number) for number in (0, 1))


class SlowProjection(MemoryProjection):
    """Answers the claim of the first partition when told to, all others at once."""

    def __init__(self, tables: MemoryTables) -> None:
        super().__init__(tables)
        self.answering = asyncio.Event()

    async def claim(self, partitions: Sequence[int]) -> Mapping[int, Claim]:
        if FIRST.number in partitions:
            await self.answering.wait()
        return await super().claim(partitions)


class MoodyProjection(MemoryProjection):
    """Is away so many times when it is asked to judge anew."""

    def __init__(self, tables: MemoryTables, away: int) -> None:
        super().__init__(tables)
        self.away = away

    @asynccontextmanager
    async def sweep(self, partition: int, epoch: int) -> AsyncIterator[Batch]:
        if self.away:
            self.away -= 1
            raise StoreUnavailable("away")
        async with super().sweep(partition, epoch) as batch:
            yield batch


class Watched(Folding):
    """Tells which lanes it was given."""

    def __init__(self, projection: MemoryProjection) -> None:
        super().__init__(projection, shipped())
        self.lanes: dict[int, Lane] = {}

    async def sweep(self, lane: Lane) -> None:
        self.lanes[lane.partition] = lane
        await super().sweep(lane)


async def _beginning(_: Partition) -> int:
    return 7


async def test_a_claim_that_ends_late_takes_nothing_of_the_later_one_away() -> None:
    clock = SystemClock()
    projection = SlowProjection(MemoryTables(MemoryEventStore(), clock))
    lanes = Lanes(projection, Folding(projection, shipped()), MemoryBus(clock), clock)
    async with asyncio.TaskGroup() as claiming:
        claiming.create_task(lanes.claim([FIRST], _beginning))
        claiming.create_task(lanes.claim([SECOND], _beginning))
        await asyncio.sleep(0)
        projection.answering.set()

    assert lanes.positions() == {SECOND: 7}


async def published(supervision: MemoryEventStore, clock: SystemClock) -> None:
    notice = notice_of(1, 2027, off=["2027-01-01"], on=[])
    event = Event.of(notice, id="rules-1", source=SUPERVISION, time=clock.now())
    await supervision.append(STREAM, [event], expected_version=0)


@pytest.mark.parametrize("away", [0, 1])
async def test_a_lane_with_nothing_to_fold_judges_anew_when_it_hears_of_an_edition(
    away: int,
) -> None:
    clock, supervision = SystemClock(), MemoryEventStore()
    tables = MemoryTables(supervision, clock)
    projection = MoodyProjection(tables, away)
    lanes = Lanes(projection, Folding(projection, shipped()), MemoryBus(clock), clock)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(lanes.run())
        await lanes.claim([FIRST, SECOND], _beginning)
        await published(supervision, clock)
        lanes.hear(await projection.edition())
        await eventually(lambda: {lane.edition for lane in tables.lanes.values()} == {1})
        running.cancel()


async def test_all_lanes_of_a_worker_together_remember_as_much_as_one_alone() -> None:
    clock, supervision = SystemClock(), MemoryEventStore()
    projection = MemoryProjection(MemoryTables(supervision, clock))
    folding = Watched(projection)
    lanes = Lanes(projection, folding, MemoryBus(clock), clock)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(lanes.run())
        await lanes.claim([FIRST, SECOND], _beginning)
        await published(supervision, clock)
        lanes.hear(await projection.edition())
        await eventually(lambda: len(folding.lanes) == 2)
        running.cancel()

    assert [lane.pictures_max for lane in folding.lanes.values()] == [PICTURES_MAX // 2] * 2


async def test_nobody_claims_a_lane_that_the_projection_does_not_have() -> None:
    clock = SystemClock()
    projection = MemoryProjection(MemoryTables(MemoryEventStore(), clock))
    lanes = Lanes(projection, Folding(projection, shipped()), MemoryBus(clock), clock)

    with pytest.raises(TopicMismatch) as grown:
        await within(1, lanes.claim)([FIRST, SECOND], _beginning)

    assert (grown.value.topic, grown.value.found, grown.value.wanted) == (SECOND.topic, 2, 1)
    assert await projection.offsets([FIRST]) == {}
    assert await within(2, _answers)([FIRST, SECOND], _beginning) == {FIRST: 7, SECOND: 7}


async def _answers(
    places: Sequence[Partition], beginning: Callable[[Partition], Awaitable[int]]
) -> Mapping[Partition, int]:
    return {place: await beginning(place) for place in places}
