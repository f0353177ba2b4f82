"""Bring a database to the shape that this version expects: forward only, file by file."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import structlog

from shared.eventstore import rights
from shared.eventstore.connecting import CLOCK, connect
from shared.eventstore.eras import begin_era
from shared.runtime.lifecycle import crash

OWN_FOLDER = Path(__file__).parent / "sql"

MIGRATION_LOCK = 0x6361_7365
"""Held while a database is migrated, so that two start-ups take turns."""

MAINTENANCE_DATABASE = "postgres"
CONNECT_SECONDS_MAX = 60.0
"""A server that has just come up takes its time, and nobody waits for an answer here."""

RECOVERY_SECONDS_MAX = 1800.0
LOOK_SECONDS = 0.2

FIND_RECOVERING = """
SELECT pg_is_in_recovery()
"""

CREATE_LEDGER = """
CREATE TABLE IF NOT EXISTS migrations (
    number     integer PRIMARY KEY,
    name       text NOT NULL,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""

LOAD_LEDGER = """
SELECT number, checksum
FROM migrations
"""

APPEND_LEDGER = """
INSERT INTO migrations (number, name, checksum)
VALUES ($1, $2, $3)
"""

FIND_DATABASE = """
SELECT true
FROM pg_database
WHERE datname = $1
"""

QUOTE_DATABASE = """
SELECT format('CREATE DATABASE %I ENCODING ''UTF8'' TEMPLATE template0', $1::text)
"""


log = structlog.get_logger()


class Schema(StrEnum):
    """A PostgreSQL schema of ours; the first four are event stores, one for each owner."""

    INTAKE = "intake"
    ASSIST = "assist"
    REVIEW = "review"
    SUPERVISION = "supervision"
    METRICS = "metrics"


EVENT_STORES = (Schema.INTAKE, Schema.ASSIST, Schema.REVIEW, Schema.SUPERVISION)


class MigrationChanged(Exception):
    """A file that this database has applied before was edited since, or is gone."""

    def __init__(self, schema: Schema, number: int) -> None:
        super().__init__(schema.value, number)
        self.schema = schema
        self.number = number


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file."""

    number: int
    name: str
    statements: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.statements.encode()).hexdigest()


async def migrate(
    dsn: str,
    passwords: Mapping[str, str] | None = None,
    folders: Mapping[Schema, Path] | None = None,
) -> None:
    """
    Make the database that *dsn* names, its roles and its schemas, or bring them up to date.

    *passwords* are by role name; a role without one keeps what it has. A store that was restored
    from another cluster goes on here.
    *folders* add the migrations of schemas that a service keeps itself.
    """
    await _prepare_cluster(dsn, passwords or {})
    connection = await connect(dsn, timeout=CONNECT_SECONDS_MAX)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        for schema in EVENT_STORES:
            await migrate_schema(connection, schema, OWN_FOLDER)
            await begin_era(connection, schema.value)
        for schema, folder in (folders or {}).items():
            await migrate_schema(connection, schema, folder)
        await rights.grant(connection, [schema.value for schema in EVENT_STORES])
    finally:
        await connection.close()


async def migrate_schema(connection: asyncpg.Connection, schema: Schema, folder: Path) -> None:
    """
    Apply to *schema* the files of *folder* that it lacks, each in its own transaction.

    The files name no schema: the search path says where their tables go.
    """
    async with connection.transaction():
        await connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema.value}"')
        await _enter(connection, schema)
        await connection.execute(CREATE_LEDGER)
        applied = {row["number"]: row["checksum"] for row in await connection.fetch(LOAD_LEDGER)}
    migrations = load_folder(folder)
    _check(schema, applied, migrations)
    for migration in migrations:
        if migration.number not in applied:
            await _apply(connection, schema, migration)


def load_folder(folder: Path) -> list[Migration]:
    """Return the files ``NNNN-name.sql`` of *folder* in order."""
    return [
        Migration(int(path.name[:4]), path.stem[5:], path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.sql"))
        if re.fullmatch(r"\d{4}-[a-z-]+\.sql", path.name)
    ]


def _check(schema: Schema, applied: Mapping[int, str], migrations: list[Migration]) -> None:
    present = {migration.number: migration.checksum for migration in migrations}
    for number, checksum in applied.items():
        # A higher number than we know is a newer release's: it ran here and was rolled back.
        if number <= max(present, default=0) and present.get(number) != checksum:
            raise MigrationChanged(schema, number)


async def _apply(connection: asyncpg.Connection, schema: Schema, migration: Migration) -> None:
    async with connection.transaction():
        await _enter(connection, schema)
        await connection.execute(migration.statements)
        crash("migration.made")
        await connection.execute(
            APPEND_LEDGER, migration.number, migration.name, migration.checksum
        )
    crash("migration.committed")


async def _enter(connection: asyncpg.Connection, schema: Schema) -> None:
    await connection.execute("SELECT set_config('search_path', $1, true)", f'"{schema.value}"')


async def _prepare_cluster(dsn: str, passwords: Mapping[str, str]) -> None:
    # Roles belong to the whole cluster and advisory locks to one database, so
    # everybody who makes roles meets in the maintenance database.
    parts = urlsplit(dsn)
    maintenance = urlunsplit(parts._replace(path=f"/{MAINTENANCE_DATABASE}"))
    connection = await connect(maintenance, timeout=CONNECT_SECONDS_MAX)
    try:
        await _until_recovered(connection)
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        await rights.ensure_roles(connection, passwords)
        name = parts.path.lstrip("/")
        if name and not await connection.fetchval(FIND_DATABASE, name):
            await connection.execute(await connection.fetchval(QUOTE_DATABASE, name))
    finally:
        await connection.close()


async def _until_recovered(connection: asyncpg.Connection) -> None:
    """Wait for a server that was restored: it answers while it reads its log, and takes nothing."""
    deadline = CLOCK.monotonic() + RECOVERY_SECONDS_MAX
    waiting = False
    while await connection.fetchval(FIND_RECOVERING):
        if CLOCK.monotonic() > deadline:
            raise asyncpg.TargetServerAttributeNotMatched("it is a standby, or reads its log yet")
        if not waiting:
            waiting = True
            log.warning("recovery_waited_for", seconds_max=RECOVERY_SECONDS_MAX)
        await CLOCK.sleep(LOOK_SECONDS)
