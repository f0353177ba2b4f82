"""The one process that owns all others: brings them up in stages, keeps them up, ends them."""

import asyncio
import fcntl
import os
import signal
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path

import structlog

from deploy.faults import Fault, first_of
from deploy.stack.journal import Journal, Process, StackPhase, StackRecord
from deploy.stack.keeper import Keeper
from deploy.stack.part import PartGroup
from deploy.stack.places import StackFolders

STOP_SECONDS_MAX = 10.0
KILL_SECONDS_MAX = 5.0
POLL_SECONDS = 0.05
LOG_BYTES_MAX = 20 * 1024 * 1024
FILES_LOOK_SECONDS = 5.0

log = structlog.get_logger()


class StopRequestedError(Exception):
    """Somebody asked the supervisor to end; cancels what is under way."""


class Supervisor:
    """Runs *stages* until told to stop; whatever happens, no process is left when `run` returns."""

    def __init__(
        self,
        places: StackFolders,
        journal: Journal,
        stages: Sequence[PartGroup],
        env: Mapping[str, str],
    ) -> None:
        self._places = places
        self._journal = journal
        self._stop = asyncio.Event()
        self._stages = [
            (
                stage,
                [
                    Keeper(part, journal, places.logs / f"{part.name}.log", env)
                    for part in stage.parts
                ],
            )
            for stage in stages
        ]

    def request_stop(self) -> None:
        """Ask for the orderly end; may be called from a signal handler."""
        self._stop.set()

    async def run(self) -> None:
        """Bring everything up and keep it up until a stop is requested. Raises the first fault."""
        self._journal.enter(StackPhase.STARTING)
        try:
            await self._run()
        # Not `except*`, which would wrap what is raised in it into a group again.
        except BaseExceptionGroup as several:
            cause = first_of(several)
            if self._stop.is_set():
                self._journal.enter(StackPhase.STOPPING)
            elif isinstance(cause, Fault):
                self._journal.enter(StackPhase.FAILED, {"code": cause.code, **cause.values})
                raise cause from None
            else:
                raise
        finally:
            await self._stop_all()
        self._journal.enter(StackPhase.STOPPED)

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._await_stop())
            group.create_task(self._keep_files())
            for stage, keepers in self._stages:
                for keeper in keepers:
                    group.create_task(keeper.run())
                for keeper in keepers:
                    await keeper.ready.wait()
                if stage.settle is not None:
                    await stage.settle()
            self._journal.enter(StackPhase.READY)
            log.info("stack_ready")

    async def _await_stop(self) -> None:
        await self._stop.wait()
        raise StopRequestedError

    async def _keep_files(self) -> None:
        while True:
            await asyncio.sleep(FILES_LOOK_SECONDS)
            if self._journal.behind:
                self._journal.write()
            for path in self._places.logs.glob("*.log"):
                # On a full disk nothing grows, so the cap can wait.
                with suppress(OSError):
                    cap_log(path)

    async def _stop_all(self) -> None:
        for _, keepers in reversed(self._stages):
            for keeper in keepers:
                keeper.signal(keeper.part.stop_signal)
            await _ended(keepers, STOP_SECONDS_MAX)
            for keeper in keepers:
                keeper.kill()
            await _ended(keepers, KILL_SECONDS_MAX)


async def _ended(keepers: Sequence[Keeper], seconds_max: float) -> None:
    for _ in range(round(seconds_max / POLL_SECONDS)):
        if all(keeper.has_ended() for keeper in keepers):
            return
        await asyncio.sleep(POLL_SECONDS)


def cap_log(path: Path) -> None:
    """
    Keep a part's log below its limit: one old file, then from the start again.

    The part appends to the open file, so it is emptied in place; lines written
    between the copy and the emptying are lost.
    """
    if path.stat().st_size <= LOG_BYTES_MAX:
        return
    path.with_suffix(".log.1").write_bytes(path.read_bytes())
    os.truncate(path, 0)


def take_lock(places: StackFolders) -> TextIOWrapper | None:
    """Return the supervisor's lock, which ends with the process; None where another holds it."""
    handle = places.lock.open("a")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle


def end_leftovers(record: StackRecord | None) -> list[str]:
    """
    End what a killed supervisor has left running, and return the names.

    Only processes that still are those of the record are touched.
    """
    if record is None:
        return []
    left = {
        name: (part.process, part.stop_signal)
        for name, part in reversed(list(record.parts.items()))
        if part.process is not None and part.process.found() is not None
    }
    for process, stop_signal in left.values():
        process.signal(stop_signal)
    _gone([process for process, _ in left.values()], STOP_SECONDS_MAX)
    for process, _ in left.values():
        process.signal(signal.SIGKILL)
    _gone([process for process, _ in left.values()], KILL_SECONDS_MAX)
    return list(left)


def _gone(processes: Iterable[Process], seconds_max: float) -> None:
    deadline = time.monotonic() + seconds_max
    while time.monotonic() < deadline and any(process.found() for process in processes):
        time.sleep(POLL_SECONDS)
