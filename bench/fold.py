"""
The fold: from a filled topic to everything committed in PostgreSQL.

Beside Faust and Quix, or another checkout of ours.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import psutil
from aiokafka import AIOKafkaProducer

from bench.bureau import bureau_events
from bench.report import Outcome, Stored, keep, ratios
from bench.stack import Servers, servers
from bench.whole import python_of, version_of
from deploy.stack.places import CHECKOUT
from shared.contracts.registry import Owner
from shared.kafka.topics import ensure_topics

ROOT = Path(__file__).parents[1]
TOPIC = Owner.INTAKE.topic
WORKERS = 2
EVENTS = int(os.environ.get("CASETRACK_BENCH_EVENTS", "300000"))
CASES = EVENTS // 15
RUNS = int(os.environ.get("CASETRACK_BENCH_RUNS", "3"))


@dataclass(frozen=True)
class Peer:
    """Somebody else's fold, with what it promises: what it runs in, and how many events it gets."""

    name: str
    script: str
    python: Path
    events: int


PEERS = (
    Peer("Faust with tables, at least once", "faust_tables", Path(sys.executable), EVENTS // 10),
    Peer(
        "Quix Streams, exactly once",
        "quix",
        ROOT / ".casetrack" / "peers" / "bin" / "python",
        EVENTS // 3,
    ),
)
ANOTHER_DAY = "2026-11-28, another machine of 2 cores; there we had 49,200 (60a9cb8)"
STORED = {
    "Kafka Streams 4.3, exactly once, 1 thread": Stored(52_800, 49_200, ANOTHER_DAY),
    "Kafka Streams 4.3, exactly once, 2 threads": Stored(56_600, 49_200, ANOTHER_DAY),
}
"""It wants a JDK and a build of its own: measured once, with 300,000 events of this kind."""

RUN_SECONDS_MAX = 240.0
LOOK_SECONDS = 0.1
QUARTERS = 4
"""So many times a run looks at the workers' memory."""

FOLDED = "SELECT coalesce(sum(next_offset), 0)::bigint FROM metrics.offsets"
CHECKS = {
    "facts": "SELECT count(*) FROM metrics.timeline",
    "dossiers": "SELECT count(*) FROM metrics.dossiers",
    "clocks": "SELECT count(*) FROM metrics.clocks",
    "figures": "SELECT count(*) FROM metrics.kpi",
}


async def main(beside: Path | None = None) -> None:
    events = list(bureau_events(EVENTS, CASES))
    async with servers() as stack:
        await ensure_topics(stack.kafka)
        await fill(stack.kafka, TOPIC, events)
        await (_with_peers(stack, events) if beside is None else _beside(stack, events, beside))


async def _with_peers(stack: Servers, events: Sequence[tuple[bytes, bytes]]) -> None:
    ours: list[float] = []
    notes: dict[str, Any] = {}
    theirs: dict[str, list[float]] = {one.name: [] for one in PEERS}
    for number in range(RUNS):
        rate, notes = await fold(stack, f"run{number}", len(events))
        ours.append(rate)
        for one in PEERS:
            theirs_now = await peer(stack, one, number, events)
            theirs[one.name].extend([] if theirs_now is None else [theirs_now])
    known = {name: runs for name, runs in theirs.items() if runs}
    notes |= {"peer_events": {one.name: one.events for one in PEERS}}
    keep(Outcome("fold", "events/s", _sizes(events), ours, known, STORED, notes))


async def _beside(stack: Servers, events: Sequence[tuple[bytes, bytes]], checkout: Path) -> None:
    """Measure this checkout and another in turns, each over the same topic."""
    ours, theirs = Runs(), Runs()
    for run in range(RUNS):
        pair = [(CHECKOUT, ours), (checkout, theirs)]
        for place, runs in pair if run % 2 == 0 else reversed(pair):
            rate, runs.notes = await fold(stack, f"run{run}", len(events), place)
            runs.rates.append(rate)
            print(f" {place}: {rate:,.0f} events/s", flush=True)
    notes = {
        **ours.notes,
        "beside": {"checkout": str(checkout), **theirs.notes},
        "ratios_of_pairs": ratios(ours.rates, theirs.rates),
    }
    peers = {f"casetrack {version_of(checkout)}": theirs.rates}
    keep(Outcome("fold", "events/s", _sizes(events), ours.rates, peers, notes=notes))


@dataclass(slots=True)
class Runs:
    """What one checkout reached, and what is told of its last run."""

    rates: list[float] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)


