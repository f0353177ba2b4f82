"""Row-level security: what HTTP narrows is narrowed below it, by the services' own roles."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from services.metrics.adapters.alert_lists import LOAD_ALERTS_BY_DUE, LOAD_NEWEST_ALERTS
from services.metrics.adapters.readings import (
    FIND_ALERTS,
    FIND_DOSSIER,
    LOAD_OWN_DOSSIERS,
    LOAD_STANDING,
    LOAD_TIMELINE,
    SUM_PARTS_NARROWED,
    PostgresReadings,
)
from services.metrics.adapters.rebuilding import open_beside
from services.metrics.adapters.sight import Sight, open_sight
from services.metrics.adapters.supervision import PostgresSupervision
from services.metrics.app.fingerprint import our_fingerprint
from services.metrics.app.rules import SEARCH_PATH
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.figures.dimensions import DIMENSIONS, EVERYWHERE, narrowed_to
from services.metrics.handlers.narrowing import OfOrganisations
from services.metrics.ports.readings import AlertsSought, ClocksSought, Readings
from shared.contracts.envelope import Event
from shared.contracts.supervision.course import STANDING, AlertState
from shared.contracts.supervision.facts import AlertAcknowledged
from shared.eventstore.port import StoreRefused, StoreUnavailable
from shared.eventstore.postgres import open_pool
from tests.support.facts import SUPERVISION
from tests.support.metrics_store import LAST, RECEIPTS, SEPTEMBER, Store, keys, sought
from tests.support.organisations import INVENTED, MARKET, STREET
from tests.support.rebuilding import rebuilt
from tests.support.rows import (
    API,
    FORBIDDEN,
    GUARDED,
    RIGHT,
    WHETHER,
    RoleDsn,
    attempt,
    connected,
    matrix,
    reached,
    rightly,
    shown,
)
from tests.support.six_cases import OF, SEEN

BELOW_HTTP = {
    "casetrack_metrics": set(OF),
    "casetrack_auditor": set(OF),
    API: set(),
    "casetrack_intake": None,
    "casetrack_assist": None,
    "casetrack_review": None,
    "casetrack_relay": None,
}
"""What each role sees that says nothing of whose eyes it has; None may not even ask."""
LATE = datetime.max.replace(tzinfo=UTC)
CARDS = AlertsSought((LATE, LAST), tuple(AlertState), None, None, None, 100)
CLOCKS = ClocksSought((datetime(2024, 9, 1, tzinfo=UTC), ClockKey("", "", "", 0)), LATE, 100)
DAYS = (datetime(2024, 9, 1, tzinfo=UTC), datetime(2025, 9, 1, tzinfo=UTC))


@pytest.fixture
async def sight(
    six_cases: Store,  # noqa: ARG001 - what is seen
    role_dsn: RoleDsn,
) -> AsyncIterator[Sight]:
    async with open_sight(role_dsn(API), SEARCH_PATH) as opened:
        yield opened


async def test_each_table_shows_the_own_rows_and_those_below(
    six_cases: Store,  # noqa: ARG001 - what is seen
    role_dsn: RoleDsn,
) -> None:
    async with connected(role_dsn, API) as connection:
        assert await matrix(connection) == RIGHT


@pytest.mark.parametrize("role", BELOW_HTTP)
async def test_each_role_sees_without_saying_anything_what_it_may(
    role: str,
    six_cases: Store,  # noqa: ARG001 - what is seen
    role_dsn: RoleDsn,
) -> None:
    cases = BELOW_HTTP[role]
    async with connected(role_dsn, role) as connection:
        if cases is None:
            found = {
                await attempt(connection, WHETHER.format(table=f"metrics.{table}"))
                for table in GUARDED
            }
            assert found == {FORBIDDEN}
        else:
            assert await shown(connection, None) == rightly(cases)


MUTANTS = [
    "DROP POLICY seen ON {table}",
    "ALTER POLICY seen ON {table} USING (true)",
    "CREATE POLICY more ON {table} USING (true)",
    "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
]


@pytest.mark.parametrize("table", GUARDED)
async def test_the_matrix_notices_a_policy_that_is_missing_or_too_wide(
    table: str,
    six_cases: Store,  # noqa: ARG001 - what is seen
    superuser: asyncpg.Connection,
) -> None:
    await superuser.execute("SET search_path = metrics")
    unnoticed = []
    for mutant in MUTANTS:
        trial = superuser.transaction()
        await trial.start()
        await superuser.execute(mutant.format(table=table))
        await superuser.execute(f"SET LOCAL ROLE {API}")
        if await matrix(superuser) == RIGHT:
            unnoticed.append(mutant)
        await trial.rollback()

    assert unnoticed == []


@pytest.mark.parametrize("org", [*SEEN, INVENTED])
async def test_the_database_alone_narrows_readings_as_the_handlers_alone_do(
    org: str, sight: Sight
) -> None:
    everything = PostgresReadings(sight).within(None)
    by_handlers = OfOrganisations(everything, reached(org))
    by_database = PostgresReadings(sight).within(reached(org))

    assert await told_by(by_database) == await told_by(by_handlers)
    assert await told_by(everything.within(reached(org))) == await told_by(by_handlers)


async def told_by(readings: Readings) -> Mapping[str, Any]:
    """Return all that *readings* tell."""
    cards = await readings.alerts(CARDS)
    summed = {
        code: SEPTEMBER._replace(parts=(RECEIPTS,), narrowed=narrowed_to(organisation=code))
        for code in {*OF.values()}
    }
    return {
        "dossiers": keys(await readings.dossiers(sought(rows_max=100))),
        "due": keys(await readings.due(sought(rows_max=100), DAYS)),
        "running": {one.key for one in await readings.running(CLOCKS)},
        "cards": {card.alert.alert_id for card in cards},
        "one": [await readings.dossier(key) for key in OF],
        "facts": [list(await readings.timeline(key)) for key in OF],
        "card": [await readings.alert(card.alert.alert_id) for card in cards],
        "standing": await readings.standing([card.dossier.key for card in cards]),
        "counted": sorted(await readings.cards()),
        "parts": [await readings.parts(one) for one in summed.values()],
        "days": [await readings.days(one) for one in summed.values()],
        "by": [await readings.dimension(one, by) for one in summed.values() for by in DIMENSIONS],
        "behind": [await readings.behind(one, (date.max, LAST), 10) for one in summed.values()],
    }


async def test_who_does_not_say_whose_eyes_it_has_reads_nothing(sight: Sight) -> None:
    told = await told_by(PostgresReadings(sight))

    lists = ("dossiers", "due", "running", "cards", "standing", "counted")
    assert not any(told[name] for name in lists)
    assert {
        bool(one) for name in ("facts", "parts", "days", "by", "behind") for one in told[name]
    } == {False}


EVERY_CARD = (None, None, None, 50, None, None, None, None)

FOUND_BY: Mapping[str, tuple[str, list[Any], str, list[str]]] = {
    "one dossier": (FIND_DOSSIER, ["K"], "dossiers_pkey", ["dossier ="]),
    "the own ones": (
        LOAD_OWN_DOSSIERS,
        ["K", [], None, 10, [STREET]],
        "dossiers_by_organisation",
        ["organisation =", "dossier <"],
    ),
    "facts": (LOAD_TIMELINE, ["K"], "timeline_pkey", ["dossier ="]),
    "sums": (
        SUM_PARTS_NARROWED,
        [["P"], date(2024, 1, 1), date(2024, 2, 1), [STREET], *EVERYWHERE[1:]],
        "contributors_pkey",
        ["part =", "day >=", "day <="],
    ),
    "one card": (FIND_ALERTS, [["A"]], "alerts_pkey", ["alert_id ="]),
    "cards of dossiers": (LOAD_STANDING, [["K"]], "alerts_by_dossier", ["dossier ="]),
    "the newest cards": (
        LOAD_NEWEST_ALERTS,
        [LATE, LAST, [*STANDING], *EVERY_CARD],
        "alerts_standing_by_raising",
        ["raised_at"],
    ),
    "the cards that are due first": (
        LOAD_ALERTS_BY_DUE,
        [date(2024, 1, 1), "", [*STANDING], *EVERY_CARD],
        "alerts_standing_by_due",
        ["due"],
    ),
}


@pytest.mark.parametrize("asked", FOUND_BY)
async def test_policies_leave_to_the_indexes_what_they_find(asked: str, sight: Sight) -> None:
    query, values, index, conditions = FOUND_BY[asked]
    async with sight.within(reached(STREET)).transaction() as connection:
        # Of six cases the planner would read all.
        await connection.execute("SET LOCAL enable_seqscan = off")
        rows = await connection.fetch(f"EXPLAIN {query}", *values)
    plan = "\n".join(row[0] for row in rows)
    _, _, behind = plan.partition(index)
    found = behind.partition("Index Cond: ")[2].partition("\n")[0]

    assert [one for one in conditions if one not in found] == [], plan


@pytest.mark.parametrize("ends", ["commits", "fails"])
async def test_what_one_reading_said_is_over_for_the_next_on_its_connection(
    ends: str,
    six_cases: Store,  # noqa: ARG001 - what is seen
    role_dsn: RoleDsn,
) -> None:
    async with await open_pool(role_dsn(API), SEARCH_PATH, connections_max=1) as pool:
        sight = Sight(pool, pool)
        with suppress(asyncpg.DivisionByZeroError):
            async with sight.within(reached(STREET)).transaction() as connection:
                seen = await connection.fetchval("SELECT count(*) FROM dossiers")
                assert seen == len(SEEN[STREET])
                if ends == "fails":
                    await connection.execute("SELECT 1 / 0")
        async with pool.acquire() as connection:
            left = await shown(connection, None)

    assert left == rightly(())


async def test_a_card_of_others_is_not_turned_below_http_either(
    sight: Sight, six_cases: Store, superuser: asyncpg.Connection
) -> None:
    readings = PostgresReadings(sight).within(None)
    card = next(
        one.alert for one in await readings.alerts(CARDS) if one.dossier.key in SEEN[MARKET]
    )

    async def turned(organisations: Collection[str]) -> bool:
        event = Event.of(
            AlertAcknowledged(alert_id=card.alert_id, by="somebody", note=None),
            id=f"seen-by-{len(organisations)}",
            source=SUPERVISION,
            time=six_cases.clock.now(),
            partitionkey=card.dossier,
        )
        speaking = PostgresSupervision(sight).within(organisations)
        stream = f"alert-{card.alert_id}"
        version = (await speaking.load(stream)).version
        try:
            await speaking.append(stream, [event], expected_version=version)
        except StoreRefused:
            return False
        return True

    assert not await turned(())
    assert not await turned(reached(STREET))
    assert (
        await superuser.fetchval("SELECT count(*) FROM supervision.events WHERE id ~ '^seen'") == 0
    )
    assert await turned(reached(MARKET))


async def test_no_session_is_answered_whom_policies_do_not_bind(
    six_cases: Store,  # noqa: ARG001 - what would be seen
    role_dsn: RoleDsn,
) -> None:
    async with open_sight(role_dsn("casetrack_metrics"), SEARCH_PATH) as sight:
        for organisations in (None, reached(STREET)):
            readings = PostgresReadings(sight).within(organisations)
            with capture_logs() as said, pytest.raises(StoreUnavailable):
                await readings.dossiers(sought())

            assert [line["event"] for line in said] == ["rows_not_guarded"]


async def test_a_second_projection_has_the_same_policies_and_so_has_what_it_becomes(
    six_cases: Store,
    superuser: asyncpg.Connection,
    role_dsn: RoleDsn,
) -> None:
    before = await policies(superuser, "metrics")
    async with open_beside(role_dsn("casetrack_metrics"), our_fingerprint()) as beside:
        assert beside is not None
        await beside.begin()
        kept = {"alerts", "lanes", "orders", "places", "timeline"}
        derived = {one for one in before if one[0] not in kept}
        assert await policies(superuser, "metrics_next") == derived
    outcome = await rebuilt(role_dsn("casetrack_metrics"))
    await six_cases.claim()

    assert outcome.switched
    assert await policies(superuser, "metrics") == before
    async with connected(role_dsn, API) as connection:
        assert await matrix(connection) == RIGHT


async def policies(superuser: asyncpg.Connection, schema: str) -> set[tuple[Any, ...]]:
    rows = await superuser.fetch(
        "SELECT tablename, policyname, cmd, roles::text, qual, relrowsecurity, relforcerowsecurity"
        " FROM pg_policies JOIN pg_class"
        " ON oid = format('%I.%I', schemaname, tablename)::regclass WHERE schemaname = $1",
        schema,
    )
    return {tuple(row) for row in rows}
