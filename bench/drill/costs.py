"""What a stand has used: processor time, memory, bytes on disk, rows."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import psutil

from bench.drill.stand import WORKER, Stand
from bench.processes import family, memory_of

BYTES_OF_SCHEMAS = """
SELECT nspname, sum(pg_total_relation_size(pg_class.oid))::bigint
FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname IN ('intake', 'metrics') AND relkind = 'r'
GROUP BY nspname
"""
ROWS = {
    "facts": "SELECT count(*) FROM metrics.timeline",
    "dossiers": "SELECT count(*) FROM metrics.dossiers",
    "clocks": "SELECT count(*) FROM metrics.clocks",
    "figures": "SELECT count(*) FROM metrics.kpi",
    "contributors": "SELECT count(*) FROM metrics.contributors",
    "alerts": "SELECT count(*) FROM metrics.alerts",
}

Seconds = Mapping[str, float]


def cpu_seconds(standing: Stand) -> Seconds:
    """Return what each process has used by now; servers with their children, workers together."""
    used: dict[str, float] = {}
    for name, process in standing.processes().items():
        _, *children = family(process)
        # What ended is counted with its parent.
        times = [sum(process.cpu_times()[:4]), *map(_own, children)]
        kind = _kind(name)
        used[kind] = used.get(kind, 0.0) + sum(times)
    return used


def _kind(name: str) -> str:
    return WORKER if name.startswith(WORKER) else name


def _own(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):
        return float(sum(process.cpu_times()[:2]))
    return 0.0


def microseconds_an_event(before: Seconds, after: Seconds, events: int) -> dict[str, float]:
    return {
        name: round(1e6 * max(0.0, seconds - before.get(name, 0.0)) / events, 1)
        for name, seconds in after.items()
    }


def memory_mib(standing: Stand) -> dict[str, int]:
    """Return each process's share of the memory in use; of workers the largest."""
    found: dict[str, int] = {}
    for name, process in standing.processes().items():
        kind = _kind(name)
        found[kind] = max(found.get(kind, 0), sum(map(memory_of, family(process))) >> 20)
    return found


async def disk(standing: Stand, connection: asyncpg.Connection, events: int) -> dict[str, float]:
    """Return the bytes that an event has taken in stores, projection and on its topics."""
    await connection.execute("VACUUM")
    by_schema = dict(await connection.fetch(BYTES_OF_SCHEMAS))
    topics = sum(path.stat().st_size for path in _segments(standing.whole.settings.places.kafka))
    found = {"store": by_schema["intake"], "projection": by_schema["metrics"], "kafka": topics}
    return {name: round(size / events, 1) for name, size in found.items()}


def _segments(kafka: Path) -> list[Path]:
    return [path for path in kafka.rglob("*.log") if path.parent.name.startswith("casetrack.")]


async def rows(connection: asyncpg.Connection) -> dict[str, Any]:
    """Return how many rows of each kind a dossier has."""
    counts = {name: await connection.fetchval(query) for name, query in ROWS.items()}
    dossiers = counts["dossiers"]
    return {name: round(count / dossiers, 2) for name, count in counts.items()}
