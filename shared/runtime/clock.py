"""The port through which everything learns the time, and the two clocks behind it."""

import asyncio
import heapq
import time
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Protocol


class Clock(Protocol):
    """The time of day, the time since some start, and waiting: the only way to either."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds since an arbitrary start; never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return when *seconds* have passed on this clock."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class VirtualClock:
    """A clock that moves only when told to, and wakes sleepers in the order of their due times."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a virtual clock starts at an aware instant")
        self._start = start.astimezone(UTC)
        self._elapsed = 0.0
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        waking: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._order), waking))
        await waking

    @property
    def next_waking(self) -> datetime | None:
        """When the first sleeper is due; None where nobody sleeps."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        if not self._sleepers:
            return None
        return self._start + timedelta(seconds=self._sleepers[0][0])

    def advance(self, span: timedelta) -> None:
        """Move forward by *span*; whoever was due meanwhile runs when the loop next turns."""
        if span < timedelta(0):
            raise ValueError("time does not go back")
        target = self._elapsed + span.total_seconds()
        while self._sleepers and self._sleepers[0][0] <= target:
            due, _, waking = heapq.heappop(self._sleepers)
            self._elapsed = due
            if not waking.done():
                waking.set_result(None)
        self._elapsed = target

    def advance_to(self, instant: datetime) -> None:
        """Move forward until it is *instant*."""
        self.advance(instant - self.now())
