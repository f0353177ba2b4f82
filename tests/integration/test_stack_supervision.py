"""One supervisor keeps its parts alive, ends them with itself, and takes over after a kill."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from deploy.stack.journal import Process, StackPhase, StackRecord, last_record
from deploy.stack.places import CHECKOUT, StackFolders
from tests.support.eventually import PATIENCE_SECONDS, eventually
from tests.support.processes import processes

Launch = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def places(tmp_path: Path) -> StackFolders:
    return StackFolders(tmp_path / "home")


@pytest.fixture
def launch(places: StackFolders) -> Iterator[Launch]:
    started: list[subprocess.Popen[bytes]] = []

    def run(*toys: str, errors: Path = Path(os.devnull)) -> subprocess.Popen[bytes]:
        with errors.open("w") as said:
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.support.toy_stack", str(places.home), *toys],
                    cwd=CHECKOUT,
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                )
            )
        return started[-1]

    yield run
    for supervisor in started:
        supervisor.terminate()
        supervisor.wait(PATIENCE_SECONDS)
    record = last_record(places.state)
    for process in processes(record) if record else []:
        found = process.found()
        if found is not None:
            with suppress(psutil.NoSuchProcess):
                found.kill()


def is_ready(places: StackFolders, supervisor: subprocess.Popen[bytes]) -> StackRecord | None:
    record = last_record(places.state)
    if record is None or record.supervisor.pid != supervisor.pid:
        return None
    return record if record.phase is StackPhase.READY else None


def pid_of(places: StackFolders, name: str) -> int | None:
    record = last_record(places.state)
    part = record.parts.get(name) if record else None
    return part.process.pid if part and part.process and part.ready else None


async def test_a_part_that_can_wait_stands_back_behind_the_others(
    places: StackFolders, launch: Launch
) -> None:
    supervisor = launch("first", "patient")
    await eventually(lambda: is_ready(places, supervisor))
    first, patient = (psutil.Process(pid_of(places, name)) for name in ("first", "patient"))

    assert patient.nice() - first.nice() == 7


async def test_a_part_that_is_killed_comes_back(places: StackFolders, launch: Launch) -> None:
    supervisor = launch("first", "second")
    await eventually(lambda: is_ready(places, supervisor))
    before = pid_of(places, "first")
    assert before is not None
    os.kill(before, signal.SIGKILL)

    after = await eventually(
        lambda: pid_of(places, "first") not in {None, before} and pid_of(places, "first")
    )

    assert psutil.pid_exists(after)


async def test_stopping_leaves_no_process_even_a_deaf_one(
    places: StackFolders, launch: Launch
) -> None:
    supervisor = launch("first", "deaf")
    record = await eventually(lambda: is_ready(places, supervisor))
    supervisor.terminate()
    supervisor.wait(PATIENCE_SECONDS)

    assert [process.found() for process in processes(record)] == [None, None]


async def test_parts_do_not_outlive_a_killed_supervisor(
    places: StackFolders, launch: Launch
) -> None:
    supervisor = launch("first", "second")
    record = await eventually(lambda: is_ready(places, supervisor))
    supervisor.kill()

    await eventually(lambda: not any(process.found() for process in processes(record)))


async def test_the_next_supervisor_ends_what_a_killed_one_left(
    places: StackFolders, launch: Launch
) -> None:
    killed = launch("deaf", "second")
    record = await eventually(lambda: is_ready(places, killed))
    killed.kill()
    killed.wait()
    next_one = launch("deaf", "second")
    await eventually(lambda: is_ready(places, next_one))

    assert [process.found() for process in processes(record)] == [None, None]


async def test_a_second_supervisor_changes_nothing(places: StackFolders, launch: Launch) -> None:
    first = launch("first")
    record = await eventually(lambda: is_ready(places, first))
    second = launch("first")

    assert (second.wait(PATIENCE_SECONDS), last_record(places.state)) == (3, record)


async def test_a_pid_that_was_given_to_somebody_else_is_left_alone() -> None:
    stranger = Process(pid=os.getpid(), created=Process.of(os.getpid()).created - 60)

    assert stranger.found() is None


async def test_a_part_that_never_gets_ready_is_named_with_its_last_words(
    places: StackFolders, launch: Launch
) -> None:
    supervisor = launch("first", "broken")
    code = supervisor.wait(PATIENCE_SECONDS)
    record = last_record(places.state)
    assert record is not None
    assert record.fault is not None

    assert (code, record.fault["part"], record.fault["reason"]) == (
        1,
        "broken",
        "the toy is broken",
    )


async def test_why_the_stack_failed_stands_alone_in_the_supervisors_log(
    places: StackFolders, launch: Launch
) -> None:
    supervisor = launch("broken", errors=places.home.parent / "errors")
    supervisor.wait(PATIENCE_SECONDS)

    assert (places.home.parent / "errors").read_text() == "part_failed\n"