def _sizes(events: Sequence[tuple[bytes, bytes]]) -> dict[str, int]:
    return {
        "events": len(events),
        "bytes_per_event": sum(len(body) for _, body in events) // len(events),
        "cases": len({key for key, _ in events}),
        "partitions": 4,
        "workers": WORKERS,
    }


async def fill(kafka: str, topic: str, events: Sequence[tuple[bytes, bytes]]) -> None:
    """Write *events* to *topic* as the relay would: by key, in order."""
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka, linger_ms=20, max_batch_size=256 * 1024, enable_idempotence=True
    )
    await producer.start()
    try:
        for key, body in events:
            await producer.send(topic, value=body, key=key)
        await producer.flush()
    finally:
        await producer.stop()


async def fold(
    stack: Servers, database: str, events: int, checkout: Path = CHECKOUT
) -> tuple[float, dict[str, Any]]:
    """
    Run the real workers of *checkout* over the filled topic; return events/s.

    The first tenth is left out of it: until then the group shares its
    partitions between two processes that did not start in the same moment.
    """
    dsn = await stack.database(database, checkout)
    environment = {
        **os.environ,
        "METRICS_POSTGRES_DSN": stack.as_role(database, "casetrack_metrics"),
        "METRICS_KAFKA": stack.kafka,
    }
    argv = [str(python_of(checkout)), "-m", "services.metrics", "worker"]
    workers = [psutil.Popen(argv, env=environment, cwd=checkout) for _ in range(WORKERS)]
    try:
        connection = await asyncpg.connect(dsn)
        begun_at, begun = await _reached(connection, 1)
        first_at, first = last_at, last = await _reached(connection, events // 10)
        memory = []
        for share in range(1, QUARTERS + 1):
            last_at, last = await _reached(connection, events * share // QUARTERS)
            memory.append(max(worker.memory_info().rss for worker in workers) >> 20)
        checks = {name: await connection.fetchval(query) for name, query in CHECKS.items()}
        await connection.close()
        used = [worker.cpu_times().user + worker.cpu_times().system for worker in workers]
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(20)
        await stack.drop(database)
    notes = {
        **checks,
        "worker_cpu_seconds": round(sum(used), 1),
        "rss_mib_by_quarter": memory,
        "events_per_s_with_the_first_tenth": round((last - begun) / (last_at - begun_at)),
    }
    return (last - first) / (last_at - first_at), notes


async def _reached(connection: asyncpg.Connection, number: int) -> tuple[float, int]:
    deadline = time.monotonic() + RUN_SECONDS_MAX
    while (seen := await connection.fetchval(FOLDED)) < number:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{seen} of {number} events folded")
        await asyncio.sleep(LOOK_SECONDS)
    return time.monotonic(), int(seen)


async def peer(
    stack: Servers, one: Peer, number: int, events: Sequence[tuple[bytes, bytes]]
) -> float | None:
    """
    Run a peer over its share of the same events; None where it is not installed.

    It ends where its own result is durable, by the promise that stands in its name.
    """
    if not one.python.exists():
        print(f"{one.name}: not installed, left out")
        return None
    topic = f"peer-{one.script.replace('_', '-')}-{number}"
    await ensure_topics(stack.kafka, topics=[topic])
    share = events[: one.events]
    await fill(stack.kafka, topic, share)
    script = ROOT / "bench" / "peers" / f"{one.script}.py"
    argv = [str(one.python), str(script), stack.kafka, topic, str(len(share)), str(_sums(share))]
    with TemporaryDirectory(prefix=f"casetrack-{one.script}-") as state:
        done = await asyncio.to_thread(
            subprocess.run,
            argv,
            check=False,
            capture_output=True,
            timeout=RUN_SECONDS_MAX,
            cwd=state,
        )
    answers = [line for line in done.stdout.splitlines() if line.startswith(b"{")]
    if not answers:
        print(done.stderr.decode()[-2000:])
        return None
    answer = json.loads(answers[-1])
    return float(answer["events"] / answer["seconds"])


def _sums(events: Sequence[tuple[bytes, bytes]]) -> int:
    """Return how often the sums change: one more for each event, one less where its case was."""
    return 2 * len(events) - len({key for key, _ in events})


if __name__ == "__main__":
    asyncio.run(main())
