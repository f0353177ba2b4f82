"""Real processes of metrics, workers and tickers, and events for them to fold."""

import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from bench.bureau import bureau_events
from bench.whole import python_of
from deploy.stack.places import CHECKOUT
from shared.kafka.port import Record
from shared.kafka.producer import KafkaProducer

TOPIC = "casetrack.intake.v1"
BUREAU = tuple(bureau_events(3_000, 300))
EVENTS = len(BUREAU)
FOLDED = "SELECT count(*) FROM metrics.timeline"
WORKERS_SECONDS_MAX = 120.0
"""
So long may processes take to begin and to share the lanes.

A killed one is missed after six seconds, and one that is frozen in a COPY is cut off after ten.
"""

Fold = Callable[..., subprocess.Popen[bytes]]


@contextmanager
def workers(dsn: str, kafka: str, folder: Path) -> Iterator[Fold]:
    """Give what starts a worker or a ticker; those that are left are ended with the block."""
    started: list[subprocess.Popen[bytes]] = []
    environment = {
        **os.environ,
        "METRICS_POSTGRES_DSN": dsn,
        "METRICS_KAFKA": kafka,
        "METRICS_BATCH_RECORDS_MAX": "100",
    }

    def start(
        more: Mapping[str, str] | None = None, checkout: Path = CHECKOUT, *, life: str = "worker"
    ) -> subprocess.Popen[bytes]:
        with (folder / f"{life}-{len(started)}.log").open("wb") as log:
            process = subprocess.Popen(
                [str(python_of(checkout)), "-m", "services.metrics", life],
                env={**environment, "PYTHONPATH": str(checkout), **(more or {})},
                stderr=log,
                cwd=checkout,
            )
        started.append(process)
        return process

    with _ended(started):
        yield start
    for log in sorted(folder.glob("*er-*.log")):
        sys.stdout.write(f"{log.name}\n{log.read_text()}\n")


@contextmanager
def _ended(processes: list[subprocess.Popen[bytes]]) -> Iterator[None]:
    try:
        yield
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
            process.wait()


def at_least(database: asyncpg.Pool, query: str, number: int) -> Callable[[], Awaitable[bool]]:
    async def reached() -> bool:
        return int(await database.fetchval(query) or 0) >= number

    return reached


async def fill(kafka: str, first: int, last: int) -> None:
    events = BUREAU[first:last]
    async with KafkaProducer(kafka) as producer:
        for start in range(0, len(events), 500):
            await producer.send(
                [Record(TOPIC, key, body) for key, body in events[start : start + 500]]
            )
