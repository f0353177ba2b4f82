"""How long a count stood still, while something was done to those who move it."""

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

LOOK_SECONDS = 0.05

Count = Callable[[], int | Awaitable[int]]


@dataclass
class Stall:
    """The longest stretch in which the count did not grow, in seconds."""

    seconds: float = 0.0
    count: int = 0

    async def watch(self, count: Count) -> None:
        """Look again and again."""
        grown_at = time.monotonic()
        while True:
            answer = count()
            number = await answer if inspect.isawaitable(answer) else answer
            if number > self.count:
                self.count, grown_at = number, time.monotonic()
            self.seconds = max(self.seconds, time.monotonic() - grown_at)
            await asyncio.sleep(LOOK_SECONDS)


@asynccontextmanager
async def stalls(*counts: Count) -> AsyncIterator[list[Stall]]:
    """Watch each of *counts* within the block."""
    watched = [Stall() for _ in counts]
    async with asyncio.TaskGroup() as tasks:
        watching = [
            tasks.create_task(stall.watch(count))
            for stall, count in zip(watched, counts, strict=True)
        ]
        yield watched
        for task in watching:
            task.cancel()
