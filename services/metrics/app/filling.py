"""The other processes of a rebuild: each fills lanes for as long as whoever leads lives."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO, cast

import structlog

from services.metrics.adapters.rebuilding import join_beside
from services.metrics.app.fingerprint import our_fingerprint
from services.metrics.app.rules import first_rules
from services.metrics.handlers.filling import Filling
from services.metrics.handlers.rebuild import Crew
from services.metrics.ports.rebuilding import RebuildOvertaken
from shared.eventstore.port import StoreUnavailable
from shared.runtime.lifecycle import run, unless

ROOT = Path(__file__).parents[3]
"""Where our own code lies: helpers are of the same."""
NOT_THEIRS = ("CASETRACK_READY_FILE",)
"""What a process says of itself, its helpers do not say."""

log = structlog.get_logger()


def crew(dsn: str, processes: int | None, *, stderr: IO[bytes] | int | None = None) -> Crew:
    """Return *processes* over the database *dsn*; None: one for each CPU."""

    @asynccontextmanager
    async def helpers(count: int, lanes_max: int) -> AsyncIterator[None]:
        with ExitStack() as started:
            for _ in range(count):
                started.enter_context(_helper(dsn, lanes_max, stderr))
            yield

    return Crew(processes or cpus(), helpers)


def cpus() -> int:
    """Return on how many CPUs this process may run."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def _helper(dsn: str, lanes_max: int, stderr: IO[bytes] | int | None) -> Iterator[None]:
    """Have one more process within the block; killed, it has written whole steps or nothing."""
    environment = {name: value for name, value in os.environ.items() if name not in NOT_THEIRS}
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "services.metrics.app.filling", str(lanes_max)],
        env=environment | {"PYTHONPATH": str(ROOT)},
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        # Ctrl-C is for us: we end it.
        start_new_session=True,
    ) as child:
        try:
            # Where it has ended already, its lanes are ours.
            with suppress(BrokenPipeError):
                cast("IO[bytes]", child.stdin).write(f"{dsn}\n".encode())
            yield
        finally:
            child.kill()


async def fill(dsn: str, lanes_max: int, stopping: asyncio.Event) -> None:
    """Fill lanes until there is none left to take, *stopping*, or whoever leads has gone."""
    loop, leash = asyncio.get_running_loop(), sys.stdin.fileno()

    def let_go() -> None:
        # Nothing more is ever written: it is closed, by the kernel where our leader was killed.
        loop.remove_reader(leash)
        stopping.set()

    loop.add_reader(leash, let_go)
    try:
        async with join_beside(dsn, our_fingerprint()) as beside:
            await unless(stopping, partial(Filling(beside, first_rules()).handle, lanes_max))
    except* (StoreUnavailable, RebuildOvertaken) as fault:
        log.warning("filling_given_up", fault=repr(fault))


def main() -> int:
    """Fill stints of as many lanes as the command line says, where the first line of stdin says."""
    dsn = sys.stdin.readline().strip()
    return run("metrics-filling", partial(fill, dsn, int(sys.argv[1])))


if __name__ == "__main__":
    sys.exit(main())
