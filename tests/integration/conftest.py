"""What several integration tests ask for: connections, and the whole way in one process."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import asyncpg
import pytest

from tests.support.whole_way import WholeWay, whole_way


@pytest.fixture
async def superuser(postgres_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres_dsn)
    yield connection
    await connection.close()


@pytest.fixture
async def way(
    tmp_path: Path, role_dsn: Callable[[str], str], bureau_topics: str
) -> AsyncIterator[WholeWay]:
    async with whole_way(tmp_path / "home", role_dsn=role_dsn, kafka=bureau_topics) as running:
        yield running
