"""Intake's process ends a silence exactly once, whenever and however often it is killed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
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
from tests.support.rule_changes import notice_of
from tests.support.settled import OTHERS_SECONDS_MAX

STREAM = f"case-{NO}"
NOON = datetime(2024, 9, 2, 4, tzinfo=UTC)
FIVE_DAYS_OVER = datetime(2024, 9, 9, 16, tzinfo=UTC)
KILLED_WITHIN = OTHERS_SECONDS_MAX

END_LEASES = """
UPDATE intake.timers
SET next_at = now()
"""

LONG_AGO = datetime(2003, 12, 29, 4, tzinfo=UTC)
NEXT_AT = """
SELECT next_at
FROM intake.timers
WHERE stream = $1
AND next_at < 'infinity'
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
        await eventually(lambda: _settled(superuser), within=OTHERS_SECONDS_MAX)

    received, deemed = (await store.load(STREAM)).events
    assert received.data == RECEIVED
    assert isinstance(deemed.data, ApplicationAccepted)
    assert deemed.data.mode is AcceptanceMode.DEEMED
    assert deemed.time == FIVE_DAYS_OVER
    assert deemed.recordedtime
    assert deemed.recordedtime > FIVE_DAYS_OVER


async def test_a_silence_that_waits_for_a_notice_ends_when_it_is_published(
    store: PostgresEventStore,
    superuser: asyncpg.Connection,
    role_dsn: Callable[[str], str],
    tmp_path: Path,
) -> None:
    case_no = f"{NO}-2003"
    case = RECEIVED.case.model_copy(update={"case_no": case_no})
    words = {"case": case, "received_date": date(2003, 12, 29)}
    received = Event.of(
        RECEIVED.model_copy(update=words),
        id="unsettled",
        source="urn:casetrack:610102:intake",
        time=LONG_AGO,
        recordedtime=LONG_AGO,
    )
    await store.append(f"case-{case_no}", [received], expected_version=0)

    async def facts() -> list[Event]:
        return list((await store.load(f"case-{case_no}")).events)

    async with intake_process(tmp_path, dsn=role_dsn("casetrack_intake")) as keeping:
        await eventually(lambda: _put_off(superuser, f"case-{case_no}"), within=OTHERS_SECONDS_MAX)
        waiting = await facts()
        notice = notice_of(1, 2003, off=["2003-12-31"], on=[])
        await store.record(
            [Event.of(notice, id="rules-1", source="urn:casetrack:610102:supervision", time=NOON)],
            publish=False,
        )
        await eventually(lambda: _settled(superuser), within=OTHERS_SECONDS_MAX)
        alive = keeping.process.returncode is None
        *_, deemed = await facts()

    assert (len(waiting), alive) == (1, True)
    assert isinstance(deemed.data, ApplicationAccepted)
    assert deemed.data.effective_date == date(2003, 12, 29)
    assert deemed.time == datetime(2004, 1, 7, 16, tzinfo=UTC)


async def _put_off(superuser: asyncpg.Connection, stream: str) -> bool:
    """Say whether somebody has looked at *stream* and will look again in hours."""
    next_at = await superuser.fetchval(NEXT_AT, stream)
    return next_at is not None and next_at > datetime.now(UTC) + timedelta(hours=1)  # noqa: TID251 - the process's own clock


async def _settled(superuser: asyncpg.Connection) -> bool:
    return int(await superuser.fetchval(COUNT_TIMERS)) == 0
