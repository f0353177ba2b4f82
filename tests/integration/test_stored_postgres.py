"""What lies in PostgreSQL's event store can be sent and read again, whoever put it there."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.contracts.documents import EVENT_BYTES_MAX
from shared.eventstore.port import HistoryUnreadable, StoreRefused
from shared.eventstore.postgres import PostgresEventStore, open_pool
from tests.support.facts import activity

STREAM = "case-XC20240902000017"

SPOIL = """
UPDATE intake.events
SET body = replace(body::text, 'activity 2', 'x\\u0000y')::json
WHERE stream = $1
AND version = 2
"""

PAD = """
INSERT INTO intake.events (
    stream, version, source, id, type, partitionkey,
    occurred_at, published, body, digest, previous_hash, hash
)
SELECT
    stream, 2, source, 'padded', type, partitionkey,
    occurred_at, published, to_json(repeat('x', 1048575)), digest, previous_hash, hash
FROM intake.events
"""


@pytest.fixture
async def store(postgres_dsn: str) -> AsyncIterator[PostgresEventStore]:
    async with await open_pool(postgres_dsn, "intake") as pool:
        yield PostgresEventStore(pool)


async def test_what_is_too_long_for_an_index_is_refused_for_good(
    store: PostgresEventStore,
) -> None:
    endless = "".join(f"{number:x}" for number in range(10_000))

    with pytest.raises(StoreRefused) as refused:
        await store.append(endless, [activity(1)], expected_version=0)

    assert refused.value.detail == "54000"


async def test_a_fact_that_nobody_understands_harms_its_own_stream_alone(
    store: PostgresEventStore, superuser: asyncpg.Connection
) -> None:
    await store.append(STREAM, [activity(1), activity(2)], expected_version=0)
    await store.append("case-B", [activity(1, case="B")], expected_version=0)
    await superuser.execute("ALTER TABLE intake.events DISABLE TRIGGER ALL")
    await superuser.execute(SPOIL, STREAM)

    with pytest.raises(HistoryUnreadable) as fault:
        await store.load(STREAM)

    assert (fault.value.stream, fault.value.version) == (STREAM, 2)
    assert (await store.load("case-B")).version == 1


async def test_what_an_older_release_took_is_read_however_large_it_is(
    store: PostgresEventStore, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await superuser.execute("ALTER TABLE intake.events DROP CONSTRAINT events_body_fits")
    with monkeypatch.context() as older:
        older.setattr("shared.eventstore.rows.EVENT_BYTES_MAX", 2 * EVENT_BYTES_MAX)
        await store.append(STREAM, [activity(1, kilobytes=1_100)], expected_version=0)

    version = await store.append(STREAM, [activity(2)], expected_version=1)

    assert (await store.load(STREAM)).version == version


async def test_a_body_that_kafka_would_not_take_enters_by_no_hand(
    store: PostgresEventStore, superuser: asyncpg.Connection
) -> None:
    await store.append(STREAM, [activity(1)], expected_version=0)

    with pytest.raises(asyncpg.CheckViolationError):
        await superuser.execute(PAD)
