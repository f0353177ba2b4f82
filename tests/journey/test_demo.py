"""The demo from nothing: it plays its day through, and nothing of it is left however it ends."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from deploy.stack.journal import last_record
from deploy.stack.places import StackFolders
from tests.support.ports import OF_A_BUREAU, free_port
from tests.support.standing_bureau import READ_SECONDS_MAX, StandingBureau, sweep

pytestmark = pytest.mark.timeout(300)

SEE_OTHER = 303


@asynccontextmanager
async def demo(home: Path, *options: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "deploy.command", "demo", *options),
        env={
            **os.environ,
            "CASETRACK_HOME": str(home),
            "CASETRACK_PORT": str(free_port(OF_A_BUREAU)),
        },
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            # What nobody reads would keep it from ending.
            await process.communicate()
        sweep(StackFolders(home))


async def sign_in_link(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async for line in process.stdout:
        if b"/sign-in?" in line:
            return line.decode().strip()
    raise AssertionError("the demo ended before it printed its link")


def left_running(home: Path) -> list[str]:
    """Return the names of the parts that still run."""
    record = last_record(StackFolders(home).state)
    assert record is not None
    return [
        name
        for name, part in record.parts.items()
        if part.process is not None and part.process.found() is not None
    ]


async def test_a_day_is_played_to_its_end_and_nothing_is_left(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with demo(home, "--speed", "2000", "--exit-when-done") as process:
        await sign_in_link(process)
        assert "metrics" in left_running(home)
        await process.communicate()

    assert (process.returncode, left_running(home)) == (0, [])


async def test_ctrl_c_stops_everything(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with demo(home) as process:
        link = await sign_in_link(process)
        async with httpx2.AsyncClient(trust_env=False, timeout=READ_SECONDS_MAX) as browser:
            first, second = await browser.get(link), await browser.get(link)
        process.send_signal(signal.SIGINT)
        await process.communicate()

    assert first.status_code == SEE_OTHER
    assert second.status_code != SEE_OTHER, "the link is good once"
    assert (process.returncode, left_running(home)) == (128 + signal.SIGINT, [])


async def test_the_bureau_plays_its_day_over_services_of_somebody_else(
    bureau: StandingBureau,
) -> None:
    told = (f"--{name}={address}" for name, address in bureau.addresses.items())
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "deploy.bureau", str(bureau.settings.places.keys), *told),
        *("--speed", "3000"),
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()

    assert process.returncode == 0, said.decode()
    assert "day_played" in said.decode()
