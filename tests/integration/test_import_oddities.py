"""Logs as others write them, through the real gateway: each event is there once, or is named."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from deploy.command.figures import figures_of
from tests.support.small_log import Logged, log, trace
from tests.support.whole_way import WholeWay

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ODD = log(
    trace("7", Logged("x")),
    trace("7", Logged("x"), Logged("y", "?")),
    trace("", Logged("x", more={"org:resource": ""})),
    trace("", Logged("y" * 257)),
    Logged("outside").xml,
    "<objects/>",
    trace("last", Logged("Confirmation of receipt"), enddate="9999-12-31T23:59:59Z"),
)


async def imported(way: WholeWay, path: Path) -> tuple[dict[str, Any], int]:
    """Run `casetrack import` as a user does; return what it says of the file, and its status."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.command", "import", str(path)),
        *("--gateway", way.gateway, "--json"),
        env={**os.environ, "CASETRACK_HOME": str(way.home)},
        stdout=asyncio.subprocess.PIPE,
    )
    answer, _ = await process.communicate()
    return json.loads(answer)["files"][0], process.returncode or 0


async def test_an_odd_log_gives_each_event_once_or_names_it(way: WholeWay, tmp_path: Path) -> None:
    written = tmp_path / "odd_receipt.xes"
    written.write_bytes(ODD)
    told, status = await imported(way, written)
    again, _ = await imported(way, written)
    await way.folded(4)
    figures = await figures_of(way.auditor_dsn, told["source"], AMSTERDAM, {})

    assert (told["cases"], told["events"], told["noted"], status) == (5, 7, 4, 1)
    assert (told["accepted"], told["duplicate"], told["rejected"]) == (4, 0, 5)
    assert (again["accepted"], again["duplicate"], again["rejected"]) == (0, 4, 5)
    assert [(why["case"], why["code"], why["field"]) for why in told["rejections"]] == [
        (2, "unreadable_attribute", "time:timestamp"),
        (4, "attribute_too_long", "concept:name"),
        (4, "outside_case", "<event>"),
        (4, "unknown_element", "<objects>"),
        (5, "unreadable_attribute", "enddate"),
    ]
    assert (figures["cases"], figures["events_per_activity"]["x"]) == (4, 3)


async def test_a_log_that_breaks_off_says_where_it_stood(way: WholeWay, tmp_path: Path) -> None:
    written = tmp_path / "broken_receipt.xes"
    written.write_bytes(log(trace("a", Logged("x")), trace("b", Logged("x")))[:-40])
    told, status = await imported(way, written)

    assert (told["damage"]["code"], told["accepted"], status) == ("broken", 1, 1)
