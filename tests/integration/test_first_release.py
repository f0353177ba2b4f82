"""
A worker of the first release that was left running: it counts nothing wrongly, and ends.

CASETRACK_RELEASE_BEFORE names the folder of its checkout, with an environment.
"""

import asyncio
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from bench.whole import python_of
from deploy.databases import ROLES, addressed, prepare_database
from services.metrics.app.rules import SEARCH_PATH
from shared.eventstore.postgres import open_pool
from shared.runtime.lifecycle import FAILED
from tests.support.eventually import eventually
from tests.support.folding_workers import EVENTS, FOLDED, at_least, fill, workers
from tests.support.rebuilding import rebuilt
from tests.support.servers import PASSWORD

RELEASE_BEFORE = os.environ.get("CASETRACK_RELEASE_BEFORE", "")
FOLD_SECONDS = 90.0
MADE_BY = "SELECT count(*) FROM metrics.replaced"
PREPARE = """
import asyncio, sys
from deploy.local.databases import ROLES, prepare_database

asyncio.run(prepare_database(sys.argv[1], dict.fromkeys(ROLES, sys.argv[2])))
"""

pytestmark = pytest.mark.skipif(
    not RELEASE_BEFORE, reason="CASETRACK_RELEASE_BEFORE names no checkout"
)


@pytest.fixture
def theirs(postgres_dsn: str) -> Iterator[str]:
    """Give a database as the first release has made it."""
    name = f"{urlsplit(postgres_dsn).path[1:]}_first"
    dsn, checkout = addressed(postgres_dsn, database=name), Path(RELEASE_BEFORE)
    argv = [str(python_of(checkout)), "-c", PREPARE, dsn, PASSWORD]
    subprocess.run(argv, check=True, cwd=checkout, env={**os.environ, "PYTHONPATH": str(checkout)})
    yield dsn
    asyncio.run(_drop(postgres_dsn, name))


async def _drop(dsn: str, name: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await connection.close()


async def test_beside_ours_it_is_refused_its_lanes(
    postgres_dsn: str, role_dsn: Callable[[str], str], bureau_topics: str, tmp_path: Path
) -> None:
    metrics = role_dsn("casetrack_metrics")
    with workers(metrics, bureau_topics, tmp_path) as start:
        ours = start()
        await folded(postgres_dsn, bureau_topics, 0, EVENTS // 3)
        older = start(checkout=Path(RELEASE_BEFORE))
        await fill(bureau_topics, EVENTS // 3, EVENTS // 2)
        await ended(older, tmp_path / "worker-1.log")
        await folded(postgres_dsn, bureau_topics, EVENTS // 2, EVENTS)

        assert ours.poll() is None
    assert (await rebuilt(metrics, switch=False)).differences == []


async def test_at_work_through_the_upgrade_it_loses_its_lanes_to_ours(
    theirs: str, bureau_topics: str, tmp_path: Path
) -> None:
    metrics = addressed(
        theirs, database=urlsplit(theirs).path[1:], role="casetrack_metrics", password=PASSWORD
    )
    with workers(metrics, bureau_topics, tmp_path) as start:
        older = start(checkout=Path(RELEASE_BEFORE))
        await folded(theirs, bureau_topics, 0, EVENTS // 3)
        await prepare_database(theirs, dict.fromkeys(ROLES, PASSWORD))
        await fill(bureau_topics, EVENTS // 3, EVENTS // 2)
        ours = start()
        async with await open_pool(theirs, SEARCH_PATH) as pool:
            await eventually(at_least(pool, MADE_BY, 1), within=FOLD_SECONDS)
        await fill(bureau_topics, EVENTS // 2, EVENTS - 100)
        await ended(older, tmp_path / "worker-0.log")
        await folded(theirs, bureau_topics, EVENTS - 100, EVENTS)

        assert ours.poll() is None
    assert (await rebuilt(metrics, switch=False)).differences == []


async def folded(dsn: str, kafka: str, first: int, last: int) -> None:
    """Send some events; return once everything up to the last is folded."""
    await fill(kafka, first, last)
    async with await open_pool(dsn, SEARCH_PATH) as pool:
        await eventually(at_least(pool, FOLDED, last), within=FOLD_SECONDS)


async def ended(older: subprocess.Popen[bytes], log: Path) -> None:
    """Return once *older* has ended because it may not claim a lane."""
    assert await asyncio.to_thread(older.wait, FOLD_SECONDS) == FAILED
    assert "folded_by" in await asyncio.to_thread(log.read_text)
