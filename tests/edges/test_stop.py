"""A process that is told to end does so within seconds, also where a task of it will not."""

import asyncio
import os
import sys
from pathlib import Path

from shared.runtime.lifecycle import ENDING_SECONDS_MAX, FAILED, STOPPING_SECONDS_MAX

CHECKOUT = Path(__file__).parents[2]
SUPERVISORS_PATIENCE = 10.0
"""What Compose and the local stack grant between SIGTERM and SIGKILL."""
LOADED_MACHINE = 4 * SUPERVISORS_PATIENCE

LEAVE = """
import asyncio, os, signal, sys, threading
from shared.runtime.lifecycle import run

async def clinging():
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            pass

async def leaves_a_task(stopping):
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(clinging(), name="clinging")

async def leaves_a_thread(stopping):
    threading.Thread(target=threading.Event().wait, name="left").start()
    await stopping.wait()

async def main(stopping):
    asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGTERM)
    await globals()[sys.argv[1]](stopping)

sys.exit(run("stubborn", main))
"""


async def said_by(main: str) -> str:
    """Return what a process says that is told to end and, for *main*'s sake, does not."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", LEAVE, main),
        cwd=CHECKOUT,
        env=os.environ,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(LOADED_MACHINE):
        _, said = await process.communicate()
    assert process.returncode == FAILED
    return said.decode()


async def test_a_task_that_clings_to_its_life_is_named_and_ended() -> None:
    said = await said_by("leaves_a_task")
    assert "clinging: clinging > sleep" in said
    assert "Timeout (0:00:05)!" in said


async def test_a_thread_that_a_library_left_keeps_nobody_alive() -> None:
    said = await said_by("leaves_a_thread")
    assert "process_stopped" in said
    assert "Timeout (0:00:05)!" in said


def test_the_grace_fits_into_what_supervisors_grant() -> None:
    assert STOPPING_SECONDS_MAX + ENDING_SECONDS_MAX <= SUPERVISORS_PATIENCE / 2
