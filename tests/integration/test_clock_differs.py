"""A clock and that of PostgreSQL's machine are apart: it is said, and nothing comes too early."""

from collections.abc import Iterator
from datetime import timedelta

import asyncpg
import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from shared.eventstore.connecting import compare_clocks, connect
from shared.runtime.clock import SystemClock, VirtualClock
from shared.runtime.wall_guard import MACHINE, WallGuard

TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture
def clock() -> Iterator[SystemClock]:
    yield SystemClock()
    MACHINE.measured(0.0, SystemClock())


def shown() -> float:
    return REGISTRY.get_sample_value("casetrack_clock_difference_seconds") or 0.0


@pytest.mark.parametrize("apart", [TEN_MINUTES, -TEN_MINUTES])
async def test_a_clock_that_is_apart_is_measured_and_named(
    superuser: asyncpg.Connection, clock: SystemClock, apart: timedelta
) -> None:
    with capture_logs() as logs:
        await compare_clocks(superuser, VirtualClock(clock.now() + apart))

    assert [line["event"] for line in logs] == ["clock_differs"]
    assert abs(logs[0]["ahead_seconds"] - apart.total_seconds()) < 5
    assert abs(shown() - apart.total_seconds()) < 5


async def test_a_pool_of_connections_says_it_once_and_a_clock_that_steps_is_named_anew(
    clock: SystemClock,
) -> None:
    with capture_logs() as logs:
        for ahead in (600.0, 600.1, 599.9, 300.0, 0.1, 600.0):
            MACHINE.measured(ahead, clock)

    assert [line["ahead_seconds"] for line in logs] == [600.0, 300.0, 600.0]


async def test_whoever_connects_compares_and_says_nothing_of_a_clock_that_is_right(
    postgres_dsn: str, clock: SystemClock
) -> None:
    MACHINE.measured(600.0, clock)
    with capture_logs() as logs:
        connection = await connect(postgres_dsn)
        await connection.close()

    assert logs == []
    assert abs(shown()) < 5
    assert WallGuard(clock).trusts(clock.now())


def test_by_a_clock_that_is_ahead_nothing_is_ended_until_it_is_set(clock: SystemClock) -> None:
    guard = WallGuard(clock)
    MACHINE.measured(600.0, clock)
    ahead = guard.trusts(clock.now())
    set_right = MACHINE.is_ahead(clock.now() - TEN_MINUTES, clock.monotonic())

    assert (ahead, set_right) == (False, False)


def test_a_clock_that_is_behind_makes_late_and_is_believed(clock: SystemClock) -> None:
    MACHINE.measured(-600.0, clock)

    assert WallGuard(clock).trusts(clock.now())
