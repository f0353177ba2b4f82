"""
The rebuild: the whole command over a filled timeline, beside the live fold of the same facts.

Both with the same number of processes.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

import asyncpg
import psutil

from bench.bureau import bureau_events
from bench.fold import CASES, EVENTS, ROOT, RUNS, TOPIC, WORKERS, fill, fold
from bench.report import Outcome, keep, ratios
from bench.stack import Servers, servers
from services.metrics.adapters.batch import TIMELINE
from services.metrics.adapters.binary_copy import binary_copy
from services.metrics.domain.entry import ENVELOPE, Arrived, identity_of
from shared.contracts.moments import instant_of
from shared.kafka.port import PARTITIONS
from shared.kafka.topics import ensure_topics

SMALL = 100_000
LARGE = int(os.environ.get("CASETRACK_BENCH_EVENTS_LARGE", "3000000"))
FACTS_A_CASE = EVENTS // CASES
ROWS_COPIED = 20_000
LOOK_SECONDS = 0.1

# What a release before has left: facts, and a projection of which is not known what it holds.
BEFORE = f"""
INSERT INTO metrics.projection (fingerprint)
VALUES ('of-the-release-before');

INSERT INTO metrics.offsets (topic, partition, next_offset, highwater, checked_at)
SELECT '{TOPIC}', partition, 0, 0, now()
FROM generate_series(0, {PARTITIONS - 1}) AS given (partition);

"""  # noqa: S608 - two constants of ours


async def main() -> None:
    events = list(bureau_events(EVENTS, CASES))
    live: list[float] = []
    ours: list[float] = []
    spent = {"live": 0.0, "rebuilt": 0.0}
    async with servers() as stack:
        await ensure_topics(stack.kafka)
        await fill(stack.kafka, TOPIC, events)
        for number in range(RUNS):
            before = _cpu_seconds()
            rate, _ = await fold(stack, f"live{number}", len(events))
            spent["live"] += _cpu_seconds() - before
            live.append(rate)
            told = await rebuilt(stack, f"rebuilt{number}", events)
            spent["rebuilt"] += told["cpu_seconds"]
            ours.append(told["facts_per_s"])
            print(f" live {rate:,.0f}, rebuilt {ours[-1]:,.0f} facts/s", flush=True)
        events.clear()
        memory = {
            size: await rebuilt(
                stack, f"rebuilt-of-{size}", bureau_events(size, size // FACTS_A_CASE)
            )
            for size in (SMALL, LARGE)
        }
    sizes = {"facts": EVENTS, "cases": CASES, "small": SMALL, "large": LARGE}
    sizes |= {"live_workers": WORKERS, "rebuild_processes": WORKERS}
    peers = {"the live fold of the same facts": live}
    notes = {
        "by_size": memory,
        "ratios_of_pairs": ratios(ours, live),
        "facts_per_cpu_second": {
            name: round(RUNS * EVENTS / seconds) for name, seconds in spent.items()
        },
    }
    keep(Outcome("rebuild", "facts/s", sizes, ours, peers, notes=notes))


async def rebuilt(
    stack: Servers, database: str, events: Iterable[tuple[bytes, bytes]]
) -> dict[str, Any]:
    """Fill a store with *events*, rebuild and switch it; return how fast, and with what memory."""
    dsn = await stack.database(database)
    await _fill_timeline(dsn, events)
    began, before = time.monotonic(), _cpu_seconds()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "deploy.command", "rebuild", "--switch", "--json"),
        *("--processes", str(WORKERS)),
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "CASETRACK_METRICS_DSN": stack.as_role(database, "casetrack_metrics"),
        },
        stdout=asyncio.subprocess.PIPE,
    )
    answering = asyncio.ensure_future(process.communicate())
    memory = await _memory_max(psutil.Process(process.pid), answering)
    seconds = time.monotonic() - began
    told = json.loads((await answering)[0])
    if not told["switched"]:
        raise RuntimeError(told)
    spent = _cpu_seconds() - before
    await stack.drop(database)
    return {
        "facts": told["facts"],
        "facts_per_s": told["facts"] / told["seconds"],
        "seconds": told["seconds"],
        "seconds_with_start": round(seconds, 1),
        "cpu_seconds": round(spent, 1),
        "rss_mib_max": memory,
    }


def _cpu_seconds() -> float:
    """Return what we, our servers and everything else that we started have used by now."""
    ours = psutil.Process()
    return sum(sum(one.cpu_times()[:4]) for one in (ours, *ours.children(recursive=True)))


async def _memory_max(leader: psutil.Process, answering: asyncio.Future[Any]) -> int:
    """Return how much the largest of its processes had at most."""
    most = 0
    while not answering.done():
        with suppress(psutil.NoSuchProcess):
            for process in (leader, *leader.children()):
                most = max(most, process.memory_info().rss >> 20)
        await asyncio.wait({answering}, timeout=LOOK_SECONDS)
    return most


async def _fill_timeline(dsn: str, events: Iterable[tuple[bytes, bytes]]) -> None:
    connection = await asyncpg.connect(dsn, server_settings={"search_path": "metrics"})
    table, columns = TIMELINE
    rows = _rows(events)
    while some := list(islice(rows, ROWS_COPIED)):
        await connection.copy_to_table(
            table, columns=columns, source=binary_copy(sorted(some)), format="binary"
        )
    await connection.execute(BEFORE)
    # As autovacuum leaves it; else the first reader would mark every row and log every page.
    await connection.execute("VACUUM (ANALYZE) metrics.timeline")
    await connection.execute("CHECKPOINT")
    await connection.close()


def _rows(events: Iterable[tuple[bytes, bytes]]) -> Iterator[Arrived]:
    for key, body in events:
        head = ENVELOPE.decode(body)
        identity = identity_of(head.source, head.id)
        yield Arrived(key.decode(), identity, instant_of(head.time), body, None)
