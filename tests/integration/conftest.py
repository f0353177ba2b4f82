"""What several integration tests ask for: connections, and the whole way in one process."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import asyncpg
import pytest

from services.metrics.app.rules import SEARCH_PATH
from shared.eventstore.postgres import open_pool
from tests.support.metrics_store import Store, by_terminal, issue_order, opened, received
from tests.support.rows import RoleDsn
from tests.support.six_cases import OF
from tests.support.whole_way import WholeWay, whole_way


@pytest.fixture
async def superuser(postgres_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres_dsn)
    yield connection
    await connection.close()


@pytest.fixture
async def database(postgres_dsn: str) -> AsyncIterator[asyncpg.Pool]:
    """Give the projection as whoever may do anything with it."""
    async with await open_pool(postgres_dsn, SEARCH_PATH) as pool:
        yield pool


@pytest.fixture
async def pool(role_dsn: Callable[[str], str]) -> AsyncIterator[asyncpg.Pool]:
    """Give the projection as metrics sees it."""
    async with await open_pool(role_dsn("casetrack_metrics"), SEARCH_PATH) as opened:
        yield opened


@pytest.fixture(params=["memory", "postgres"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    """Give the store of metrics, in memory and in PostgreSQL."""
    async with opened(
        request.param, lambda role: str(request.getfixturevalue("role_dsn")(role))
    ) as one:
        yield one


@pytest.fixture
async def way(
    tmp_path: Path, role_dsn: Callable[[str], str], bureau_topics: str
) -> AsyncIterator[WholeWay]:
    async with whole_way(tmp_path / "home", role_dsn=role_dsn, kafka=bureau_topics) as running:
        yield running


@pytest.fixture
async def six_cases(role_dsn: RoleDsn) -> AsyncIterator[Store]:
    """Give a projection of six organisations' cases, each with a card, and an order for each."""
    async with opened("postgres", role_dsn) as told:
        facts = (received(case_no, org_code=code) for case_no, code in OF.items())
        await told.fold(*(by_terminal(fact) for fact in facts))
        assert await told.tick() >= len(OF)
        for code in OF.values():
            await issue_order(told, f"DB-{code}", code)
        yield told
