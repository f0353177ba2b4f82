"""`casetrack doctor` says what is on record and does not reach Kafka."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner

from deploy.command.__main__ import app
from shared.eventstore.postgres import PostgresEventStore, open_pool
from tests.support.facts import activity

PARK = """
INSERT INTO review.parked (stream, version, reason)
VALUES ('review-1', 1, 'too large')
"""

# Facts are never changed; the guard is put aside to let one grow old.
AGE = """
ALTER TABLE intake.events DISABLE TRIGGER ALL;
UPDATE intake.events
SET recorded_at = now() - interval '2 minutes';
"""


@pytest.fixture
def outboxes(
    role_dsn: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[], dict[str, str]]:
    """Return what says of each outbox how `doctor` finds it."""
    monkeypatch.setenv("CASETRACK_HOME", str(tmp_path))
    monkeypatch.setenv("CASETRACK_AUDITOR_DSN", role_dsn("casetrack_auditor"))
    monkeypatch.setenv("CASETRACK_KAFKA", "127.0.0.1:1")

    def examined() -> dict[str, str]:
        said = json.loads(CliRunner().invoke(app, ["doctor", "--json"]).stdout)
        return {one["check"]: one["verdict"] for one in said["checks"] if "outbox" in one["check"]}

    return examined


async def _spoil(dsn: str) -> None:
    async with await open_pool(dsn, "intake") as pool:
        await PostgresEventStore(pool).append("case-1", [activity(1)], expected_version=0)
    connection = await asyncpg.connect(dsn)
    await connection.execute(AGE)
    await connection.execute(PARK)
    await connection.close()


def test_doctor_names_what_waits_too_long_and_what_is_set_aside(
    postgres_dsn: str, outboxes: Callable[[], dict[str, str]]
) -> None:
    before = outboxes()
    asyncio.run(_spoil(postgres_dsn))

    assert before == {"outboxes": "fine"}
    assert outboxes() == {"outbox.stuck": "bad", "outbox.parked": "doubtful"}


def test_without_a_database_nothing_is_said_of_outboxes(
    outboxes: Callable[[], dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASETRACK_AUDITOR_DSN", "postgresql://auditor@127.0.0.1:1/casetrack")

    assert outboxes() == {}
