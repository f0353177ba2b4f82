"""How a process lives: started once, stopped gracefully, killed at named points, watched."""

import asyncio
import faulthandler
import gc
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from threading import Event
from typing import Any

import structlog
import uvloop

from shared.runtime.background import in_background
from shared.runtime.clock import Clock
from shared.runtime.faults import PlainFault, first_of
from shared.runtime.logs import configure_logs
from shared.runtime.refused import distrust_of
from shared.runtime.traces import begin_traces, end_traces

log = structlog.get_logger()

STOPPING_SECONDS_MAX = 4.0
"""So long may a graceful stop take before it is cancelled."""
ENDING_SECONDS_MAX = 1.0
"""So long may what was cancelled take; both together, any supervisor grants before it kills."""

GARBAGE_THRESHOLDS = (1_000_000, 20, 50)
"""
A batch of the fold makes several hundred thousand objects that live until its commit.

There is no cycle among them, and to look for one each time costs a tenth of the fold.
"""

KILLED = 137
FAILED = 1

Main = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
"""The life of a process: returns soon after the event, *stopping*, is set."""

Attempt = Callable[[], Coroutine[Any, Any, None]]


def run(name: str, main: Main) -> int:
    """
    Live *main* until it returns or a signal ends it, and return the exit status.

    The first SIGTERM or SIGINT asks for a graceful stop, the second one, or
    `STOPPING_SECONDS_MAX`, cancels. What is not over `ENDING_SECONDS_MAX` after that is
    ended where it stands, with the stacks of its threads: nothing of ours needs a last word.
    """
    with in_background(sys.stderr) as stream:
        configure_logs(name, stream)
        begin_traces(name)
        gc.set_threshold(*GARBAGE_THRESHOLDS)
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_live(main))
        except Exception as fault:
            if distrust := distrust_of(fault):
                # Where it was raised helps nobody: a setting or a certificate is wrong.
                log.error("process_not_let_in", reason=distrust.value, fault=repr(fault))  # noqa: TRY400 - see above
            elif isinstance(plain := first_of(fault, PlainFault), PlainFault):
                log.error(plain.event, **plain.values)  # noqa: TRY400 - as above
            else:
                log.exception("process_failed")
            return FAILED
        finally:
            withdraw_ready()
            end_traces()
        log.info("process_stopped")
    return 0


async def _live(main: Main) -> None:
    stopping = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        life = tasks.create_task(main(stopping), name="main")
        undertaker = tasks.create_task(_end_after(stopping, life), name="undertaker")
        _obey_signals(stopping, life)
        await asyncio.wait({life})
        undertaker.cancel()


def _obey_signals(stopping: asyncio.Event, life: asyncio.Task[None]) -> None:
    def ask() -> None:
        if stopping.is_set():
            life.cancel()
        else:
            log.info("process_stopping")
            withdraw_ready()
            # Armed to the very end: the interpreter waits for a library's threads without a limit.
            faulthandler.dump_traceback_later(STOPPING_SECONDS_MAX + ENDING_SECONDS_MAX, exit=True)
            stopping.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask)


async def _end_after(stopping: asyncio.Event, life: asyncio.Task[None]) -> None:
    await stopping.wait()
    await asyncio.sleep(STOPPING_SECONDS_MAX)
    log.warning(
        "process_stop_overdue",
        seconds=STOPPING_SECONDS_MAX,
        waiting_at=sorted(where_it_waits(task) for task in asyncio.all_tasks()),
    )
    life.cancel()


def where_it_waits(task: asyncio.Task[Any]) -> str:
    """Name *task* and the coroutines in which it stands, outermost first: `main: serve > close`."""
    names: list[str] = []
    waiting: Any = task.get_coro()
    while hasattr(waiting, "cr_await"):
        names.append(waiting.__qualname__)
        waiting = waiting.cr_await
    return f"{task.get_name()}: {' > '.join(names)}"


async def pause(clock: Clock, seconds: float, stopping: asyncio.Event) -> bool:
    """Wait *seconds* or until *stopping*, whichever is first; return whether we are stopping."""
    async with asyncio.TaskGroup() as waiting:
        sleeper = waiting.create_task(clock.sleep(seconds))
        listener = waiting.create_task(stopping.wait())
        await asyncio.wait({sleeper, listener}, return_when=asyncio.FIRST_COMPLETED)
        sleeper.cancel()
        listener.cancel()
    return stopping.is_set()


async def unless(stopping: asyncio.Event, attempt: Attempt) -> None:
    """Let *attempt* go on until it is done or we are *stopping*: then it is cancelled."""
    async with asyncio.TaskGroup() as tasks:
        both = {tasks.create_task(attempt()), tasks.create_task(_set(stopping))}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for task in both:
            task.cancel()


async def _set(event: asyncio.Event) -> None:
    await event.wait()


_serving = Event()


def announce_ready() -> None:
    """Tell whoever asks that we serve, for the first time."""
    # What stands now stands for ever: to look through it for garbage halts every request.
    gc.collect()
    gc.freeze()
    tell_ready()
    log.info("process_ready")


def tell_ready() -> None:
    """Tell our own door and the supervisor: CASETRACK_READY_FILE appears, with our pid in it."""
    _serving.set()
    if path := os.environ.get("CASETRACK_READY_FILE"):
        Path(path).write_text(f"{os.getpid()}\n", encoding="ascii")


def withdraw_ready() -> None:
    """Take it back: for a while, or because we end."""
    _serving.clear()
    if path := os.environ.get("CASETRACK_READY_FILE"):
        Path(path).unlink(missing_ok=True)


def is_ready() -> bool:
    """Say what was told last."""
    return _serving.is_set()


class CrashPoint:
    """The place that CASETRACK_CRASH names: `relay.sent_before_cursor`, or its third pass `…:3`."""

    def __init__(self, named: str) -> None:
        self._place, _, passes = named.partition(":")
        self._passes_left = int(passes or 1)

    def reached(self, place: str) -> bool:
        if place != self._place:
            return False
        self._passes_left -= 1
        return self._passes_left == 0


_crash_point = CrashPoint(os.environ.get("CASETRACK_CRASH", ""))


def crash(place: str) -> None:
    """End the process as `kill -9` would, where the environment names *place*; else do nothing."""
    if _crash_point.reached(place):
        sys.stderr.write(f"crashed at {place}\n")
        os._exit(KILLED)


class NoProgress(Exception):
    """A loop was alive and got nothing done; only a new process helps."""

    def __init__(self, loop: str, seconds: float) -> None:
        super().__init__(loop, seconds)
        self.loop = loop
        self.seconds = seconds


class Watchdog:
    """
    Ends the process where a loop makes no business progress (R14).

    The loop calls `progressed` whenever it moved something on, or saw that there
    is nothing to move; that its task still lives proves neither.
    """

    def __init__(self, loop: str, clock: Clock, *, patience_seconds: float = 60.0) -> None:
        self._loop = loop
        self._clock = clock
        self._patience = patience_seconds
        self._progressed_at = clock.monotonic()

    def progressed(self) -> None:
        self._progressed_at = self._clock.monotonic()

    async def watch(self, stopping: asyncio.Event) -> None:
        """
        Return when *stopping*.

        Raises:
            NoProgress: the loop's patience has run out.
        """
        while not await pause(self._clock, self._patience / 10, stopping):
            still = self._clock.monotonic() - self._progressed_at
            if still > self._patience:
                raise NoProgress(self._loop, still)
