"""Which rows a role sees of six cases, and which it should see."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from services.metrics.adapters.sight import SEE
from shared.policy.organisations import Scope, organisations
from tests.support.organisations import BUREAU, INVENTED
from tests.support.six_cases import OF, SEEN

RoleDsn = Callable[[str], str]

API = "casetrack_metrics_api"
FORBIDDEN = "42501"
WHOSE = "SELECT dossier FROM {table}"
WHETHER = "SELECT count(*) > 0 FROM {table}"
BY_DOSSIER = ["dossiers", "timeline", "clocks", "alerts", "contributors"]
BY_PLACE = "places"
THE_BUREAUS = ["kpi", "lanes", "last_words"]
"""Sums over all organisations, the newest facts of all, and who tells of all alike."""
BY_ADDRESSEE = "orders"
GUARDED = [*BY_DOSSIER, BY_PLACE, BY_ADDRESSEE, *THE_BUREAUS]


def eyes_of(org: str) -> str:
    """Return what a transaction says for people of *org*, as the API says it."""
    return ",".join(sorted(reached(org))) if org != BUREAU else "*"


def reached(org: str) -> Collection[str]:
    register = organisations()
    own = register.today(org)
    return register.reached(own, Scope.BELOW) if own else ()


@asynccontextmanager
async def connected(role_dsn: RoleDsn, role: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(
        role_dsn(role), server_settings={"search_path": "metrics,supervision"}
    )
    yield connection
    await connection.close()


async def attempt(connection: asyncpg.Connection, statement: str) -> Any:  # noqa: ANN401 - any value
    try:
        return await connection.fetchval(statement)
    except asyncpg.PostgresError as fault:
        return str(fault.sqlstate)


async def shown(connection: asyncpg.Connection, eyes: str | None) -> Mapping[str, object]:
    """Return what each table shows to *eyes*, None for who says nothing."""
    async with connection.transaction():
        if eyes is not None:
            await connection.execute(SEE, eyes)
        seen: dict[str, object] = {
            table: {row["dossier"] for row in await connection.fetch(WHOSE.format(table=table))}
            for table in BY_DOSSIER
        }
        places = await connection.fetch("SELECT organisation FROM places")
        seen[BY_PLACE] = {row["organisation"] for row in places}
        orders = await connection.fetch("SELECT organisation FROM orders")
        seen[BY_ADDRESSEE] = {row["organisation"] for row in orders}
        for table in THE_BUREAUS:
            seen[table] = await connection.fetchval(WHETHER.format(table=table))
    return seen


def rightly(cases: Collection[str]) -> Mapping[str, object]:
    """Return what each table shows to who sees *cases*."""
    whole = set(cases) == set(OF)
    return {
        **{table: set(cases) for table in BY_DOSSIER},
        BY_PLACE: {OF[case_no] for case_no in cases},
        BY_ADDRESSEE: {OF[case_no] for case_no in cases},
        **dict.fromkeys(THE_BUREAUS, whole),
    }


async def matrix(connection: asyncpg.Connection) -> Mapping[str, Mapping[str, object]]:
    return {org: await shown(connection, eyes_of(org)) for org in (*SEEN, INVENTED)}


RIGHT = {org: rightly(cases) for org, cases in {**SEEN, INVENTED: set[str]()}.items()}
