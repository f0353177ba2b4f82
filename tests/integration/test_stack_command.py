"""What stands in the way of `casetrack up` is one clear line with a way out."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.stack.places import StackFolders
from deploy.stack.supervisor import take_lock
from tests.support.ports import OF_A_BUREAU, free_port
from tests.support.small_disk import small_disk

Answer = subprocess.CompletedProcess[str]
Run = Callable[..., Answer]
LIMIT_SECONDS = 120


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def run(home: Path) -> Run:
    def call(*arguments: str, **environment: str) -> Answer:
        return subprocess.run(
            [sys.executable, "-P", "-m", "deploy.command", *arguments],
            check=False,
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
            cwd="/",
            env={
                **os.environ,
                "CASETRACK_HOME": str(home),
                "CASETRACK_LANG": "en",
                "CASETRACK_PORT": str(free_port(OF_A_BUREAU)),
                **environment,
            },
        )

    return call


def trouble(answer: Answer) -> list[str]:
    return [line.strip() for line in answer.stderr.splitlines() if line.strip()]


def test_a_busy_port_is_named_with_its_holder_and_another_choice(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        answer = run("up", CASETRACK_PORT=str(port))
    line, way_out = trouble(answer)

    assert (answer.returncode, f"port {port}" in line, f"pid {os.getpid()}" in line) == (
        1,
        True,
        True,
    )
    assert "CASETRACK_PORT=" in way_out


def test_an_unreachable_registry_is_named_with_a_mirror_as_the_way_out(
    run: Run, tmp_path: Path
) -> None:
    settings = tmp_path / "jgo.conf"
    settings.write_text("[repositories]\ncentral = http://127.0.0.1:9/maven2\n")
    answer = run("up", HOME=str(tmp_path), JGO_CONFIG_FILE=str(settings))
    line, way_out = trouble(answer)[-2:]

    assert (answer.returncode, "Maven Central" in line, "jgo.conf" in way_out) == (3, True, True)


def test_a_home_that_cannot_be_written_is_named(run: Run) -> None:
    answer = run("up", CASETRACK_HOME="/proc/nowhere")
    line, way_out = trouble(answer)

    assert (answer.returncode, "/proc/nowhere" in line, "CASETRACK_HOME" in way_out) == (
        1,
        True,
        True,
    )


def test_a_wrong_setting_is_one_line_with_a_right_example(run: Run) -> None:
    answer = run("up", CASETRACK_PORT="http")
    (line,) = trouble(answer)

    assert (answer.returncode, "CASETRACK_PORT=8700" in line) == (2, True)


def test_a_full_disk_is_said_before_anything_is_started(run: Run, home: Path) -> None:
    with small_disk(home, megabytes=60):
        answer = run("up")
    line, way_out = trouble(answer)

    assert (answer.returncode, "disk is full" in line, "500 MB" in way_out) == (1, True, True)


def test_a_second_up_says_that_the_first_runs(run: Run, home: Path) -> None:
    places = StackFolders(home)
    places.make()
    lock = take_lock(places)
    assert lock is not None
    with lock:
        answer = run("up", "--detach")

    assert (answer.returncode, "already running" in answer.stderr) == (0, True)


def test_status_without_a_stack_has_the_promised_shape_and_its_own_exit(run: Run) -> None:
    answer = run("status", "--json")
    document = json.loads(answer.stdout)

    assert answer.returncode == 3
    assert document["services"] == {}
    assert (document["kafka"]["pid"], document["postgres"]["pid"]) == (None, None)


def test_doctor_names_a_busy_port_in_chinese_with_a_fix(run: Run) -> None:
    port = free_port(OF_A_BUREAU)
    with socket.create_server(("127.0.0.1", port)):
        answer = run("doctor", "--json", CASETRACK_PORT=str(port), CASETRACK_LANG="zh-CN")
    checks = {check["check"]: check for check in json.loads(answer.stdout)["checks"]}

    assert (answer.returncode, checks["port.busy"]["verdict"]) == (1, "bad")
    assert f"端口 {port}" in checks["port.busy"]["found"]


def test_down_without_a_stack_is_no_fault(run: Run) -> None:
    assert run("down").returncode == 0
