"""Who may do what in the database: each role what it needs, and nobody more."""

from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from shared.eventstore.migrations import EVENT_STORES
from shared.eventstore.outbox import LEASE_CLASS
from shared.eventstore.postgres import PostgresEventStore, open_pool
from tests.support.facts import activity

STREAM = "case-XC20240902000017"
WRITERS_OF = {
    "intake": ["casetrack_intake"],
    "assist": ["casetrack_assist"],
    "review": ["casetrack_review"],
    "supervision": ["casetrack_metrics", "casetrack_metrics_api"],
}
ROLES = [role for roles in WRITERS_OF.values() for role in roles]
ROLES += ["casetrack_relay", "casetrack_auditor"]
TABLES = ["events", "receipts", "claims", "relay_cursor", "parked", "timers", "timer_cursor"]
VERBS = {
    "SELECT": "SELECT FROM {table}",
    "INSERT": "INSERT INTO {table} DEFAULT VALUES",
    "UPDATE": "UPDATE {table} SET {column} = {column} WHERE false",
    "DELETE": "DELETE FROM {table} WHERE false",
    "TRUNCATE": "TRUNCATE {table}",
}
COLUMN = {
    "events": "body",
    "receipts": "answer",
    "claims": "holder",
    "relay_cursor": "xid",
    "parked": "reason",
    "timers": "stream",
    "timer_cursor": "xid",
}
WRITTEN = {
    "events": {"SELECT"},
    "receipts": {"SELECT"},
    "claims": {"SELECT"},
    "relay_cursor": set(),
    "parked": set(),
    "timers": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "timer_cursor": {"SELECT", "UPDATE"},
}
"""What the owner of a store may do to each of its tables."""
FORBIDDEN = "42501"
FORGED = """
INSERT INTO events (
    stream, version, xid, source, id, type, partitionkey,
    occurred_at, recorded_at, published, body, digest, previous_hash, hash
)
SELECT
    stream, 2, '1', source, 'forged', type, partitionkey,
    occurred_at, '2024-01-01', published, body, digest, hash, sha256(hash)
FROM events
"""
LOCKS = {
    "a relay's lease": f"SELECT pg_try_advisory_lock({LEASE_CLASS}, hashtext('intake'))",
    "a stream, while a transaction lasts": "SELECT pg_advisory_xact_lock(1)",
    "a stream, for as long as it likes": "SELECT pg_advisory_lock_shared(1)",
}


@pytest.fixture
async def store(postgres_dsn: str) -> AsyncIterator[PostgresEventStore]:
    async with await open_pool(postgres_dsn, "intake") as pool:
        yield PostgresEventStore(pool)


def allowed(role: str, schema: str, table: str, verb: str) -> bool:
    if role == "casetrack_auditor":
        return verb == "SELECT"
    if role == "casetrack_relay":
        return (table, verb) in {
            ("events", "SELECT"),
            ("relay_cursor", "SELECT"),
            ("relay_cursor", "UPDATE"),
            ("parked", "SELECT"),
            ("parked", "INSERT"),
            ("parked", "DELETE"),
        }
    return role in WRITERS_OF[schema] and verb in WRITTEN[table]


async def attempt(connection: asyncpg.Connection, statement: str) -> str:
    try:
        await connection.execute(statement)
    except asyncpg.PostgresError as fault:
        return str(fault.sqlstate)
    return "done"


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_can_do_what_it_needs_and_nothing_else(
    role: str, role_dsn: Callable[[str], str]
) -> None:
    connection = await asyncpg.connect(role_dsn(role))
    cells = [(s.value, t, v) for s in EVENT_STORES for t in TABLES for v in VERBS]
    found = {}
    for schema, table, verb in cells:
        statement = VERBS[verb].format(table=f"{schema}.{table}", column=COLUMN[table])
        found[schema, table, verb] = await attempt(connection, statement) == FORBIDDEN
    await connection.close()

    assert found == {cell: not allowed(role, *cell) for cell in cells}


async def test_who_shows_the_figures_learns_how_long_facts_wait_and_calls_nothing_else(
    store: PostgresEventStore, superuser: asyncpg.Connection
) -> None:
    await store.append(STREAM, [activity(1), activity(2)], expected_version=0)
    waited = await superuser.fetchval("SELECT intake.unsent_seconds()")
    granted = await superuser.fetch(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'intake'::regnamespace"
        " AND has_function_privilege('casetrack_metrics', oid, 'EXECUTE')"
    )
    await superuser.execute(
        "UPDATE intake.relay_cursor SET (xid, position) ="
        " (SELECT xid, max(position) FROM intake.events GROUP BY xid)"
    )

    assert waited > 0
    assert [row["proname"] for row in granted] == ["unsent_seconds"]
    assert await superuser.fetchval("SELECT intake.unsent_seconds()") == 0


@pytest.mark.parametrize("role", ROLES)
async def test_no_role_is_granted_what_only_a_guard_would_refuse(
    role: str, superuser: asyncpg.Connection
) -> None:
    granted = {
        (s.value, t, v): await superuser.fetchval(
            "SELECT has_table_privilege($1, $2, $3)", role, f"{s.value}.{t}", v
        )
        for s in EVENT_STORES
        for t in TABLES
        for v in VERBS
    }

    assert granted == {cell: allowed(role, *cell) for cell in granted}


async def test_a_service_appends_with_no_more_than_its_own_rights(
    role_dsn: Callable[[str], str],
) -> None:
    async with await open_pool(role_dsn("casetrack_intake"), "intake") as pool:
        version = await PostgresEventStore(pool).append(STREAM, [activity(1)], expected_version=0)

    assert version == 1


async def test_a_service_cannot_write_past_the_functions_that_compute_the_chain(
    role_dsn: Callable[[str], str],
) -> None:
    async with await open_pool(role_dsn("casetrack_intake"), "intake") as pool:
        await PostgresEventStore(pool).append(STREAM, [activity(1)], expected_version=0)
        async with pool.acquire() as connection:
            forged = await attempt(connection, FORGED)

    assert forged == FORBIDDEN


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("role", ROLES)
async def test_nobody_but_the_relay_takes_its_lock_or_makes_a_writer_wait(
    role: str, lock: str, role_dsn: Callable[[str], str]
) -> None:
    connection = await asyncpg.connect(role_dsn(role))
    took = await attempt(connection, LOCKS[lock])
    await connection.close()

    rightful = role == "casetrack_relay" and lock == "a relay's lease"
    assert took == ("done" if rightful else FORBIDDEN)


@pytest.mark.parametrize(
    "statement", ["UPDATE events SET version = 9", "DELETE FROM events", "TRUNCATE events"]
)
async def test_not_even_the_owner_of_the_table_changes_history(
    store: PostgresEventStore, superuser: asyncpg.Connection, statement: str
) -> None:
    await store.append(STREAM, [activity(1)], expected_version=0)
    await superuser.execute("SET search_path = intake")

    assert await attempt(superuser, statement) == FORBIDDEN
    assert (await store.load(STREAM)).version == 1
