"""`make drill`, as small as it gets: it measures, verifies, and leaves nothing behind."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.support.eventually import eventually

ROOT = Path(__file__).parents[2]
SMALL = {
    "CASETRACK_DRILL_EVENTS": "1500",
    "CASETRACK_DRILL_WORKERS": "2",
    "CASETRACK_DRILL_RATE": "50",
    "CASETRACK_DRILL_SECONDS": "3",
    "CASETRACK_DRILL_ROUNDS": "1",
}
SECONDS_MAX = 400.0
STARTED_SECONDS_MAX, ENDED_SECONDS_MAX = 180.0, 120.0

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Yield a folder for what drills make, which has to be as empty afterwards."""
    # Short, for PostgreSQL's socket.
    with tempfile.TemporaryDirectory(prefix="drill-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


def begun(folder: Path, tmp_path: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "bench.drill"],
        env={
            **os.environ,
            **SMALL,
            "PYTHONPATH": str(ROOT),
            "CASETRACK_HOME": str(tmp_path / "home"),
            "TMPDIR": str(folder),
            "PYTHONUNBUFFERED": "1",
        },
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def left_of(folder: Path) -> list[str]:
    """Return every process that was told to work in *folder*, and whatever lies there."""
    running = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("TMPDIR") == str(folder):
                running.append(" ".join(process.cmdline()))
    return running + [str(path) for path in folder.glob("casetrack-bench-*")]


def test_a_drill_measures_everything_and_verify_finds_no_difference(
    folder: Path, tmp_path: Path
) -> None:
    drill = begun(folder, tmp_path)
    said, _ = drill.communicate(timeout=SECONDS_MAX)
    assert drill.returncode == 0, said
    told = json.loads((tmp_path / "home" / "drill.json").read_text())
    (run,) = told["runs"]

    assert told["machine"]["cpus"]
    assert run["verify"]["differences"] == 0
    assert run["verify"]["events_sent"] == 2 * 1500 + 4 * 50 * 3
    assert run["flow"]["gateway_events_per_s"] > 0
    assert run["backlog"]["fold_events_per_s"] > 0
    assert run["flow"]["lag"]["events_max"] >= max(run["flow"]["lag_by_second"])
    assert set(run["rebalance_s"]) == {"joins", "leaves", "killed"}
    assert run["steady"]["accepted_to_committed_p99_ms"] > 0
    assert {"intake", "relay", "postgres", "kafka", "metrics-worker"} <= {
        name for name, cost in run["flow"]["cpu_us_per_event"].items() if cost > 0
    }
    assert "events/s through the fold, of a backlog" in said
    assert "disk a year, GiB" in said
    assert left_of(folder) == []


async def test_ctrl_c_leaves_nothing_of_a_drill(folder: Path, tmp_path: Path) -> None:
    drill = begun(folder, tmp_path)
    await eventually(
        lambda: any("services." in one for one in left_of(folder)), within=STARTED_SECONDS_MAX
    )

    drill.send_signal(signal.SIGINT)
    await asyncio.to_thread(drill.communicate, timeout=ENDED_SECONDS_MAX)

    assert drill.returncode == 128 + signal.SIGINT
    assert left_of(folder) == []
