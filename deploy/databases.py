"""The bureau's database: made where it is missing, brought up to date, addressed by role."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from deploy.faults import MigrationEdited
from deploy.unreachable import unreachable
from shared.eventstore.migrations import MigrationChanged, Schema, migrate
from shared.eventstore.roles import DatabaseRole

ROLES: tuple[str, ...] = tuple(role.value for role in DatabaseRole)
# The projection keeps its own tables; nobody but the start-up knows both owners.
FOLDERS = {Schema.METRICS: Path(str(files("services.metrics") / "adapters" / "sql"))}

UNREACHABLE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.TargetServerAttributeNotMatched,
)


def addressed(dsn: str, *, database: str, role: str = "", password: str = "") -> str:
    """Return *dsn* with another database, and with another role where one is given."""
    parts = urlsplit(dsn)
    place = parts.netloc
    if role:
        _, _, server = parts.netloc.rpartition("@")
        place = f"{role}:{quote(password, safe='')}@{server}"
    return urlunsplit(parts._replace(netloc=place, path=f"/{database}"))


async def prepare_database(dsn: str, passwords: Mapping[str, str]) -> None:
    """
    Make the database that *dsn* names, its roles and all schemas, or bring them up to date.

    Raises:
        ServerUnreachable: the server does not take our connection.
    """
    try:
        await migrate(dsn, passwords, FOLDERS)
    except MigrationChanged as changed:
        raise MigrationEdited(schema=changed.schema, number=changed.number) from changed
    except UNREACHABLE as failure:
        raise unreachable("PostgreSQL", failure) from failure
