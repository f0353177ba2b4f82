"""What the benchmarks promise: load without end, and figures that say where they are from."""

import asyncio
import json
import signal
import sys
from itertools import islice, pairwise
from pathlib import Path

import psutil
import pytest

from bench.bureau import bureau_events
from bench.fold import PEERS, STORED
from bench.gateway import RATES, rates
from bench.processes import handles_of
from deploy.stack.places import CHECKOUT

INTERRUPTED = """
import asyncio, sys
from bench import whole
from deploy.command import interruption

def told(bureau, *words, check):
    print(words[-1], bureau.settings.home.exists(), flush=True)

async def main():
    with whole.whole():
        print("stands", flush=True)
        await asyncio.sleep(600)

whole._run = told
sys.exit(interruption.heard(lambda: asyncio.run(main())))
"""
SECONDS_MAX = 60.0


def test_the_ladder_has_no_last_step() -> None:
    steps = list(islice(rates(), len(RATES) + 20))

    assert steps[: len(RATES)] == list(RATES)
    assert all(lower < higher for lower, higher in pairwise(steps))
    assert steps[-1] > 50 * RATES[-1]


def test_another_bureau_has_other_cases_and_other_events() -> None:
    bureaus = [list(bureau_events(200, 20, bureau=number)) for number in range(2)]
    keys = [{key for key, _ in bureau} for bureau in bureaus]
    ids = [{json.loads(body)["id"] for _, body in bureau} for bureau in bureaus]

    assert keys[0].isdisjoint(keys[1])
    assert ids[0].isdisjoint(ids[1])


@pytest.mark.parametrize("name", STORED)
def test_a_stored_figure_has_the_form_of_a_peer_and_says_that_it_is_stored(name: str) -> None:
    told = STORED[name].document()

    assert {"runs", "median", "ratio", "stored"} == set(told)
    assert told["ratio"] < 1


def test_every_peer_says_what_it_promises() -> None:
    assert all(peer.name.endswith(("at least once", "exactly once")) for peer in PEERS)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_benchmark_that_is_interrupted_takes_its_bureau_down(
    number: signal.Signals,
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", INTERRUPTED),
        cwd=CHECKOUT,
        stdout=asyncio.subprocess.PIPE,
        preexec_fn=_as_in_the_background,
    )
    assert process.stdout is not None
    lines = [(await process.stdout.readline()).decode() for _ in range(2)]
    process.send_signal(number)
    rest, _ = await asyncio.wait_for(process.communicate(), SECONDS_MAX)

    assert [*lines, rest.decode()] == ["--detach True\n", "stands\n", "down True\n"]
    assert process.returncode == 128 + number


def _as_in_the_background() -> None:
    # So a shell that runs a script starts what it does not wait for.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def test_an_open_table_is_no_handle_unless_it_is_gone(tmp_path: Path) -> None:
    tables = tmp_path / "data" / "base"
    tables.mkdir(parents=True)
    ours = psutil.Process()
    before = handles_of(ours)
    with (tables / "16384").open("w"), (tmp_path / "log").open("w"):
        there = handles_of(ours)
        (tables / "16384").unlink()
        gone = handles_of(ours)

    assert (there, gone) == (before + 1, before + 2)
