"""Verification over a real database: silent where all is well, and naming whatever was touched."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from deploy.command.verify import verified
from services.metrics.adapters.recorded import open_records
from services.metrics.handlers.chains import ChainWalk
from services.metrics.handlers.difference import Report
from shared.contracts.committee.facts import ReferralMade
from shared.contracts.moments import FIRST_DAY, LAST_DAY
from shared.contracts.registry import Owner
from shared.eventstore.postgres import PostgresEventStore, open_pool
from tests.support.facts import foreign
from tests.support.settled import OTHERS_SECONDS_MAX
from tests.support.stepped_bureau import Bureau, stepped_bureau
from tests.support.unbounded_facts import unbounded
from tests.support.way_of_a_case import (
    ACCEPTED,
    HELD,
    RECEIVED,
    REFERRED,
    RELEASED,
    RETURNED,
    STARTED,
    event,
)
from tests.support.whole_way import whole_way

LATE_CASE = tuple(
    event(one.data, hours, window="W12")
    for one, hours in ((RECEIVED, 0), (ACCEPTED, 1), (STARTED, 2), (RETURNED, 3), (REFERRED, 100))
)
"""Accepted in 2024 and never decided: both of its clocks have turned red."""
HOLD = (event(HELD.data, 24), event(RELEASED.data, 72))
OTHER = event(
    ReferralMade.model_validate(
        REFERRED.data.model_dump() | {"case_no": "XC20240902000018", "referral_id": "r2"}
    ),
    5,
    key="XC20240902000018",
)


@pytest.fixture
async def bureau(postgres_dsn: str) -> AsyncIterator[Bureau]:
    async with stepped_bureau(postgres_dsn) as opened:
        yield opened


def found(report: Report) -> set[str]:
    return {difference.what.value for difference in report.differences}


async def test_what_follows_from_the_facts_is_what_is_stored(bureau: Bureau) -> None:
    await bureau.record([*LATE_CASE, OTHER])
    await bureau.fold()
    await bureau.judge()

    report = await bureau.verify()

    assert report.differences == []
    assert (report.subjects, report.under_way, report.due_clocks) == (2, 0, 0)
    assert report.events > len(LATE_CASE) + 1, "the red cards are facts too"


async def test_what_was_let_in_before_days_were_bounded_makes_no_difference(
    bureau: Bureau,
) -> None:
    facts = list(unbounded())
    await bureau.record(facts)
    await bureau.fold()
    assert await bureau.pool.fetchval("SELECT count(*) FROM timeline") == len(facts)

    await bureau.judge()
    days = await bureau.pool.fetchrow("SELECT min(day) AS first, max(day) AS last FROM kpi")

    assert (await bureau.verify()).differences == []
    assert days["first"] >= FIRST_DAY
    assert days["last"] <= LAST_DAY


async def test_a_hold_that_came_late_leaves_nothing_behind(bureau: Bureau) -> None:
    await bureau.record(LATE_CASE)
    await bureau.fold()
    await bureau.judge()
    await bureau.record(HOLD)
    await bureau.fold()
    before = await bureau.verify()
    await bureau.judge()

    assert (before.differences, before.due_clocks > 0) == ([], True)
    assert (await bureau.verify()).differences == []


async def test_a_fact_under_way_is_no_difference_until_it_had_its_time(bureau: Bureau) -> None:
    await bureau.record(LATE_CASE)
    await bureau.fold()
    await bureau.judge()
    await bureau.record([OTHER])

    at_once = await bureau.verify(settled=False)
    settled = await bureau.verify()

    assert (at_once.differences, at_once.under_way) == ([], 1)
    assert found(settled) == {"timeline.missing"}
    assert settled.differences[0].subject == "XC20240902000018"


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE metrics.dossiers SET phase = 'CLOSED' WHERE dossier LIKE '%17'", {"state"}),
        ("UPDATE metrics.dossiers SET organisation = ''", {"state"}),
        ("UPDATE metrics.dossiers SET state = replace(state, 'W12', 'W13')", {"state"}),
        ("DELETE FROM metrics.dossiers WHERE dossier LIKE '%18'", {"state"}),
        ("UPDATE metrics.kpi SET value = value + 1 WHERE part LIKE 'L03/accepted%'", {"kpi"}),
        ("DELETE FROM metrics.kpi WHERE part = 'L01/open'", {"kpi"}),
        ("UPDATE metrics.contributors SET number = 7 WHERE part = 'L01/open'", {"kpi.contributor"}),
        ("DELETE FROM metrics.contributors WHERE part LIKE 'L03/%'", {"kpi.contributor"}),
        (
            (
                "INSERT INTO metrics.contributors "
                "SELECT number, place, day, 'K10.2', dossier FROM metrics.contributors LIMIT 1"
            ),
            {"kpi.contributor"},
        ),
        ("UPDATE metrics.places SET service_window = 'W13'", {"kpi.contributor"}),
        ("DELETE FROM metrics.places", {"kpi.contributor"}),
        ("UPDATE metrics.clocks SET due = due + 1 WHERE clock = 'COMMITTED'", {"clock"}),
        ("DELETE FROM metrics.clocks WHERE clock = 'COMMITTED'", {"clock"}),
        ("UPDATE metrics.clocks SET next_at = '2999-01-01'", {"clock.deadline"}),
        ("UPDATE metrics.alerts SET state = 'RESOLVED' WHERE level = 'RED'", {"alert"}),
        ("UPDATE metrics.alerts SET due = due + 1 WHERE level = 'RED'", {"alert"}),
        ("DELETE FROM metrics.alerts WHERE level = 'RED'", {"alert", "alert.due"}),
        (
            "UPDATE metrics.timeline SET body = replace(body, 'W12', 'W13')",
            {"timeline.changed"},
        ),
        (
            (
                "INSERT INTO metrics.timeline SELECT dossier, 'x', occurred_at, body "
                "FROM metrics.timeline LIMIT 1"
            ),
            {"timeline.foreign"},
        ),
        (
            "DELETE FROM metrics.timeline WHERE dossier LIKE '%18'",
            {"timeline.missing", "state", "kpi", "kpi.contributor"},
        ),
        (
            "DELETE FROM intake.events WHERE version = 3",
            {"store.version", "store.chain", "timeline.foreign", "state"},
        ),
        ("UPDATE intake.events SET hash = sha256('x') WHERE version = 2", {"store.chain"}),
        ("UPDATE intake.events SET id = 'x' WHERE version = 2", {"store.columns"}),
        ("UPDATE intake.events SET digest = sha256('x') WHERE version = 2", {"store.digest"}),
        ("UPDATE intake.events SET published = false WHERE version = 2", {"store.chain"}),
    ],
)
async def test_whatever_is_touched_is_named(bureau: Bureau, statement: str, what: set[str]) -> None:
    await bureau.record([*LATE_CASE, OTHER])
    await bureau.fold()
    await bureau.judge()

    await bureau.tamper(statement)

    assert what <= found(await bureau.verify())


async def test_any_changed_byte_of_history_is_named_with_its_stream(bureau: Bureau) -> None:
    await bureau.record([*LATE_CASE, *HOLD])
    async with open_records(bureau.dsn) as records, records.snapshot() as snapshot:
        rows = [row async for row in snapshot.chains(Owner.INTAKE)]
    unseen = []
    for at, row in enumerate(rows):
        for place in range(len(row.body)):
            changed = b"!" if row.body[place : place + 1] != b"!" else b"?"
            body = row.body[:place] + changed + row.body[place + 1 :]
            touched = [*rows[:at], row._replace(body=body), *rows[at + 1 :]]
            walk = ChainWalk()
            named = [one.subject for each in touched for one in walk.step(each)]
            if row.stream not in named:
                unseen.append((row.stream, row.version, place))

    assert unseen == []


async def test_it_waits_for_what_is_on_its_way_through_kafka(
    tmp_path: Path, role_dsn: Callable[[str], str], bureau_topics: str
) -> None:
    facts = [foreign(number, case=f"XC2024090200{number % 40:04}") for number in range(400)]
    async with whole_way(tmp_path / "home", role_dsn=role_dsn, kafka=bureau_topics) as way:
        async with await open_pool(role_dsn("casetrack_intake"), "intake") as pool:
            await PostgresEventStore(pool).record(facts)
        told: list[float] = []
        async with asyncio.timeout(150):
            report = await verified(
                way.auditor_dsn,
                bureau_topics,
                OTHERS_SECONDS_MAX,
                lambda _count, reached: told.append(reached),
            )

    assert report.differences == []
    assert (report.subjects, report.events, report.under_way) == (40, 400, 0)
    assert told == sorted(told)
    assert told


async def test_a_relay_that_stands_still_is_named(
    role_dsn: Callable[[str], str], bureau: Bureau
) -> None:
    await bureau.record([OTHER])

    report = await verified(
        role_dsn("casetrack_auditor"), "unused:9092", 0.3, lambda _count, _reached: None
    )

    assert {"relay.behind", "timeline.missing"} <= found(report)
    assert report.document()["differences"][0] == {
        "subject": "intake",
        "what": "relay.behind",
        "stored": {"unsent": 1},
        "recomputed": {"unsent": 0},
    }
