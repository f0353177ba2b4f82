"""Verification waits for whoever gets on with it, however long, and for nobody who stands still."""

from collections.abc import Mapping
from datetime import datetime
from itertools import chain, repeat

from services.metrics.adapters.memory.recorded import MemoryRecords
from services.metrics.adapters.memory.tables import MemoryTables
from services.metrics.app.fingerprint import our_fingerprint
from services.metrics.handlers.difference import Difference, What
from services.metrics.handlers.verify import LOOK_SECONDS, Verifying
from shared.eventstore.memory import MemoryEventStore
from shared.kafka.port import Partition
from shared.runtime.clock import SystemClock

PATIENCE_SECONDS = 5.0
LOOKS = int(PATIENCE_SECONDS / LOOK_SECONDS)


class PassingClock(SystemClock):
    """Whoever sleeps has slept."""

    def __init__(self) -> None:
        self.slept = 0.0

    def monotonic(self) -> float:
        return self.slept

    async def sleep(self, seconds: float) -> None:
        self.slept += seconds


class Ticking(MemoryRecords):
    """Records whose ticker has so many clocks before it, from one look to the next."""

    def __init__(self, clock: PassingClock, left: list[int]) -> None:
        super().__init__(MemoryTables(MemoryEventStore(), clock), {}, our_fingerprint())
        self._left = chain(left, repeat(left[-1]))

    async def due(self, _at: datetime) -> int:
        return next(self._left)


async def no_ends() -> Mapping[Partition, int]:
    return {}


async def waited(left: list[int]) -> tuple[list[Difference], float]:
    """Return what a verification notes before it begins, and for how long it waited."""
    clock = PassingClock()
    verifying = Verifying(Ticking(clock, left), clock, our_fingerprint())
    await verifying.settle(no_ends, PATIENCE_SECONDS)
    return verifying.report.differences, clock.slept


async def test_a_ticker_that_gets_on_is_waited_for_beyond_all_patience() -> None:
    steps = [clocks for clocks in range(30, 0, -1) for _ in range(LOOKS - 1)]

    noted, seconds = await waited([*steps, 0])

    assert noted == []
    assert seconds > 20 * PATIENCE_SECONDS


async def test_a_ticker_that_stands_still_is_told_after_the_patience() -> None:
    noted, seconds = await waited([30, 20])

    assert noted == [Difference("clocks", What.TICKER_BEHIND, 20, 0)]
    assert PATIENCE_SECONDS <= seconds <= PATIENCE_SECONDS + 3 * LOOK_SECONDS
