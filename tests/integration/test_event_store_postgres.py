"""What PostgreSQL adds to the event store: rights, plans, migrations, tampering, absence."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from services.metrics.adapters.recorded import open_records
from services.metrics.handlers.chains import ChainWalk
from services.metrics.handlers.difference import What
from shared.contracts.handling.facts import ActivityRecorded
from shared.contracts.registry import Owner, encode
from shared.eventstore.chain import digest_of
from shared.eventstore.migrations import (
    MigrationChanged,
    Schema,
    migrate,
    migrate_schema,
)
from shared.eventstore.outbox import BYTES_MAX, CLAIM_UNSENT, PostgresOutbox
from shared.eventstore.port import Outcome, StoreRefused, StoreUnavailable
from shared.eventstore.postgres import LOAD, RECORD, PostgresEventStore, append_within, open_pool
from tests.support.eventually import eventually
from tests.support.facts import activity, foreign
from tests.support.settled import OTHERS_SECONDS_MAX

STREAM = "case-XC20240902000017"


@pytest.fixture
async def store(postgres_dsn: str) -> AsyncIterator[PostgresEventStore]:
    async with await open_pool(postgres_dsn, "intake") as pool:
        yield PostgresEventStore(pool)


async def breaks(dsn: str) -> list[tuple[int, What]]:
    """Return which of intake's rows are not what was written, as `casetrack verify` finds them."""
    walk = ChainWalk()
    async with open_records(dsn) as records, records.snapshot() as snapshot:
        rows = [row async for row in snapshot.chains(Owner.INTAKE)]
    return [(row.version, one.what) for row in rows for one in walk.step(row)]


async def test_a_schema_that_does_not_fit_the_code_is_no_fault_of_the_event(
    postgres_dsn: str, superuser: asyncpg.Connection
) -> None:
    await superuser.execute("ALTER TABLE intake.events RENAME COLUMN body TO text")
    async with await open_pool(postgres_dsn, "intake") as pool:
        with pytest.raises(StoreUnavailable, match="42703"):
            await PostgresEventStore(pool).load(STREAM)


async def test_batches_at_the_same_moment_make_unbroken_chains(
    store: PostgresEventStore, postgres_dsn: str
) -> None:
    batches = [
        [foreign(n, case=case) for n in range(start, start + 10) for case in ("A", "B", "C")]
        for start in (1, 6, 11, 16)
    ]

    await asyncio.gather(*(store.record(batch) for batch in batches))

    assert await breaks(postgres_dsn) == []


async def test_the_chain_covers_adopted_facts_too(
    store: PostgresEventStore, superuser: asyncpg.Connection, postgres_dsn: str
) -> None:
    await store.append(STREAM, [activity(1)], expected_version=0)
    await store.record([foreign(2)], publish=False)
    await store.record([foreign(3)])
    unbroken = await breaks(postgres_dsn)
    await superuser.execute("ALTER TABLE intake.events DISABLE TRIGGER ALL")
    await superuser.execute("UPDATE intake.events SET published = true WHERE version = 2")

    assert (unbroken, await breaks(postgres_dsn)) == ([], [(2, What.CHAIN)])


async def test_who_switches_the_guard_off_is_seen_in_the_chain(
    store: PostgresEventStore, superuser: asyncpg.Connection, postgres_dsn: str
) -> None:
    await store.append(STREAM, [activity(n) for n in range(1, 6)], expected_version=0)
    await superuser.execute("ALTER TABLE intake.events DISABLE TRIGGER ALL")
    await superuser.execute(
        "UPDATE intake.events SET body = replace(body::text, 'activity 3', 'activity 4')::json"
        " WHERE version = 3"
    )

    assert (3, What.CHAIN) in await breaks(postgres_dsn)


async def test_who_removes_a_row_is_seen_in_the_chain(
    store: PostgresEventStore, superuser: asyncpg.Connection, postgres_dsn: str
) -> None:
    await store.append(STREAM, [activity(n) for n in range(1, 6)], expected_version=0)
    await superuser.execute("ALTER TABLE intake.events DISABLE TRIGGER ALL")
    await superuser.execute("DELETE FROM intake.events WHERE version = 2")

    assert (3, What.VERSION) in await breaks(postgres_dsn)


async def test_what_postgres_can_never_hold_is_refused_for_good(
    store: PostgresEventStore,
) -> None:
    with pytest.raises(StoreRefused) as refused:
        await store.load("case-\x00")

    assert refused.value.detail.startswith("22")


async def test_a_fact_that_an_earlier_release_stored_with_more_is_known_again(
    store: PostgresEventStore, superuser: asyncpg.Connection
) -> None:
    await store.record([foreign(1)])
    body = {**json.loads(encode(foreign(1))), "idcard": "610102199003070018"}
    text = json.dumps(body, indent=1)
    await superuser.execute("ALTER TABLE intake.events DISABLE TRIGGER ALL")
    await superuser.execute(
        "UPDATE intake.events SET body = $1, digest = $2", text, digest_of(text.encode())
    )

    same, other = await store.record([foreign(1), foreign(1, name="something else")])

    assert (same.outcome, other.outcome) == (Outcome.DUPLICATE, Outcome.CONFLICT)
    assert other.differs == ("data.activity",)


async def test_a_server_that_is_away_is_no_refusal(tmp_path: Path) -> None:
    dsn = f"postgresql://casetrack@/casetrack?host={tmp_path}"
    async with await open_pool(dsn, "intake") as pool:
        with pytest.raises(StoreUnavailable):
            await PostgresEventStore(pool).load(STREAM)

    with pytest.raises(StoreUnavailable):
        await PostgresOutbox.open(dsn, "intake")


