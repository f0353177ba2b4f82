"""The migration that guards rows knows of what was stored before whose it is."""

from collections.abc import AsyncIterator, Callable
from importlib.resources import files

import asyncpg
import pytest

from services.metrics.adapters.sight import SEE
from tests.support.rows import API, GUARDED

FOLDER = files("services.metrics.adapters") / "sql"
BEFORE = """
INSERT INTO dossiers (dossier, partition, phase, source, fold_version, state)
SELECT 'XC' || number, 0, 'ACCEPTED', 'urn:a', 9, '[]'
FROM generate_series(1, 3) AS number;
INSERT INTO places
VALUES (1, 'STREET', '', '', '', '', ''), (2, 'MARKET', '', '', '', '', '');
INSERT INTO contributors
VALUES (1, 1, '2024-09-02', 'L03/received', 'XC1'), (1, 1, '2024-09-03', 'L03/accepted', 'XC1'),
       (1, 2, '2024-09-02', 'L03/received', 'XC2');
"""


@pytest.fixture
async def before(role_dsn: Callable[[str], str]) -> AsyncIterator[asyncpg.Connection]:
    """Give a schema as the release before left it, with two dossiers whose place is known."""
    connection = await asyncpg.connect(role_dsn("casetrack"))
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute("CREATE SCHEMA earlier; SET LOCAL search_path TO earlier")
        await connection.execute("CREATE TABLE migrations (number integer)")
        earlier = sorted(one.name for one in FOLDER.iterdir() if one.name.endswith(".sql"))
        for name in earlier[: earlier.index("0012-rows.sql")]:
            await connection.execute((FOLDER / name).read_text("utf-8"))
        await connection.execute(BEFORE)
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()


async def test_what_was_stored_is_its_organisations_at_once(before: asyncpg.Connection) -> None:
    await before.execute((FOLDER / "0012-rows.sql").read_text("utf-8"))
    told = await before.fetch("SELECT dossier, organisation FROM dossiers ORDER BY dossier")
    guarded = await before.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'earlier'::regnamespace"
        " AND relrowsecurity AND relforcerowsecurity"
    )
    await before.execute(f"SET LOCAL ROLE {API}")
    await before.execute(SEE, "STREET")
    seen = await before.fetch("SELECT dossier FROM dossiers")

    # Of the third nobody knows whose it is before it is folded again: it is the bureau's.
    assert [tuple(row) for row in told] == [("XC1", "STREET"), ("XC2", "MARKET"), ("XC3", "")]
    # Orders and last words came with later releases.
    assert {row["relname"] for row in guarded} == {*GUARDED} - {"orders", "last_words"}
    assert [row["dossier"] for row in seen] == ["XC1"]
