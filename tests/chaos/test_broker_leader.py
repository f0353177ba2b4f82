"""Three brokers lose the one that leads, under load: nothing is lost, nothing counts twice."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.support.broker import START_SECONDS_MAX, ThreeBrokers, three_brokers
from tests.support.eventually import eventually
from tests.support.loaded_way import DECIDERS, OWNERS, PARTS, LoadedWay
from tests.support.whole_way import whole_way

ACCEPTED_STALL_SECONDS_MAX = 8.0
"""Less than Kafka's own time-out, before which nobody else leads: to accept takes no Kafka."""
FOLDED_STALL_SECONDS_MAX = 90.0


@pytest.fixture
async def brokers(tmp_path: Path) -> AsyncIterator[ThreeBrokers]:
    async with three_brokers(tmp_path / "kafka") as cluster:
        yield cluster


@pytest.fixture
async def loaded(
    tmp_path: Path, brokers: ThreeBrokers, role_dsn: Callable[[str], str]
) -> AsyncIterator[LoadedWay]:
    async with whole_way(
        tmp_path / "home",
        role_dsn=role_dsn,
        kafka=brokers.address,
        metrics=PARTS,
        owners=OWNERS,
        deciders=DECIDERS,
    ) as way:
        yield LoadedWay(way, brokers.address)


@pytest.mark.timeout(900)
async def test_the_leader_of_three_brokers_is_lost_and_nothing_else(
    loaded: LoadedWay, brokers: ThreeBrokers
) -> None:
    seen: dict[str, tuple[float, float]] = {}
    async with loaded.loaded():
        await loaded.goes_on()
        for leader in (brokers.busiest, brokers.controller):
            victim = brokers.nodes[await eventually(leader, within=START_SECONDS_MAX)]
            async with loaded.stalled() as (accepted, folded):
                await victim.kill()
            seen[f"{leader.__name__} killed"] = (accepted.seconds, folded.seconds)
            await victim.start()
            await eventually(brokers.whole, within=START_SECONDS_MAX)
            await loaded.goes_on()
    loaded.tell(seen)

    assert await loaded.amiss() == {}
    assert all(accepting < ACCEPTED_STALL_SECONDS_MAX for accepting, _ in seen.values())
    assert all(folding < FOLDED_STALL_SECONDS_MAX for _, folding in seen.values())
