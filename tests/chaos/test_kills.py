"""A log is imported through the real stack while its processes are killed; nothing is lost."""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from deploy.command.figures import figures_of
from deploy.command.verify import verified
from deploy.stack.places import StackFolders
from deploy.stack.servers import embedded_kafka
from shared.kafka.ends import load_ends
from shared.kafka.topics import DEAD_LETTER_TOPICS, ensure_topics
from tests.support.eventually import eventually
from tests.support.shared_logs import SharedLog
from tests.support.stranger_log import chosen_log
from tests.support.whole_way import Kept, WholeWay, kept, whole_way

KILLS = int(os.environ.get("CASETRACK_CHAOS_KILLS", "10"))
SEED = os.environ.get("CASETRACK_CHAOS_SEED", "")
LOG = os.environ.get("CASETRACK_CHAOS_LOG", "wabo_receipt" if KILLS < 50 else "BPIC15_1")
METRICS = {"worker-1": "worker", "worker-2": "worker", "ticker": "ticker"}
OWNERS = "intake,supervision"
BACKEND = "backend"
"""One connection's process of PostgreSQL, ended by the server itself."""

STALLED_SECONDS_MAX = 120.0
PATIENCE_SECONDS = 180.0
AMSTERDAM = ZoneInfo("Europe/Amsterdam")

COUNT_RECORDED = """
SELECT count(*)
FROM intake.events
"""

END_A_BACKEND = """
SELECT pg_terminate_backend(pid)
FROM pg_stat_activity
WHERE datname = current_database() AND usename LIKE 'casetrack_%'
ORDER BY random()
LIMIT 1
"""


@dataclass(frozen=True)
class Ring:
    """The running way with a broker of its own, so that nobody else's test is hit."""

    way: WholeWay
    kafka: str
    broker: Kept
    superuser_dsn: str

    async def recorded(self) -> int:
        return int(await self._ask(COUNT_RECORDED))

    async def hit(self, name: str) -> bool:
        """Kill *name* as `kill -9` does; false where it was dead already."""
        if name == BACKEND:
            return bool(await self._ask(END_A_BACKEND))
        part = self.broker if name == "kafka" else self.way.parts[name]
        alive = part.alive
        part.kill()
        return alive

    async def _ask(self, query: str) -> Any:  # noqa: ANN401 - whatever the query answers
        connection = await asyncpg.connect(self.superuser_dsn)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()


@pytest.fixture
async def ring(
    tmp_path: Path, role_dsn: Callable[[str], str], postgres_dsn: str
) -> AsyncIterator[Ring]:
    places = StackFolders(tmp_path)
    places.make()
    kafka = embedded_kafka(places, 0)
    await kafka.prepare()
    broker = Kept(tmp_path / "broker", kafka.argv(), {}, kafka.answers)
    async with kept({"kafka": broker}):
        await ensure_topics(kafka.address)
        async with whole_way(
            tmp_path / "home",
            role_dsn=role_dsn,
            kafka=kafka.address,
            metrics=METRICS,
            owners=OWNERS,
        ) as way:
            yield Ring(way, kafka.address, broker, postgres_dsn)


async def imported(way: WholeWay, log: SharedLog) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.command", "import", str(log.path)),
        *("--gateway", way.gateway, "--json"),
        env={**os.environ, "CASETRACK_HOME": str(way.home)},
        stdout=asyncio.subprocess.PIPE,
    )
    answer, _ = await process.communicate()
    told: dict[str, Any] = json.loads(answer)["files"][0]
    return told


async def killed(ring: Ring, log: SharedLog, chance: Random) -> Counter[str]:
    """Kill by chance, evenly over the whole import, and return what was hit how often."""
    names = ["intake", "relay", *METRICS, "kafka", BACKEND]
    hits: Counter[str] = Counter()
    while hits.total() < KILLS:
        wanted = log.figures["events"] * (hits.total() + 1) // (KILLS + 1)

        async def reached(wanted: int = wanted) -> bool:
            return await ring.recorded() >= wanted

        await eventually(reached, within=STALLED_SECONDS_MAX)
        name = chance.choice(names)
        hits[name] += await ring.hit(name)
    return hits


async def figured(ring: Ring, log: SharedLog) -> dict[str, Any]:
    instants = {text: datetime.fromisoformat(text) for text in log.figures["open_at"]}
    ours = await figures_of(ring.way.auditor_dsn, log.source, AMSTERDAM, instants)
    return {name: ours.get(name) for name in log.promised}


@pytest.mark.timeout(60 + 30 * KILLS)
async def test_an_import_outlives_random_kills_of_everything(ring: Ring, tmp_path: Path) -> None:
    log = chosen_log(LOG, tmp_path)
    seed = int(SEED or Random().randrange(1_000_000))  # noqa: S311 - printed, to be repeated
    sys.stdout.write(f"CASETRACK_CHAOS_SEED={seed}\n")

    async with asyncio.TaskGroup() as tasks:
        importing = tasks.create_task(imported(ring.way, log))
        hits = await killed(ring, log, Random(seed))  # noqa: S311 - as above
    sys.stdout.write(f"killed: {dict(hits)}, told: {importing.result()}\n")
    again = await imported(ring.way, log)
    report = await verified(
        ring.way.auditor_dsn, ring.kafka, PATIENCE_SECONDS, lambda _rows, _share: None
    )
    dead_letters = await load_ends(ring.kafka, DEAD_LETTER_TOPICS)

    assert (importing.result()["rejected"], again["accepted"], again["rejected"]) == (0, 0, 0)
    assert report.document()["differences"] == []
    assert await figured(ring, log) == log.promised
    assert sum(dead_letters.values()) == 0
