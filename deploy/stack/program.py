"""Programs that somebody waits for: none outlives the wait."""

import asyncio
import ctypes
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from deploy.stack.places import Account

LOOK_SECONDS = 0.05
PR_SET_PDEATHSIG = 1

Argv = Sequence[str | Path]
Done = subprocess.CompletedProcess[str]


def follow_parent(last_signal: int) -> Callable[[], None] | None:
    """
    Return what a child does before it becomes its program, so that it ends with us.

    Linux sends it *last_signal* where we are killed. Elsewhere nobody does.
    """
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is None:
        return None
    parent = os.getpid()

    def in_child() -> None:
        prctl(PR_SET_PDEATHSIG, last_signal)
        if os.getppid() != parent:
            os._exit(1)

    return in_child


def as_account(account: Account | None) -> dict[str, Any]:
    """Return what lets a program run under *account*, for `subprocess.Popen`."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def run(argv: Argv, *, folder: Path, env: Mapping[str, str] | None = None) -> Done:
    """Return how *argv* ended and what it said; it is ended where the wait is interrupted."""
    with _started(argv, folder, env=env) as started:
        started.child.wait()
        return started.done()


async def run_within(
    seconds_max: float, argv: Argv, *, folder: Path, account: Account | None = None
) -> Done:
    """
    Return how *argv* ended and what it said; it is ended where the wait is cancelled.

    Raises:
        TimeoutError: it took longer than *seconds_max*, and was ended.
    """
    with _started(argv, folder, account=account) as started:
        # Not asyncio's own subprocess: a cancelled start there can leave a child that nobody knows.
        try:
            async with asyncio.timeout(seconds_max):
                while started.child.poll() is None:  # noqa: ASYNC110 - a process tells no event
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError as late:
            raise TimeoutError(f"no end after {seconds_max:.0f} s") from late
        return started.done()


@dataclass(frozen=True, slots=True)
class _Started:
    """A program that runs, and where it says what it says."""

    child: subprocess.Popen[bytes]
    out: IO[bytes]
    err: IO[bytes]

    def done(self) -> Done:
        said = (_all_of(self.out), _all_of(self.err))
        return subprocess.CompletedProcess(self.child.args, self.child.returncode, *said)


@contextmanager
def _started(
    argv: Argv,
    folder: Path,
    *,
    env: Mapping[str, str] | None = None,
    account: Account | None = None,
) -> Iterator[_Started]:
    # Into files, because a pipe that nobody reads stops a program; in a session of its own, so that
    # whatever it starts is ended with it.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(
            argv,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
            preexec_fn=follow_parent(signal.SIGKILL),  # noqa: PLW1509 - no threads here
            **as_account(account),
        )
        try:
            yield _Started(child, out, err)
        finally:
            if child.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait()


def _all_of(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")
