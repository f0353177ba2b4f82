"""Who may do what in the database: one login role for each process, with no more than it needs."""

from collections.abc import Mapping, Sequence

import asyncpg

from shared.eventstore.roles import DatabaseRole

WRITERS_OF: Mapping[str, Sequence[DatabaseRole]] = {
    "intake": (DatabaseRole.INTAKE,),
    "assist": (DatabaseRole.ASSIST,),
    "review": (DatabaseRole.REVIEW,),
    "supervision": (DatabaseRole.METRICS, DatabaseRole.METRICS_API),
}
"""Whose facts each event store holds: the ticker of metrics writes the cards, its API the rest."""

SEEING_ALL = frozenset({DatabaseRole.METRICS})
"""Who folds everybody's facts, by COPY, which PostgreSQL refuses under row-level security."""

REPLICATING = frozenset({DatabaseRole.BACKUP})
"""Who copies the whole server, file by file, and has no right to any database of it."""

WATCHERS = (DatabaseRole.METRICS, DatabaseRole.METRICS_API, DatabaseRole.AUDITOR)
"""Who learns of every store how long facts wait in it."""

STORE = "casetrack_store"
"""Who owns the functions by which facts enter a store; no process logs in so."""

FIND_ROLE = """
SELECT true
FROM pg_roles
WHERE rolname = $1
"""

# PostgreSQL takes no parameters in these, so it writes them itself, quoted by its own rules.
QUOTE_CREATION = """
SELECT format('CREATE ROLE %I LOGIN', $1::text)
"""

QUOTE_STORE_CREATION = """
SELECT format('CREATE ROLE %I NOLOGIN', $1::text)
"""

QUOTE_ALTERATION = """
SELECT format('ALTER ROLE %I PASSWORD %L', $1::text, $2::text)
"""

QUOTE_SIGHT = """
SELECT format('ALTER ROLE %I %s', $1::text, $2::text)
"""

QUOTE_REPLICATION = """
SELECT format('ALTER ROLE %I REPLICATION', $1::text)
"""

QUOTE_CLOSING = """
SELECT format('REVOKE ALL ON DATABASE %1$I FROM PUBLIC', current_database())
"""

QUOTE_CONNECT = """
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), $1::text)
"""

# As whom the functions write that take in facts, receipts and claims; nobody logs in so.
QUOTE_STORE = """
SELECT format(
    'GRANT USAGE, CREATE ON SCHEMA %1$I TO %2$I;'
    'GRANT SELECT, INSERT ON %1$I.events, %1$I.receipts, %1$I.claims TO %2$I;'
    'GRANT SELECT, INSERT, UPDATE ON %1$I.timers TO %2$I;'
    'GRANT SELECT, UPDATE ON %1$I.timer_cursor TO %2$I;'
    'GRANT SELECT ON %1$I.relay_cursor TO %2$I;'
    'ALTER FUNCTION %1$I.lock_streams OWNER TO %2$I;'
    'ALTER FUNCTION %1$I.record_facts OWNER TO %2$I;'
    'ALTER FUNCTION %1$I.append_facts OWNER TO %2$I;'
    'ALTER FUNCTION %1$I.claim_name OWNER TO %2$I;'
    'ALTER FUNCTION %1$I.arm_timers OWNER TO %2$I;'
    'ALTER FUNCTION %1$I.unsent_seconds OWNER TO %2$I;'
    'GRANT EXECUTE ON FUNCTION %1$I.own_transaction, %1$I.settled_below TO %2$I;'
    'REVOKE CREATE ON SCHEMA %1$I FROM %2$I',
    $1::text, $2::text
)
"""

# A release before this one let its writers into the tables themselves.
QUOTE_WRITER = """
SELECT format(
    'GRANT USAGE ON SCHEMA %1$I TO %2$I;'
    'REVOKE INSERT ON %1$I.events, %1$I.receipts, %1$I.claims FROM %2$I;'
    'REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA %1$I FROM %2$I;'
    'GRANT SELECT ON %1$I.events, %1$I.receipts, %1$I.claims TO %2$I;'
    'GRANT SELECT, INSERT, UPDATE, DELETE ON %1$I.timers TO %2$I;'
    'GRANT SELECT, UPDATE ON %1$I.timer_cursor TO %2$I;'
    'GRANT EXECUTE ON FUNCTION %1$I.record_facts, %1$I.append_facts, %1$I.claim_name,'
    ' %1$I.arm_timers, %1$I.unsent_seconds, %1$I.settled_below TO %2$I',
    $1::text, $2::text
)
"""

