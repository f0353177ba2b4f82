"""The projection is rebuilt by two processes that are killed at any instant: nothing differs."""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
import psutil
import pytest

from deploy.command.verify import verified
from services.metrics.adapters.rebuilding import REBUILD_LOCK
from shared.kafka.topics import ensure_topics
from shared.runtime.clock import SystemClock
from tests.integration.test_rebuild import way
from tests.support.eventually import eventually
from tests.support.whole_way import WholeWay, recorded, whole_way

CASES = int(os.environ.get("CASETRACK_CHAOS_CASES", "2000"))
KILLS = int(os.environ.get("CASETRACK_CHAOS_KILLS", "4"))
SEED = os.environ.get("CASETRACK_CHAOS_SEED", "")
METRICS = {"worker-1": "worker", "worker-2": "worker", "ticker": "ticker"}
PATIENCE_SECONDS = 300.0
FOLD_SECONDS = 300.0
VICTIMS = ("leader", "helper", "all")

BEGUN = "SELECT count(*) FROM metrics.rebuild"
LED = """
SELECT count(*)
FROM pg_locks
WHERE locktype = 'advisory' AND classid = 0 AND objid::bigint = $1
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
FIGURES = "SELECT part, day, sum(value) FROM metrics.kpi GROUP BY 1, 2 HAVING sum(value) <> 0"


class Command:
    """`casetrack rebuild --switch` by two processes, while it runs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._leader = psutil.Process(process.pid)
        self._answer = asyncio.ensure_future(process.communicate())

    @classmethod
    async def begun(cls, dsn: str) -> "Command":
        return cls(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "deploy.command", "rebuild", "--switch", "--json"),
                *("--processes", "2"),
                env={**os.environ, "CASETRACK_METRICS_DSN": dsn},
                stdout=asyncio.subprocess.PIPE,
            )
        )

    @property
    def helpers(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            return list(self._leader.children())
        return []

    @property
    def ended(self) -> bool:
        return self._answer.done()

    async def kill(self, victim: str) -> bool:
        """Kill as `kill -9` does; false where there was nobody to kill."""
        helpers = self.helpers
        doomed = {"leader": [self._leader], "helper": helpers, "all": [self._leader, *helpers]}
        hit = [one for one in doomed[victim] if alive(one)]
        for one in hit:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        if victim != "helper":
            await self._answer
            await eventually(lambda: not any(map(alive, helpers)))
        return bool(hit)

    async def told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads((await self._answer)[0])
        return told


def alive(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    return False


async def written(dsn: str, first: int, last: int) -> int:
    """Record the ways of some cases; return how many facts that are."""
    told = [one for number in range(first, last) for one in way(number)]
    await recorded(dsn, told)
    return len(told)


async def struck(
    command: Command, superuser: asyncpg.Connection, victim: str, chance: Random, seconds: float
) -> bool:
    """Kill *victim* at some instant of its work: one of those that start is nobody's yet."""

    async def at_work() -> bool:
        there = (
            command.helpers if victim == "helper" else await superuser.fetchval(LED, REBUILD_LOCK)
        )
        return bool(there) or command.ended

    await eventually(at_work, within=PATIENCE_SECONDS)
    # A helper lives for a part of it.
    await asyncio.sleep(chance.uniform(0, seconds / 4 if victim == "helper" else seconds))
    return await command.kill(victim)


async def killed_amid(
    dsn: str, superuser: asyncpg.Connection, chance: Random, seconds: float
) -> Counter[str]:
    """Rebuild until so many were killed, each at some instant of so many *seconds*."""
    hits: Counter[str] = Counter()
    while hits.total() < KILLS:
        command = await Command.begun(dsn)
        victim = min(VICTIMS, key=hits.__getitem__)
        hits[victim] += await struck(command, superuser, victim, chance, seconds)
        if victim == "helper":
            assert (await command.told())["differences"] == []
    return hits


async def taken_by_one(dsn: str, superuser: asyncpg.Connection) -> float:
    """Return how many seconds lie between the begin of a rebuild and its end."""
    command = await Command.begun(dsn)
    await eventually(lambda: superuser.fetchval(BEGUN), within=60)
    began = SystemClock().monotonic()
    assert (await command.told())["differences"] == []
    return SystemClock().monotonic() - began


async def figures(superuser: asyncpg.Connection) -> set[tuple[Any, ...]]:
    return {tuple(row) for row in await superuser.fetch(FIGURES)}


async def folded(running: WholeWay, facts: int) -> None:
    """Return once so many facts are folded; those of the cards come on top."""

    async def reached() -> bool:
        return await running.count() >= facts

    await eventually(reached, within=FOLD_SECONDS)


async def differences(running: WholeWay, kafka: str) -> list[dict[str, Any]]:
    """Return what verification finds once everything has settled."""
    report = await verified(
        running.auditor_dsn, kafka, PATIENCE_SECONDS, lambda _rows, _share: None
    )
    found: list[dict[str, Any]] = report.document()["differences"]
    return found


@pytest.mark.timeout(600 + 60 * KILLS)
async def test_a_rebuild_by_two_outlives_kills_at_any_instant(
    tmp_path: Path, role_dsn: Callable[[str], str], no_bureau_topics: str, postgres_dsn: str
) -> None:
    seed = int(SEED or Random().randrange(1_000_000))  # noqa: S311 - printed, to be repeated
    sys.stdout.write(f"CASETRACK_CHAOS_SEED={seed}\n")
    chance, metrics = Random(seed), role_dsn("casetrack_metrics")  # noqa: S311 - as above
    intake = role_dsn("casetrack_intake")
    await ensure_topics(no_bureau_topics)
    superuser = await asyncpg.connect(postgres_dsn)
    async with whole_way(
        tmp_path / "home",
        role_dsn=role_dsn,
        kafka=no_bureau_topics,
        metrics=METRICS,
        owners="intake,supervision",
    ) as running:
        facts = await written(intake, 0, CASES)
        await folded(running, facts)
        assert await differences(running, no_bureau_topics) == []
        seconds = await taken_by_one(metrics, superuser)
        live = await figures(superuser)
        hits = await killed_amid(metrics, superuser, chance, seconds)
        sys.stdout.write(f"killed: {dict(hits)} in rebuilds of {seconds:.1f} s\n")
        same = await figures(superuser)
        more = asyncio.ensure_future(written(intake, CASES, CASES + CASES // 20))
        last = await (await Command.begun(metrics)).told()
        await folded(running, facts + await more)
        found = await differences(running, no_bureau_topics)
    await superuser.close()

    assert same == live
    assert (last["differences"], last["switched"]) == ([], True)
    assert found == []
