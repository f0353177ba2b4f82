"""The migration that makes runs of clocks brings along what earlier releases have stored."""

from collections.abc import AsyncIterator, Callable
from importlib.resources import files

import asyncpg
import pytest

FOLDER = files("services.metrics.adapters") / "sql"
BEFORE = """
INSERT INTO clocks (dossier, sla, clock, started_on, due, yellow_from, red_at, limit_total, unit,
                    paused, provisional, ended, alerted, next_at)
VALUES ('XC1', 'SLA-04', 'COMMITTED', '2024-09-02', '2024-09-14', '2024-09-13',
        '2024-09-15 00:00+08', 10, 'WD', false, false, false, true, NULL),
       ('XC1', 'SLA-05', 'STATUTORY', '2024-09-02', NULL, NULL, NULL, 20, 'WD', true, false, false,
        false, '2024-09-25 00:00+08')
"""
SAID = """
INSERT INTO alerts (alert_id, dossier, sla, clock, level, severity, state, raised_at, recorded_at,
                    lateness_ms, due, grounds, explanation)
VALUES ('a1', 'XC1', 'SLA-04', 'COMMITTED', 'YELLOW', 1, 'ACKNOWLEDGED', '2024-09-13 00:00+08',
        '2024-09-13 00:00+08', 0, '2024-09-14', '[[],"",""]', '{}')
"""


@pytest.fixture
async def before(role_dsn: Callable[[str], str]) -> AsyncIterator[asyncpg.Connection]:
    """Return a schema as the first release left it."""
    connection = await asyncpg.connect(role_dsn("casetrack"))
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute("CREATE SCHEMA earlier")
        await connection.execute("SET LOCAL search_path TO earlier")
        for name in ("0001-projection.sql", "0002-open-cases.sql"):
            await connection.execute((FOLDER / name).read_text("utf-8"))
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()


async def test_clocks_and_alerts_of_before_are_runs_of_their_case(
    before: asyncpg.Connection,
) -> None:
    await before.execute(BEFORE)
    await before.execute(SAID)
    await before.execute((FOLDER / "0005-runs.sql").read_text("utf-8"))
    clocks = await before.fetch(
        "SELECT subject, sla, episode, near_at, due_at, gone, alerted, next_at IS NULL AS idle "
        "FROM clocks WHERE near_at IS NULL OR near_at = '2024-09-13 00:00+08' ORDER BY sla"
    )
    alerts = await before.fetch("SELECT subject, episode, state FROM alerts")

    assert [(*row[:3], row["due_at"] is None, *row[5:]) for row in clocks] == [
        ("XC1", "SLA-04", 0, False, False, True, True),
        ("XC1", "SLA-05", 0, True, False, False, False),
    ]
    assert [tuple(row) for row in alerts] == [("XC1", 0, "ACKNOWLEDGED")]
