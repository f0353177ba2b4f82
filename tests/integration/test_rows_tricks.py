"""Row-level security: what the API's role tries in vain, and that no table is forgotten."""

import asyncpg
import pytest

from services.metrics.adapters.sight import SEE
from tests.support.metrics_store import Store
from tests.support.organisations import STREET
from tests.support.rows import API, FORBIDDEN, GUARDED, RoleDsn, attempt, connected, eyes_of
from tests.support.six_cases import SEEN

EVERYBODYS = {
    "offsets": "how far the topics are read",
    "completeness": "up to when each lane is complete",
    "swept": "by which edition of the rules each lane is judged",
    "projection": "by what code the projection was made",
    "rebuild": "how far the second projection is",
    "rebuild_lanes": "the same, by lane",
    "channels": "how each channel of deliveries is",
    "deliveries": "which messages went to whom; what they told of cards it does not read",
}
"""What the API reads and is no organisation's, and why."""
NAMING_A_SUBJECT = {"dossier", "organisation", "place", "subject", "recent"}
"""Columns that say whose a row is, or tell of a subject."""


TRIED = {
    "to switch row-level security off": "SET row_security = off; SELECT count(*) FROM dossiers",
    "to become the worker": "SET ROLE casetrack_metrics",
    "to log in as the worker": "SET SESSION AUTHORIZATION casetrack_metrics",
    "to give itself the attribute": f"ALTER ROLE {API} BYPASSRLS",
    "to drop the policy": "DROP POLICY seen ON dossiers",
    "to disable it": "ALTER TABLE dossiers DISABLE ROW LEVEL SECURITY",
    "to make a view": "CREATE VIEW metrics.mine AS SELECT * FROM dossiers",
    "to make a function that tells": (
        "CREATE FUNCTION metrics.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS"
        " $$BEGIN RAISE NOTICE '%', $1; RETURN true; END$$"
    ),
    "to look into the second projection": "SELECT count(*) FROM metrics_next.dossiers",
    "to begin one": "SELECT begin_rebuild('mine')",
    "to drop one": "SELECT drop_rebuild()",
    "to learn by a conflict that a card is there": (
        "INSERT INTO alerts SELECT * FROM alerts ON CONFLICT DO NOTHING"
    ),
    "to change what a card says": "UPDATE alerts SET level = 'YELLOW'",
    "to remove a card": "DELETE FROM alerts",
    "to write a dossier": "UPDATE dossiers SET organisation = ''",
    "to copy a dossier in": "COPY dossiers FROM STDIN",
}


@pytest.mark.parametrize("trick", TRIED)
async def test_no_trick_shows_more(
    trick: str,
    six_cases: Store,  # noqa: ARG001 - what is tried for
    role_dsn: RoleDsn,
) -> None:
    async with connected(role_dsn, API) as connection:
        try:
            await connection.execute(TRIED[trick])
            code = "done"
        except asyncpg.PostgresError as fault:
            code = str(fault.sqlstate)

    assert code == FORBIDDEN


ASKED = {
    "a copy": "COPY (SELECT dossier FROM alerts) TO STDOUT",
    "the planner's samples": "SELECT count(*) FROM pg_stats WHERE tablename = 'dossiers'",
    "a function for the eyes of its caller": "SELECT sees_dossier('XC20240902000001')",
    "a sum over a join": "SELECT sum(value) FROM kpi",
    "what is updated": (
        "WITH turned AS (UPDATE alerts SET state = state RETURNING 1) SELECT count(*) FROM turned"
    ),
    "a lock": "SELECT count(*) FROM (SELECT FROM alerts FOR UPDATE) AS locked",
}


async def test_what_may_be_asked_tells_nothing_of_what_is_not_seen(
    six_cases: Store,  # noqa: ARG001 - what is tried for
    superuser: asyncpg.Connection,
    role_dsn: RoleDsn,
) -> None:
    await superuser.execute("ANALYZE metrics.dossiers, metrics.alerts")
    async with connected(role_dsn, API) as connection:
        found = {what: await attempt(connection, query) for what, query in ASKED.items()}
        copied = await connection.execute(ASKED["a copy"]) if found["a copy"] is None else ""

    assert copied == "COPY 0"
    assert {bool(found[what]) for what in ASKED} == {False}


async def test_a_view_and_a_function_of_its_own_show_it_no_more(
    six_cases: Store,  # noqa: ARG001 - what is tried for
    role_dsn: RoleDsn,
) -> None:
    told: list[str] = []
    async with connected(role_dsn, API) as connection, connection.transaction():
        connection.add_log_listener(lambda _, said: told.append(said.message))
        await connection.execute(SEE, eyes_of(STREET))
        # PostgreSQL asks a cheap function first, were it not for the policy.
        await connection.execute(
            "CREATE TEMP VIEW mine AS SELECT dossier FROM metrics.dossiers;"
            "CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS"
            " $$BEGIN RAISE NOTICE '%', $1; RETURN true; END$$"
        )
        seen = await connection.fetch("SELECT dossier FROM mine WHERE pg_temp.leak(dossier)")

    assert {row["dossier"] for row in seen} == {*told} == SEEN[STREET]


async def test_no_table_that_tells_of_a_subject_is_forgotten(
    superuser: asyncpg.Connection,
) -> None:
    rows = await superuser.fetch(
        "SELECT relname AS name, relrowsecurity AND relforcerowsecurity AS guarded,"
        " has_table_privilege($1, pg_class.oid, 'SELECT') AS is_read,"
        " array_agg(attname::text) AS columns"
        " FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0"
        " WHERE relnamespace = 'metrics'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')"
        " GROUP BY pg_class.oid",
        API,
    )
    tells = {row["name"] for row in rows if NAMING_A_SUBJECT & {*row["columns"]}}

    assert (
        tells | {"kpi", "last_words"}
        == {row["name"] for row in rows if row["guarded"]}
        == {*GUARDED}
    )
    assert {row["name"] for row in rows if row["is_read"]} == {*GUARDED, *EVERYBODYS}


async def test_one_role_alone_is_above_the_policies(superuser: asyncpg.Connection) -> None:
    rows = await superuser.fetch(
        "SELECT rolname, rolbypassrls, rolsuper,"
        " EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid) AS is_member"
        " FROM pg_roles WHERE rolname LIKE 'casetrack\\_%'"
    )

    assert {row["rolname"] for row in rows if row["rolbypassrls"]} == {"casetrack_metrics"}
    assert not [row for row in rows if row["rolsuper"] or row["is_member"]]


async def test_few_functions_run_for_the_api_with_rights_of_others(
    superuser: asyncpg.Connection,
) -> None:
    rows = await superuser.fetch(
        "SELECT proname FROM pg_proc WHERE prosecdef AND has_function_privilege($1, oid, 'EXECUTE')"
        " AND pronamespace IN ('metrics'::regnamespace, 'metrics_next'::regnamespace)",
        API,
    )

    assert [row["proname"] for row in rows] == ["counted_parts"]
