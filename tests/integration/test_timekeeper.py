"""Intake's process ends a silence exactly once, whenever and however often it is killed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from shared.contracts.envelope import Event
from shared.contracts.intake.facts import ApplicationAccepted
from shared.contracts.intake.words import AcceptanceMode
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.runtime.lifecycle import KILLED
from tests.support.eventually import eventually
from tests.support.intake_cases import NO, RECEIVED
from tests.support.intake_process import intake_process

STREAM = f"case-{NO}"
NOON = datetime(2024, 9, 2, 4, tzinfo=UTC)
FIVE_DAYS_OVER = datetime(2024, 9, 9, 16, tzinfo=UTC)
KILLED_WITHIN = 30.0

END_LEASES = """
UPDATE intake.timers
SET next_at = now()
"""

COUNT_TIMERS = """
SELECT count(*)
FROM intake.timers
"""


@pytest.fixture
async def store(postgres_dsn: str) -> AsyncIterator[PostgresEventStore]:
    async with await open_pool(postgres_dsn, "intake") as pool:
        store = PostgresEventStore(pool)
        received = Event.of(
            RECEIVED,
            id="received",
            source="urn:casetrack:610102:intake",
            time=NOON,
            recordedtime=NOON,
        )
        await store.append(STREAM, [received], expected_version=0)
        yield store


@pytest.mark.parametrize(
    "place",
    [
        "store.before_append",
        "store.committed_before_reply",
        "timekeeper.decided_before_settled",
    ],
)
async def test_a_silence_ends_once_whenever_its_keepers_die(
    place: str,
    store: PostgresEventStore,
    superuser: asyncpg.Connection,
    role_dsn: Callable[[str], str],
    tmp_path: Path,
) -> None:
    dsn = role_dsn("casetrack_intake")
    async with intake_process(tmp_path, dsn=dsn, env={"CASETRACK_CRASH": place}) as dying:
        assert await asyncio.wait_for(dying.process.wait(), KILLED_WITHIN) == KILLED
    await superuser.execute(END_LEASES)

    async with AsyncExitStack() as running:
        for _ in range(2):
            await running.enter_async_context(intake_process(tmp_path, dsn=dsn))
        await eventually(lambda: _settled(superuser), within=30)

    received, deemed = (await store.load(STREAM)).events
    assert received.data == RECEIVED
    assert isinstance(deemed.data, ApplicationAccepted)
    assert deemed.data.mode is AcceptanceMode.DEEMED
    assert deemed.time == FIVE_DAYS_OVER
    assert deemed.recordedtime
    assert deemed.recordedtime > FIVE_DAYS_OVER


async def _settled(superuser: asyncpg.Connection) -> bool:
    return int(await superuser.fetchval(COUNT_TIMERS)) == 0
