"""The two real logs through gateway, Kafka and fold: our figures are the published ones."""

import asyncio
import json
import os
import sys
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deploy.command.figures import figures_of
from tests.support.eventually import eventually
from tests.support.shared_logs import SharedLog, shared_log
from tests.support.whole_way import WholeWay

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DERIVED = {"wabo_receipt": 1434 + 1434 + 1329, "BPIC15_1": 1199 + 956}
"""Starts, deadlines and ends that the cases' attributes name."""


async def imported(way: WholeWay, log: SharedLog, *options: str) -> dict[str, Any]:
    """Run `casetrack import` as a user does, and return what it says of the one file."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.command", "import", str(log.path)),
        *("--gateway", way.gateway, "--json", *options),
        env={**os.environ, "CASETRACK_HOME": str(way.home)},
        stdout=asyncio.subprocess.PIPE,
    )
    answer, _ = await process.communicate()
    told: dict[str, Any] = json.loads(answer)["files"][0]
    return told


async def figured(way: WholeWay, log: SharedLog) -> dict[str, Any]:
    """Return our figures for what the log's reference has of the promised ones."""
    instants = {text: datetime.fromisoformat(text) for text in log.figures["open_at"]}
    ours = await figures_of(way.auditor_dsn, log.source, AMSTERDAM, instants)
    return {name: ours.get(name) for name in log.promised}


async def reached(way: WholeWay, count: int) -> bool:
    return await way.count() >= count


def outcome(told: dict[str, Any]) -> tuple[int, int, int]:
    return told["accepted"], told["duplicate"], told["rejected"]


async def test_a_second_import_of_a_log_adds_nothing(way: WholeWay) -> None:
    log = shared_log("wabo_receipt")
    count = log.figures["events"] + DERIVED["wabo_receipt"]

    first = await imported(way, log)
    again = await imported(way, log)
    await way.folded(count)

    assert outcome(first) == (count, 0, 0)
    assert outcome(again) == (0, count, 0)
    assert await figured(way, log) == log.promised


async def test_neither_order_nor_repetition_changes_a_figure(way: WholeWay) -> None:
    log = shared_log("wabo_receipt")
    count = log.figures["events"] + DERIVED["wabo_receipt"]

    told = await imported(way, log, "--shuffle", "7", "--twice")
    await way.folded(count)

    assert outcome(told) == (count, count, 0)
    assert await figured(way, log) == log.promised


async def test_an_import_outlives_killed_gateways_relays_and_workers(way: WholeWay) -> None:
    log = shared_log("wabo_receipt")
    count = log.figures["events"] + DERIVED["wabo_receipt"]

    async with asyncio.TaskGroup() as tasks:
        importing = tasks.create_task(imported(way, log))
        for number, name in enumerate(("intake", "relay", "metrics", "intake"), start=1):
            await eventually(partial(reached, way, number * 1000), within=120)
            way.parts[name].kill()
    accepted, duplicate, rejected = outcome(importing.result())
    await way.folded(count)

    assert (accepted + duplicate, rejected) == (count, 0)
    assert await figured(way, log) == log.promised


@pytest.mark.timeout(600)
async def test_the_larger_log_gives_the_published_figures_in_any_order_and_however_often(
    way: WholeWay,
) -> None:
    log = shared_log("BPIC15_1")
    count = log.figures["events"] + DERIVED["BPIC15_1"]

    told = await imported(way, log, "--shuffle", "7", "--twice")
    await way.folded(count)
    figures = await figured(way, log)
    again = await imported(way, log)

    assert outcome(told) == (count, count, 0)
    assert outcome(again) == (0, count, 0)
    assert figures == log.promised
    assert await figured(way, log) == log.promised