async def test_a_connection_that_is_cut_is_no_refusal_and_the_next_call_works(
    store: PostgresEventStore, superuser: asyncpg.Connection
) -> None:
    await store.load(STREAM)
    await superuser.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'casetrack-intake' AND datname = current_database()"
    )

    with suppress(StoreUnavailable):
        await store.load(STREAM)

    assert (await store.load(STREAM)).version == 0


async def test_an_append_joins_the_callers_transaction(
    store: PostgresEventStore, postgres_dsn: str
) -> None:
    connection = await asyncpg.connect(
        postgres_dsn, server_settings={"search_path": "metrics,intake"}
    )
    transaction = connection.transaction()
    await transaction.start()
    version = await append_within(connection, STREAM, [activity(1)], expected_version=0)
    await transaction.rollback()
    await connection.close()

    assert version == 1
    assert (await store.load(STREAM)).version == 0


async def test_migrating_again_changes_nothing(postgres_dsn: str) -> None:
    await migrate(postgres_dsn)
    await migrate(postgres_dsn)


async def test_an_edited_migration_is_refused(
    superuser: asyncpg.Connection, tmp_path: Path
) -> None:
    file = tmp_path / "0001-things.sql"
    file.write_text("-- Things.\nCREATE TABLE things (name text);")
    await migrate_schema(superuser, Schema.METRICS, tmp_path / "none")
    await superuser.execute("TRUNCATE metrics.migrations")
    await migrate_schema(superuser, Schema.METRICS, tmp_path)
    file.write_text("-- Other things.\nCREATE TABLE things (name text);")

    with pytest.raises(MigrationChanged):
        await migrate_schema(superuser, Schema.METRICS, tmp_path)


async def test_a_migration_that_fails_leaves_nothing(
    superuser: asyncpg.Connection, tmp_path: Path
) -> None:
    (tmp_path / "9001-broken.sql").write_text("CREATE TABLE halves (name text); SELECT 1/0;")
    await superuser.execute("DROP SCHEMA IF EXISTS metrics CASCADE")

    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate_schema(superuser, Schema.METRICS, tmp_path)

    assert await superuser.fetchval("SELECT to_regclass('metrics.halves')") is None


async def plan_of(connection: asyncpg.Connection, query: str, *values: object) -> str:
    await connection.execute("SET search_path = intake")
    rows = await connection.fetch(f"EXPLAIN (FORMAT JSON) {query}", *values)
    return json.dumps(json.loads(rows[0][0]))


@pytest.fixture
async def filled(store: PostgresEventStore, superuser: asyncpg.Connection) -> None:
    await store.record([foreign(n, case=f"C{n % 300}") for n in range(3_000)])
    await superuser.execute("ANALYZE intake.events")


@pytest.mark.usefixtures("filled")
async def test_a_history_is_read_by_its_key(superuser: asyncpg.Connection) -> None:
    plan = await plan_of(superuser, LOAD, "case-C7", 0)

    assert "events_pkey" in plan
    assert "Seq Scan" not in plan


@pytest.mark.usefixtures("filled")
async def test_the_outbox_is_read_by_its_index_and_not_sorted(
    superuser: asyncpg.Connection,
) -> None:
    plan = await plan_of(superuser, CLAIM_UNSENT, "0", 0, 100, BYTES_MAX)

    assert "events_outbox" in plan
    assert "Seq Scan" not in plan


@pytest.mark.usefixtures("filled")
async def test_known_facts_are_found_by_their_identity(superuser: asyncpg.Connection) -> None:
    plan = await plan_of(
        superuser,
        "SELECT known.digest FROM unnest($1::text[], $2::text[]) AS offered (source, id)"
        " LEFT JOIN events AS known ON known.source = offered.source AND known.id = offered.id",
        ["urn:a"],
        ["1"],
    )

    assert "events_source_id_key" in plan
    assert "record_facts" in RECORD


async def test_the_outbox_reads_no_more_bytes_than_fit(
    store: PostgresEventStore, postgres_dsn: str
) -> None:
    padding = {f"name {number}": "x" * 1_000 for number in range(900)}
    large = ActivityRecorded(case_no="XC20240902000017", activity="large", attributes=padding)
    await store.record([foreign(n).model_copy(update={"data": large}) for n in range(1, 31)])
    outbox = await PostgresOutbox.open(postgres_dsn, "intake")
    await outbox.lead()
    first = await eventually(partial(outbox.pending, 1_000), within=OTHERS_SECONDS_MAX)
    await outbox.advance(first[-1].place)
    rest = await outbox.pending(1_000)
    await outbox.close()

    assert sum(len(one.body) for one in first[:-1]) < BYTES_MAX
    assert [one.version for one in (*first, *rest)] == list(range(1, 31))


async def test_a_leader_that_stands_still_does_not_keep_the_lease(
    postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    next_one = await PostgresOutbox.open(postgres_dsn, "intake")
    monkeypatch.setattr("shared.eventstore.outbox.LEASE_IDLE_SECONDS_MAX", 3)
    standing = await PostgresOutbox.open(postgres_dsn, "intake")
    assert await standing.lead()
    assert not await next_one.lead()

    await eventually(next_one.lead)
    with pytest.raises(StoreUnavailable):
        await standing.pending(1)
    await next_one.close()
