"""A connection to PostgreSQL, to whichever of its servers takes writes just now."""

from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

import asyncpg

from shared.runtime.clock import Clock, SystemClock
from shared.runtime.wall_guard import MACHINE

CONNECT_SECONDS_MAX = 5.0

CLOCK = SystemClock()

LOAD_CLOCK = """
SELECT clock_timestamp()
"""

ANOTHER = (
    OSError,
    TimeoutError,
    asyncpg.CannotConnectNowError,
    asyncpg.TargetServerAttributeNotMatched,
)
"""One server is away, starts, or is not what was asked for: another one may be."""


def certificates_in(dsn: str) -> dict[str, Path | None]:
    """Return the files that *dsn* names, by what each is for."""
    named = parse_qs(urlsplit(dsn).query)
    files = {"postgres_authority": "sslrootcert", "postgres_client": "sslcert"}
    return {use: Path(named[word][-1]) for use, word in files.items() if word in named}


async def connect(
    dsn: str,
    *,
    timeout: float = CONNECT_SECONDS_MAX,  # noqa: ASYNC109 - asyncpg's pools hand it on so
    **settings: Any,  # noqa: ANN401 - asyncpg's own
) -> asyncpg.Connection:
    """
    Connect to the first of the servers of *dsn* that lets us in and is what *dsn* asks for.

    Each has an equal share of *timeout* seconds: the driver would give all of it to one whose
    machine is gone, and never come to the next.

    Raises:
        OSError, asyncpg.PostgresError, asyncpg.InterfaceError: none did; of the last one.
    """
    *first, last = servers_in(dsn)
    share = timeout / (len(first) + 1)
    for server in first:
        try:
            connection = await asyncpg.connect(server, timeout=share, **settings)
        except ANOTHER:
            continue
        break
    else:
        connection = await asyncpg.connect(last, timeout=share, **settings)
    try:
        await compare_clocks(connection, CLOCK)
    except BaseException:
        # The server was lost meanwhile, or we are to stop: nobody else would let go of it.
        connection.terminate()
        raise
    return connection


async def compare_clocks(connection: asyncpg.Connection, clock: Clock) -> None:
    """Measure by how much our clock is before the server's."""
    asked_at = clock.now()
    server: datetime = await connection.fetchval(LOAD_CLOCK, timeout=CONNECT_SECONDS_MAX)
    # The server looked at some moment between asking and hearing.
    nearest = min(max(server, asked_at), clock.now())
    MACHINE.measured((nearest - server).total_seconds(), clock)


def servers_in(dsn: str) -> list[str]:
    """Return *dsn* once for each server that stands before its path, in their order."""
    parts = urlsplit(dsn)
    user, at, servers = parts.netloc.rpartition("@")
    if "," not in servers:
        return [dsn]
    return [
        urlunsplit(parts._replace(netloc=f"{user}{at}{server}")) for server in servers.split(",")
    ]
