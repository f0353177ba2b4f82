"""Keeping one part alive: start, wait, start again with back-off."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import structlog

from deploy.faults import Fault, PartFailed
from deploy.stack.journal import Journal, PartRecord, Process
from deploy.stack.part import StackPart
from deploy.stack.program import as_account, follow_parent

BACK_OFF_SECONDS_MIN = 0.2
BACK_OFF_SECONDS_MAX = 10.0
HEALTHY_SECONDS = 30.0
STARTS_BEFORE_READY_MAX = 5
FIRST_READY_SECONDS_MAX = 120.0
POLL_SECONDS = 0.05
LOG_TAIL_BYTES = 4096

log = structlog.get_logger()


class Keeper:
    """Runs one part for as long as it is not cancelled, then lets itself be stopped."""

    def __init__(
        self, part: StackPart, journal: Journal, log_file: Path, env: Mapping[str, str]
    ) -> None:
        self.part = part
        self.ready = asyncio.Event()
        self._journal = journal
        self._log_file = log_file
        self._env = {**env, **part.env}
        self._child: subprocess.Popen[bytes] | None = None
        self._starts = 0

    async def run(self) -> None:
        """Keep the part running. Raises PartFailed if it never becomes ready the first time."""
        back_off = BACK_OFF_SECONDS_MIN
        while True:
            started = time.monotonic()
            code = await self._live(started) if await self._start() else None
            lived = time.monotonic() - started
            self._note(ready=False)
            log.warning("part_ended", part=self.part.name, exit_code=code, lived_s=round(lived, 1))
            if not self.ready.is_set() and self._starts >= STARTS_BEFORE_READY_MAX:
                raise PartFailed(part=self.part.name, reason=self.last_line(), log=self._log_file)
            back_off = BACK_OFF_SECONDS_MIN if lived >= HEALTHY_SECONDS else back_off
            await asyncio.sleep(back_off)
            back_off = min(back_off * 2, BACK_OFF_SECONDS_MAX)

    def signal(self, number: int) -> None:
        """Send a signal to the part, if it runs."""
        if self._child is not None and self._child.poll() is None:
            with suppress(ProcessLookupError):
                self._child.send_signal(number)

    def kill(self) -> None:
        """End the part and what it started, without asking."""
        if self._child is not None and self._child.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)

    def has_ended(self) -> bool:
        return self._child is None or self._child.poll() is not None

    def last_line(self) -> str:
        """Return the last thing that the part said."""
        try:
            said = self._log_file.read_bytes()[-LOG_TAIL_BYTES:]
        except FileNotFoundError:
            return ""
        return "".join(said.decode(errors="replace").strip().splitlines()[-1:])

    async def _start(self) -> bool:
        try:
            await self._launch()
        except (Fault, OSError) as fault:
            # Later on a full disk is no reason to take everything else down.
            if not self.ready.is_set():
                raise
            log.error("part_not_started", part=self.part.name, reason=str(fault))  # noqa: TRY400
            return False
        return True

    async def _launch(self) -> None:
        if self.part.prepare is not None:
            await self.part.prepare()
        with self._log_file.open("ab") as output:
            # Not asyncio's own subprocess: a cancelled start there can leave a
            # child that nobody knows.
            self._child = subprocess.Popen(  # noqa: ASYNC220 - as said
                self.part.argv,
                env=self._env,
                cwd=self._log_file.parent.parent,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=follow_parent(self.part.stop_signal),  # noqa: PLW1509 - no threads here
                **as_account(self.part.account),
            )
        _stand_back(self._child.pid, self.part.niceness)
        self._starts += 1
        self._note(ready=False)
        log.info("part_started", part=self.part.name, pid=self._child.pid, starts=self._starts)

    async def _live(self, started: float) -> int | None:
        is_ready = False
        while not self.has_ended():
            if not is_ready and await self.part.ready() and not self.has_ended():
                is_ready = True
                self.ready.set()
                self._note(ready=True)
                log.info("part_ready", part=self.part.name)
            if not self.ready.is_set() and time.monotonic() - started > FIRST_READY_SECONDS_MAX:
                raise PartFailed(part=self.part.name, reason=self.last_line(), log=self._log_file)
            await asyncio.sleep(POLL_SECONDS)
        return None if self._child is None else self._child.returncode

    def _note(self, *, ready: bool) -> None:
        process = None
        if self._child is not None and not self.has_ended():
            process = Process.of(self._child.pid)
        record = PartRecord(
            process=process,
            url=self.part.url,
            ready=ready,
            starts=self._starts,
            stop_signal=self.part.stop_signal,
        )
        self._journal.note(self.part.name, record)


def _stand_back(pid: int, niceness: int) -> None:
    if not niceness:
        return
    with suppress(OSError):
        # Behind us, wherever whoever started us has put us.
        os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, 0) + niceness)
    # Linux may share processors out among sessions first, and each part has one of its own.
    with suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(niceness), encoding="ascii")
