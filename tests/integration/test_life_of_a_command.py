"""However a command ends that holds the stack up: one line, its status, no process left."""

import asyncio
import fcntl
import os
import pty
import re
import signal
import sys
import termios
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from deploy.stack.journal import last_record
from deploy.stack.places import StackFolders
from tests.support.eventually import eventually
from tests.support.ports import OF_A_BUREAU, free_port
from tests.support.standing_bureau import sweep
from tests.support.terminal import Terminal

pytestmark = pytest.mark.timeout(300)

GONE_SECONDS_MAX = 30.0
START_SECONDS_MAX = 120.0
CONTROL = re.compile(r"\x1b\[[?0-9;]*[a-zA-Z]")
CTRL_C = b"\x03"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give one home to all, so that only the first start makes its data folders."""
    home: Path = tmp_path_factory.mktemp("life") / "home"
    yield home
    sweep(StackFolders(home))


@dataclass
class Held:
    """A command with a terminal of its own."""

    process: asyncio.subprocess.Process
    keyboard: int
    home: Path
    shown: bytes = b""
    _closed: bool = field(default=False)

    def read(self) -> None:
        with suppress(OSError):
            self.shown += os.read(self.keyboard, 65_536)

    def press(self, keys: bytes) -> None:
        os.write(self.keyboard, keys)

    def close_terminal(self) -> None:
        if not self._closed:
            self._closed = True
            asyncio.get_running_loop().remove_reader(self.keyboard)
            os.close(self.keyboard)

    async def started(self, part: str) -> None:
        """Return once the process of *part* runs."""
        await eventually(lambda: part in running_parts(self.home), within=START_SECONDS_MAX)

    async def status(self) -> int:
        """Return the exit status; the prompt is back within half a minute."""
        return await asyncio.wait_for(self.process.wait(), GONE_SECONDS_MAX)

    async def ends_with(self, line: str) -> None:
        """Return once *line* stands there alone: what was written last is read last."""
        await eventually(lambda: self.last_lines == [line])

    @property
    def last_lines(self) -> list[str]:
        """What stands on the terminal after the last line that was drawn over."""
        text = self.shown.decode(errors="replace").rpartition("\x1b[2K")[2]
        return [line for line in CONTROL.sub("", text).splitlines() if line.strip()]


def running_parts(home: Path) -> set[str]:
    record = last_record(StackFolders(home).state)
    parts = {} if record is None else record.parts
    return {name for name, part in parts.items() if part.process and part.process.found()}


def left_of(home: Path) -> list[str]:
    """Return the command lines of all that still runs for this home."""
    return [" ".join(line) for process in psutil.process_iter() if (line := serving(process, home))]


def serving(process: psutil.Process, home: Path) -> list[str]:
    with suppress(psutil.Error):
        if process.environ().get("CASETRACK_HOME") == str(home):
            return [str(process.pid), *process.cmdline()]
    return []


def _at_a_terminal() -> None:
    """Have a terminal and hear of its end, also where the tests were told to outlive theirs."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@asynccontextmanager
async def held(home: Path, *words: str) -> AsyncIterator[Held]:
    keyboard, screen = pty.openpty()
    environment = {
        "CASETRACK_HOME": str(home),
        "CASETRACK_PORT": str(free_port(OF_A_BUREAU)),
        "CASETRACK_LANG": "en",
        "TERM": "xterm",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "deploy.command", *words),
        env={**os.environ, **environment},
        stdin=screen,
        stdout=screen,
        stderr=screen,
        start_new_session=True,
        preexec_fn=_at_a_terminal,
    )
    os.close(screen)
    command = Held(process, keyboard, home)
    asyncio.get_running_loop().add_reader(keyboard, command.read)
    try:
        yield command
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        command.close_terminal()
        await eventually(lambda: not left_of(home))


async def test_ctrl_c_while_it_starts(home: Path) -> None:
    async with held(home, "up") as command:
        await command.started("kafka")
        command.press(CTRL_C)
        status = await command.status()

        assert (status, left_of(home)) == (128 + signal.SIGINT, [])
        await command.ends_with("✗ interrupted")


async def test_a_termination_while_it_starts_in_the_background(home: Path) -> None:
    async with held(home, "up", "--detach") as command:
        await command.started("postgres")
        command.process.send_signal(signal.SIGTERM)
        status = await command.status()

        assert (status, left_of(home)) == (128 + signal.SIGTERM, [])


@pytest.mark.parametrize("words", [("up",), ("demo",)], ids=" ".join)
async def test_a_terminal_that_is_closed(home: Path, words: tuple[str, ...]) -> None:
    async with held(home, *words) as command:
        await command.started("intake")
        command.close_terminal()

        await eventually(lambda: not left_of(home), within=GONE_SECONDS_MAX)


async def test_a_kill_that_nothing_can_answer(home: Path) -> None:
    async with held(home, "up") as command:
        await command.started("intake")
        command.process.kill()

        await eventually(lambda: not left_of(home), within=GONE_SECONDS_MAX)


async def test_a_stop_from_elsewhere_ends_the_demo_and_its_load(home: Path) -> None:
    async with held(home, "demo") as command:
        await eventually(lambda: b"sign-in?" in command.shown, within=START_SECONDS_MAX)
        stopped = await Terminal(home).casetrack("down")
        status = await command.status()

        await command.ends_with("stopped from elsewhere; everything has stopped")
        assert (stopped.status, status, left_of(home)) == (0, 0, [])
