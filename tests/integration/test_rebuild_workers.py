"""Real workers beside a rebuild: those of the same code go on, those of older code stay out."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from services.metrics.app.fingerprint import our_fingerprint
from tests.support.eventually import eventually
from tests.support.folding_workers import (
    EVENTS,
    FOLDED,
    WORKERS_SECONDS_MAX,
    Fold,
    at_least,
    fill,
    workers,
)
from tests.support.rebuilding import rebuilt

BEFORE = "of-the-release-before"
MADE_BY = "SELECT fingerprint FROM metrics.projection"
DIFFERENT = "UPDATE metrics.projection SET fingerprint = $1"
FORGET_A_FIGURE = "DELETE FROM metrics.kpi WHERE part LIKE 'L03/accepted%'"
ACCEPTED = "SELECT sum(value)::bigint FROM metrics.kpi WHERE part LIKE 'L03/accepted%'"
REPLACED = "INSERT INTO metrics.replaced VALUES ($1, now())"

RoleDsn = Callable[[str], str]


@pytest.fixture
def worker(role_dsn: RoleDsn, no_bureau_topics: str, tmp_path: Path) -> Iterator[Fold]:
    with workers(role_dsn("casetrack_metrics"), no_bureau_topics, tmp_path) as start:
        yield start


async def test_workers_fold_on_while_their_projection_is_rebuilt_and_switched(
    bureau_topics: str, database: asyncpg.Pool, worker: Fold, role_dsn: RoleDsn
) -> None:
    running = [worker(), worker()]
    dsn = role_dsn("casetrack_metrics")
    for place in range(0, EVENTS, EVENTS // 3):
        await fill(bureau_topics, place, place + EVENTS // 3)
        await eventually(at_least(database, FOLDED, place + 100), within=WORKERS_SECONDS_MAX)
        assert (await rebuilt(dsn)).differences == []
    await eventually(at_least(database, FOLDED, EVENTS), within=WORKERS_SECONDS_MAX)

    assert [one.poll() for one in running] == [None, None]
    assert (await rebuilt(dsn, switch=False)).differences == []


async def test_a_worker_that_finds_what_other_code_has_made_rebuilds_and_folds_on(
    bureau_topics: str, database: asyncpg.Pool, worker: Fold, role_dsn: RoleDsn
) -> None:
    first = worker()
    await fill(bureau_topics, 0, EVENTS // 2)
    await eventually(at_least(database, FOLDED, EVENTS // 2), within=WORKERS_SECONDS_MAX)
    first.terminate()
    await asyncio.to_thread(first.wait)
    accepted = await database.fetchval(ACCEPTED)
    await database.execute(DIFFERENT, BEFORE)
    await database.execute(FORGET_A_FIGURE)
    worker()
    worker()
    await fill(bureau_topics, EVENTS // 2, EVENTS)
    await eventually(at_least(database, FOLDED, EVENTS), within=WORKERS_SECONDS_MAX)

    assert await database.fetchval(MADE_BY) == our_fingerprint()
    assert await database.fetchval(ACCEPTED) > accepted
    assert (await rebuilt(role_dsn("casetrack_metrics"), switch=False)).differences == []


async def test_a_worker_of_older_code_says_so_in_one_line_and_changes_nothing(
    database: asyncpg.Pool, worker: Fold, bureau_topics: str, tmp_path: Path
) -> None:
    await database.execute("INSERT INTO metrics.projection (fingerprint) VALUES ('of-the-next')")
    await database.execute(REPLACED, our_fingerprint())
    await fill(bureau_topics, 0, 100)
    older = worker()
    await asyncio.to_thread(older.wait, WORKERS_SECONDS_MAX)
    said = (tmp_path / "worker-0.log").read_text().splitlines()

    assert [line for line in said if "projection_is_newer" in line] == said[:1]
    assert await database.fetchval(FOLDED) == 0
    assert await database.fetchval(MADE_BY) == "of-the-next"


async def test_a_worker_that_is_overtaken_while_it_folds_ends(
    bureau_topics: str, database: asyncpg.Pool, worker: Fold, tmp_path: Path, role_dsn: RoleDsn
) -> None:
    overtaken = worker()
    await fill(bureau_topics, 0, 500)
    await eventually(at_least(database, FOLDED, 500), within=WORKERS_SECONDS_MAX)
    await rebuilt(role_dsn("casetrack_metrics"), fingerprint="of-the-next")
    await fill(bureau_topics, 500, 1000)
    await asyncio.to_thread(overtaken.wait, WORKERS_SECONDS_MAX)

    assert "projection_made_otherwise" in (tmp_path / "worker-0.log").read_text()
    assert await database.fetchval(FOLDED) == 500
