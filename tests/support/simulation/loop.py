"""An event loop without a world: virtual time, and a seeded choice of who runs next."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from itertools import count
from random import Random
from typing import Any, TypeVar, TypeVarTuple, Unpack

from shared.runtime.clock import VirtualClock

T = TypeVar("T")
Args = TypeVarTuple("Args")

Ready = tuple[asyncio.Handle, Callable[..., object], tuple[Any, ...], Context]


class Stuck(Exception):
    """Everybody waits for somebody, and no time that passes will change that."""


class NumberedTask(asyncio.Task[Any]):
    """A task that knows how many were made before it, which every run of a seed repeats."""

    number: int


class SimulatedLoop(asyncio.AbstractEventLoop):
    """
    Runs coroutines as asyncio does, except that nothing outside decides anything.

    Of the tasks that could go on, chance picks one; callbacks between them
    keep their order, because asyncio promises it. Time moves only when nobody
    can go on. What asyncio's own timers, threads and sockets would need is
    missing, so code that goes around the ports fails here.
    """

    def __init__(self, clock: VirtualClock, chance: Random) -> None:
        self._clock = clock
        self._chance = chance
        self._plumbing: deque[Ready] = deque()
        self._tasks: list[tuple[int, Ready]] = []
        self._numbers = count()
        self._fault: dict[str, Any] | None = None
        self.steps = 0

    def live(self, main: Coroutine[Any, Any, T]) -> T:
        """Run *main* to its end and return its result."""
        asyncio._set_running_loop(self)  # noqa: SLF001 - asyncio's own words for such a loop
        try:
            task = self.create_task(main)
            while not task.done():
                self._step()
        finally:
            asyncio._set_running_loop(None)  # noqa: SLF001 - as above
        if self._fault is not None:
            raise RuntimeError(self._fault["message"]) from self._fault.get("exception")
        result: T = task.result()
        return result

    def _step(self) -> None:
        if not self._plumbing and not self._tasks:
            waking = self._clock.next_waking
            if waking is None:
                raise Stuck
            self._clock.advance_to(waking)
            return
        self.steps += 1
        handle, callback, args, context = self._next()
        if not handle.cancelled():
            context.run(callback, *args)

    def _next(self) -> Ready:
        if self._plumbing:
            return self._plumbing.popleft()
        if len(self._tasks) == 1:
            return self._tasks.pop()[1]
        # By number, because a task group cancels its tasks in the order of their addresses.
        self._tasks.sort(key=lambda entry: entry[0])
        return self._tasks.pop(self._chance.randrange(len(self._tasks)))[1]

    def call_soon(
        self,
        callback: Callable[[Unpack[Args]], object],
        *args: *Args,
        context: Context | None = None,
    ) -> asyncio.Handle:
        context = context or copy_context()
        handle = asyncio.Handle(callback, args, self, context)
        ready = (handle, callback, args, context)
        task = getattr(callback, "__self__", None)
        if isinstance(task, NumberedTask):
            self._tasks.append((task.number, ready))
        else:
            self._plumbing.append(ready)
        return handle

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(
        self,
        coro: Coroutine[Any, Any, T],  # type: ignore[override]  # generators are no tasks here
        *,
        name: object = None,
        context: Context | None = None,
    ) -> asyncio.Task[T]:
        # The number comes first: a task asks for its first step while it is made.
        NumberedTask.number = next(self._numbers)
        task = NumberedTask(coro, loop=self, name=str(name or "task"), context=context)
        task.number = NumberedTask.number
        return task

    def time(self) -> float:
        return self._clock.monotonic()

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        self._fault = self._fault or context