# PostgreSQL lets everybody take any advisory lock, so anybody could make a relay or a writer wait
# for ever. Keys of two numbers are the relay's leases, keys of one are streams and the rebuild.
LOCKS = """
REVOKE EXECUTE ON FUNCTION
    pg_advisory_lock(bigint), pg_advisory_lock(integer, integer),
    pg_advisory_lock_shared(bigint), pg_advisory_lock_shared(integer, integer),
    pg_advisory_xact_lock(bigint), pg_advisory_xact_lock(integer, integer),
    pg_advisory_xact_lock_shared(bigint), pg_advisory_xact_lock_shared(integer, integer),
    pg_try_advisory_lock(bigint), pg_try_advisory_lock(integer, integer),
    pg_try_advisory_lock_shared(bigint), pg_try_advisory_lock_shared(integer, integer),
    pg_try_advisory_xact_lock(bigint), pg_try_advisory_xact_lock(integer, integer),
    pg_try_advisory_xact_lock_shared(bigint), pg_try_advisory_xact_lock_shared(integer, integer)
FROM PUBLIC;
"""

QUOTE_LOCKS = """
SELECT format(
    'GRANT EXECUTE ON FUNCTION pg_advisory_xact_lock(bigint), pg_try_advisory_xact_lock(bigint)'
    ' TO %1$I;'
    'GRANT EXECUTE ON FUNCTION pg_try_advisory_lock(integer, integer) TO %2$I;'
    'GRANT EXECUTE ON FUNCTION pg_try_advisory_lock(bigint) TO %3$I',
    $1::text, $2::text, $3::text
)
"""

QUOTE_RELAY = """
SELECT format(
    'GRANT USAGE ON SCHEMA %1$I TO %2$I;'
    'GRANT SELECT ON %1$I.events TO %2$I;'
    'GRANT SELECT, UPDATE ON %1$I.relay_cursor TO %2$I;'
    'GRANT SELECT, INSERT, DELETE ON %1$I.parked TO %2$I;'
    'GRANT EXECUTE ON FUNCTION %1$I.settled_below TO %2$I',
    $1::text, $2::text
)
"""

QUOTE_WATCHER = """
SELECT format(
    'GRANT USAGE ON SCHEMA %1$I TO %2$I;'
    'GRANT EXECUTE ON FUNCTION %1$I.unsent_seconds() TO %2$I',
    $1::text, $2::text
)
"""

QUOTE_READER = """
SELECT format(
    'GRANT USAGE ON SCHEMA %1$I TO %2$I;'
    'GRANT SELECT ON ALL TABLES IN SCHEMA %1$I TO %2$I;'
    'GRANT EXECUTE ON FUNCTION %1$I.settled_below, %1$I.is_settled TO %2$I',
    $1::text, $2::text
)
"""

QUOTE_NO_PUBLIC_FUNCTIONS = """
SELECT format('REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA %I FROM PUBLIC', $1::text)
"""


async def ensure_roles(connection: asyncpg.Connection, passwords: Mapping[str, str]) -> None:
    """Make the login roles that are missing, and set the *passwords* that are given."""
    for role in DatabaseRole:
        if not await connection.fetchval(FIND_ROLE, role.value):
            await _execute(connection, QUOTE_CREATION, role.value)
        if password := passwords.get(role.value):
            await _execute(connection, QUOTE_ALTERATION, role.value, password)
        sight = "BYPASSRLS" if role in SEEING_ALL else "NOBYPASSRLS"
        await _execute(connection, QUOTE_SIGHT, role.value, sight)
        if role in REPLICATING:
            await _execute(connection, QUOTE_REPLICATION, role.value)
    if not await connection.fetchval(FIND_ROLE, STORE):
        await _execute(connection, QUOTE_STORE_CREATION, STORE)


async def grant(connection: asyncpg.Connection, event_stores: Sequence[str]) -> None:
    """Give each role its rights on the *event_stores*, and nobody else any."""
    async with connection.transaction():
        await _execute(connection, QUOTE_CLOSING)
        await connection.execute(LOCKS)
        await _execute(
            connection, QUOTE_LOCKS, STORE, DatabaseRole.RELAY.value, DatabaseRole.METRICS.value
        )
        for role in DatabaseRole:
            if role not in REPLICATING:
                await _execute(connection, QUOTE_CONNECT, role.value)
        for schema in event_stores:
            await _execute(connection, QUOTE_NO_PUBLIC_FUNCTIONS, schema)
            await _execute(connection, QUOTE_STORE, schema, STORE)
            for writer in WRITERS_OF[schema]:
                await _execute(connection, QUOTE_WRITER, schema, writer.value)
            await _execute(connection, QUOTE_RELAY, schema, DatabaseRole.RELAY.value)
            for watcher in WATCHERS:
                await _execute(connection, QUOTE_WATCHER, schema, watcher.value)
            await _execute(connection, QUOTE_READER, schema, DatabaseRole.AUDITOR.value)


async def _execute(connection: asyncpg.Connection, quoting: str, *values: str) -> None:
    await connection.execute(await connection.fetchval(quoting, *values))
