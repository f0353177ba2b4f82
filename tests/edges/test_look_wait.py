"""When the ticker looks: as the next clock is due, less and less for a lane that is behind."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import pytest

from services.metrics.handlers.ticker import (
    CLOCKS_MIN,
    HELPING_SECONDS,
    LOOK_SECONDS_MAX,
    LOOK_SECONDS_MIN,
    PRESSED_SECONDS,
    LookWait,
    Ticker,
)
from services.metrics.ports.deadlines import Deadlines
from shared.policy.rules import shipped
from shared.runtime.clock import VirtualClock
from tests.support.eventually import eventually
from tests.support.metrics_store import FACTS, MONTH_LATER, opened


@pytest.mark.parametrize(
    ("left", "seconds"),
    [
        (None, LOOK_SECONDS_MAX),
        (3600.0, LOOK_SECONDS_MAX),
        (0.1, 0.1),
        (0.001, LOOK_SECONDS_MIN),
        (0.0, LOOK_SECONDS_MIN),
        (-5.0, LOOK_SECONDS_MIN),
    ],
)
def test_nobody_looks_before_the_next_clock_is_due(left: float | None, seconds: float) -> None:
    assert LookWait().after(0, left) == seconds


def test_a_sweep_that_found_much_is_followed_by_the_next_at_once() -> None:
    assert LookWait().after(CLOCKS_MIN, -1.0) == 0.0


def test_what_waits_for_its_lane_is_asked_less_and_less_until_something_comes_of_it() -> None:
    wait = LookWait()
    held_up = [wait.after(0, -1.0) for _ in range(5)]

    assert held_up == [0.05, 0.1, 0.2, 0.25, 0.25]
    assert (wait.after(1, -1.0), wait.after(0, -1.0)) == (LOOK_SECONDS_MIN, 0.1)


@dataclass
class Pressed:
    """Deadlines of which none is ever due, beside facts that wait for Kafka so long."""

    seconds: float
    asked: int = 0
    claims: list[object] = field(default_factory=list)

    async def pressed_seconds(self) -> float:
        self.asked += 1
        return self.seconds

    def claim(self, *asked: object) -> Any:  # noqa: ANN401 - nothing comes of it
        self.claims.append(asked)
        raise NotImplementedError


@pytest.mark.parametrize(("seconds", "swept"), [(PRESSED_SECONDS + 1, 0), (PRESSED_SECONDS, 1)])
async def test_the_second_sweep_leaves_the_machine_to_whoever_sends_facts(
    seconds: float, swept: int
) -> None:
    deadlines, clock, stopping = Pressed(seconds), VirtualClock(MONTH_LATER), asyncio.Event()
    ticker = Ticker(cast(Deadlines, deadlines), shipped(), clock, "urn:test")
    task = asyncio.ensure_future(ticker.help(stopping))
    await eventually(lambda: deadlines.asked == 1)
    if not swept:
        clock.advance(timedelta(seconds=HELPING_SECONDS))
        await eventually(lambda: deadlines.asked == 2)
    stopping.set()
    ended = await asyncio.gather(task, return_exceptions=True)

    assert len(deadlines.claims) == swept
    assert [type(one) for one in ended] == [NotImplementedError if swept else type(None)]


async def test_what_is_armed_first_is_known_though_it_is_over() -> None:
    async with opened("memory") as store:
        nothing = await store.deadlines.coming()
        await store.fold(*FACTS[:3])
        armed = await store.deadlines.coming()

    assert nothing is None
    assert armed is not None
    assert armed < MONTH_LATER
