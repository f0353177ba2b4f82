"""What timers promise, asked of those in memory and those in PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from shared.contracts.handling.facts import ActivityRecorded
from shared.eventstore.memory import MemoryEventStore, MemoryTimers
from shared.eventstore.port import EventStore, Recorded, Timers
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.eventstore.timers import PostgresTimers
from tests.support.facts import MONDAY, SOURCE, activity, foreign
from tests.support.settled import settled

KINDS = [ActivityRecorded.TYPE]
LATER = MONDAY + timedelta(minutes=1)
NEXT_DAY = MONDAY + timedelta(days=1)

Kept = tuple[EventStore, Timers]


class SettledStore(PostgresEventStore):
    """A store that answers once timers may look at what it has."""

    async def append(self, *facts: Any, **how: Any) -> int:  # noqa: ANN401 - as the store takes them
        version = await super().append(*facts, **how)
        await settled(self._pool)
        return version

    async def record(self, *facts: Any, **how: Any) -> list[Recorded]:  # noqa: ANN401 - as above
        recorded = await super().record(*facts, **how)
        await settled(self._pool)
        return recorded


@pytest.fixture(params=["memory", "postgres"])
async def kept(request: pytest.FixtureRequest) -> AsyncIterator[Kept]:
    if request.param == "memory":
        memory = MemoryEventStore()
        yield memory, MemoryTimers(memory)
        return
    dsn = request.getfixturevalue("role_dsn")("casetrack_intake")
    async with await open_pool(dsn, "intake") as pool:
        yield SettledStore(pool), PostgresTimers(pool)


@pytest.fixture
def store(kept: Kept) -> EventStore:
    return kept[0]


@pytest.fixture
def timers(kept: Kept) -> Timers:
    return kept[1]


async def begin(store: EventStore, *cases: str) -> None:
    for case in cases:
        await store.append(f"case-{case}", [activity(1, case=case)], expected_version=0)


async def armed(timers: Timers, rows_max: int = 100) -> int:
    return await timers.arm(KINDS, SOURCE, rows_max)


async def claimed(timers: Timers, streams_max: int = 100) -> Sequence[str]:
    return await timers.claim(MONDAY, LATER, streams_max)


async def test_a_fact_arms_its_stream_once(store: EventStore, timers: Timers) -> None:
    await begin(store, "A", "B")

    assert [await armed(timers), await armed(timers)] == [2, 0]
    assert await claimed(timers) == ["case-A", "case-B"]


async def test_other_facts_arm_nothing(store: EventStore, timers: Timers) -> None:
    await begin(store, "A")

    assert await timers.arm(["another.type"], SOURCE, 100) == 1
    assert await claimed(timers) == []


async def test_what_another_source_began_is_left_alone(store: EventStore, timers: Timers) -> None:
    await begin(store, "ours")
    await store.record([foreign(1, case="theirs"), foreign(2, case="ours")])
    ours = activity(2, case="theirs")
    await store.append("case-theirs", [ours], expected_version=1)

    assert await armed(timers) == 4
    assert await claimed(timers) == ["case-ours"]


async def test_facts_are_gone_through_so_many_at_a_time(store: EventStore, timers: Timers) -> None:
    await begin(store, "A", "B", "C")

    assert [await armed(timers, 2), await armed(timers, 2), await armed(timers, 2)] == [2, 1, 0]
    assert await claimed(timers) == ["case-A", "case-B", "case-C"]


async def test_what_one_has_claimed_nobody_else_has_before_the_time(
    store: EventStore, timers: Timers
) -> None:
    await begin(store, "A", "B", "C")
    await armed(timers)

    shares = await asyncio.gather(*(claimed(timers, 2) for _ in range(4)))

    streams = [stream for share in shares for stream in share]
    assert len(streams) == len(set(streams))
    rest = await claimed(timers)
    assert sorted([*streams, *rest]) == ["case-A", "case-B", "case-C"]
    assert await claimed(timers) == []
    assert await timers.claim(LATER, NEXT_DAY, 100) == ["case-A", "case-B", "case-C"]


async def test_a_stream_is_due_again_when_it_was_put_off_to(
    store: EventStore, timers: Timers
) -> None:
    await begin(store, "A")
    await armed(timers)
    (stream,) = await claimed(timers)

    await timers.settle(stream, LATER, NEXT_DAY)

    assert await timers.claim(NEXT_DAY - timedelta(seconds=1), NEXT_DAY, 1) == []
    assert await timers.claim(NEXT_DAY, NEXT_DAY + timedelta(days=1), 1) == [stream]


async def test_what_is_settled_stays_so_until_a_new_fact(store: EventStore, timers: Timers) -> None:
    await begin(store, "A")
    await armed(timers)
    (stream,) = await claimed(timers)

    await timers.settle(stream, LATER, None)
    assert await timers.claim(NEXT_DAY, NEXT_DAY, 1) == []

    await store.append(stream, [activity(2, case="A")], expected_version=1)
    await armed(timers)
    assert await timers.claim(MONDAY, LATER, 1) == [stream]


@pytest.mark.parametrize("next_at", [None, NEXT_DAY])
async def test_a_fact_that_came_in_between_is_not_overlooked(
    store: EventStore, timers: Timers, next_at: None
) -> None:
    await begin(store, "A")
    await armed(timers)
    (stream,) = await claimed(timers)
    await store.append(stream, [activity(2, case="A")], expected_version=1)
    await armed(timers)

    await timers.settle(stream, LATER, next_at)

    assert await claimed(timers) == [stream]


async def test_other_rules_arm_whatever_waits_for_its_instant(
    store: EventStore, timers: Timers
) -> None:
    await begin(store, "A", "B")
    await armed(timers)
    assert len(await claimed(timers)) == 2
    await timers.settle("case-A", LATER, NEXT_DAY)
    await timers.settle("case-B", LATER, None)

    await timers.arm_all()

    assert await claimed(timers) == ["case-A"]
