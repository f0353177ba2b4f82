"""The import of the larger real log: from the file to accepted, and on to folded."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import asyncpg

from bench.report import Outcome, keep
from bench.whole import Whole, whole
from deploy.importers.document import pieces
from deploy.importers.mapping import Import
from deploy.importers.profiles import PROFILES, ProfileName
from deploy.importers.reading import read_log
from deploy.stack.places import CHECKOUT
from shared.contracts.registry import encode

LOG = Path(
    os.environ.get("CASETRACK_BENCH_LOG") or CHECKOUT.parent / "shared" / "data" / "BPIC15_1.xes.gz"
)
SIZE = LOG.stat().st_size if LOG.exists() else None
PROFILE = ProfileName.BPIC15
RUNS = int(os.environ.get("CASETRACK_BENCH_RUNS", "3"))
SUFFIX = ".xes.gz"
FOLDED_SECONDS_MAX = 180.0
LOOK_SECONDS = 0.1
COPIED_AT_ONCE = 5_000

FOLDED = """
SELECT count(*)
FROM metrics.timeline
WHERE dossier LIKE $1 || ':%'
"""
MAKE = """
CREATE TABLE IF NOT EXISTS copied (key text, body text)
"""


async def main() -> None:
    if SIZE is None:
        print(f"no log at {LOG}: name one in CASETRACK_BENCH_LOG")
        return
    ours: list[float] = []
    folded: list[float] = []
    copied: list[float] = []
    count = 0
    with whole() as bureau, tempfile.TemporaryDirectory() as folder:
        for run in range(RUNS):
            name = f"run{run}"
            copy = Path(folder) / f"{name}{SUFFIX}"
            shutil.copyfile(LOG, copy)  # another name is another source, and nothing is known of it
            started = time.perf_counter()
            told = await asyncio.to_thread(_imported, bureau, copy)
            count = told["accepted"]
            seconds = await _folded(bureau, name, count, started)
            ours.append(count / told["seconds"])
            folded.append(count / seconds)
            copied.append(await _copied(bureau, copy))
            print(f"  accepted {ours[-1]:,.0f}/s, folded {folded[-1]:,.0f}/s", flush=True)
    keep(
        Outcome(
            "import",
            "accepted events/s",
            {"events": count, "file_bytes": SIZE},
            ours,
            {"parse and COPY alone": copied},
            {"folded_events_per_s": [round(rate, 1) for rate in folded]},
        )
    )


def _imported(bureau: Whole, path: Path) -> dict[str, Any]:
    environment = {
        **os.environ,
        "CASETRACK_HOME": str(bureau.settings.home),
        "CASETRACK_PORT": str(bureau.settings.port),
    }
    argv = [sys.executable, "-P", "-m", "deploy.command", "import", str(path), "--json"]
    argv += ["--profile", PROFILE.value]
    done = subprocess.run(argv, check=True, env=environment, stdout=subprocess.PIPE)
    told: dict[str, Any] = json.loads(done.stdout)["files"][0]
    return told


async def _folded(bureau: Whole, name: str, count: int, started: float) -> float:
    connection = await asyncpg.connect(bureau.auditor)
    try:
        async with asyncio.timeout(FOLDED_SECONDS_MAX):
            while await connection.fetchval(FOLDED, name) < count:  # noqa: ASYNC110 - others' work
                await asyncio.sleep(LOOK_SECONDS)
    finally:
        await connection.close()
    return time.perf_counter() - started


async def _copied(bureau: Whole, path: Path) -> float:
    """Read the same log into the same events, and put them into one table without a key."""
    connection = await asyncpg.connect(bureau.postgres)
    await connection.execute(MAKE)
    log = Import(path.name.removesuffix(SUFFIX), PROFILES[PROFILE])
    rows: list[tuple[str, str]] = []
    count = 0
    started = time.perf_counter()
    with path.open("rb") as raw:
        for told in log.told(read_log(pieces(raw))):
            events = [telling.event for telling in told.tellings]
            rows += [(event.partitionkey, encode(event).decode()) for event in events]
            if len(rows) >= COPIED_AT_ONCE:
                await connection.copy_records_to_table("copied", records=rows)
                count, rows = count + len(rows), []
    await connection.copy_records_to_table("copied", records=rows)
    count += len(rows)
    seconds = time.perf_counter() - started
    await connection.close()
    return count / seconds


if __name__ == "__main__":
    asyncio.run(main())
