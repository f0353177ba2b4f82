"""A batch takes effect once, whoever sends it, and deadlines say what became true: PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from services.metrics.adapters.batch import TIMELINE
from services.metrics.adapters.binary_copy import binary_copy
from services.metrics.adapters.deadlines import PostgresDeadlines
from services.metrics.adapters.projection import PostgresProjection
from services.metrics.app.fingerprint import our_fingerprint
from services.metrics.app.rules import SEARCH_PATH
from services.metrics.domain.entry import IDENTITY_BYTES, Arrived
from services.metrics.handlers.folding import Folding, Lane
from services.metrics.handlers.reading import RefusedRecord, read_records
from services.metrics.handlers.ticker import Ticker
from services.metrics.ports.projection import Fenced, Stretch
from shared.contracts.envelope import Event
from shared.contracts.handling.facts import CaseAmended
from shared.contracts.intake.facts import CorrectionReceived, CorrectionRequested
from shared.contracts.registry import encode
from shared.eventstore.postgres import open_pool
from shared.policy.calendar import ZONE
from shared.policy.rules import shipped
from shared.runtime.clock import VirtualClock
from tests.support import way_of_a_case as way
from tests.support.completing import completed
from tests.support.eventually import eventually
from tests.support.examples import like_the_example
from tests.support.facts import SUPERVISION
from tests.support.fetched import FetchedRecord

TOPIC = "casetrack.intake.v1"
COPIES_STILL = """
SELECT count(*)
FROM pg_stat_activity
WHERE state = 'active'
AND wait_event = 'ClientRead'
AND datname = current_database()
AND query_start < clock_timestamp() - interval '0.3 s'
"""
MONTH_LATER = datetime(2024, 10, 9, tzinfo=UTC)


def arrived(events: Sequence[Event]) -> list[Arrived]:
    records = [
        FetchedRecord(event.partitionkey.encode(), encode(event), offset)
        for offset, event in enumerate(events)
    ]
    readings = list(read_records(records))
    assert not [reading for reading in readings if isinstance(reading, RefusedRecord)]
    return [reading for reading in readings if isinstance(reading, Arrived)]


class Desk:
    """One lane over a real projection."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool
        self.projection = PostgresProjection(pool, our_fingerprint())
        self.folding = Folding(self.projection, shipped())
        self.next_offset = 0

    async def claim(self) -> Lane:
        await self.projection.begin(TOPIC, 0, 0)
        return Lane(0, (await self.projection.claim([0]))[0].epoch)

    async def fold(self, lane: Lane, *events: Event) -> int:
        following = self.next_offset + max(1, len(events))
        stretch = Stretch(TOPIC, 0, self.next_offset, following, following)
        new = await self.folding.handle(lane, stretch, arrived(events))
        self.next_offset = following
        return new

    def ticker(self, clock: VirtualClock) -> Ticker:
        deadlines = PostgresDeadlines(self.pool, our_fingerprint())
        return Ticker(deadlines, shipped(), clock, SUPERVISION)

    async def tick(self, lane: Lane, ticker: Ticker, now: datetime) -> int:
        """Let *ticker* look, with the lane complete; return what was due."""
        await completed(self.projection, lane, now)
        return await ticker.handle(now)


FACTS = tuple(
    way.event(one.data, hours, identity=one.id, window=one.windowid)
    for one, hours in zip(way.WAY, (0, 1, 2, 3, 24, 72, 100, 200, 220, 250), strict=True)
)


OF_THE_SECOND_SILENCE = """
SELECT level, state
FROM alerts
WHERE sla = 'SLA-01' AND episode = 1
ORDER BY level
"""

STANDING_SILENCE = """
SELECT count(*)
FROM clocks
WHERE sla = 'SLA-01' AND episode = 0 AND NOT gone
"""

FOLDED = """
SELECT (SELECT string_agg(dossier || phase || state, ';' ORDER BY dossier) FROM dossiers),
  (SELECT string_agg(concat_ws('|', part, day, value), ';'
     ORDER BY part, day) FROM kpi WHERE value <> 0),
  (SELECT string_agg(concat_ws('|', part, day, dossier, number, service_window, item, channel), ';'
     ORDER BY part, day, dossier) FROM contributors JOIN places USING (place)),
  (SELECT string_agg(concat(dossier, subject, sla, episode, due, due_at, paused, ended, next_at),
     ';' ORDER BY dossier, subject, sla, episode) FROM clocks WHERE NOT gone),
  (SELECT string_agg(encode(identity, 'hex'), ';' ORDER BY identity) FROM timeline)
"""


async def folded(pool: asyncpg.Pool, *batches: Sequence[Event]) -> tuple[str, ...]:
    """Return all that the fold makes of *batches*, beginning with nothing."""
    desk = Desk(pool)
    lane = await desk.claim()
    for batch in batches:
        await desk.fold(lane, *batch)
    return tuple(await pool.fetchrow(FOLDED))


async def test_all_at_once_gives_what_the_case_is(pool: asyncpg.Pool) -> None:
    dossiers, kpi, contributors, clocks, timeline = await folded(pool, FACTS)

    assert '"CLOSED"' in dossiers
    assert "L03/received:WINDOW:WINDOW|2024-09-02|1" in kpi.split(";")
    assert (
        f"L03/received:WINDOW:WINDOW|2024-09-02|{way.CASE}|1|W12|116101020001|WINDOW"
        in contributors.split(";")
    )
    assert "L01/open" not in contributors
    assert [name for name in ("SLA-01", "SLA-04", "SLA-18", "SLA-39") if name in clocks] == [
        "SLA-18",
        "SLA-39",
    ], "of what ended in time nobody hears again"
    assert len(timeline.split(";")) == len(FACTS)


async def test_one_by_one_backwards_and_twice_is_as_good_as_all_at_once(
    role_dsn: Callable[[str], str], pool: asyncpg.Pool
) -> None:
    backwards = await folded(pool, *([event, event] for event in reversed(FACTS)), FACTS)
    async with await open_pool(role_dsn("casetrack_metrics"), SEARCH_PATH) as again:
        await emptied(role_dsn)
        at_once = await folded(again, FACTS)

    assert backwards == at_once


@pytest.mark.parametrize("together", [True, False])
async def test_of_two_facts_with_one_name_the_first_is_kept_and_folded(
    pool: asyncpg.Pool, *, together: bool
) -> None:
    first = FACTS[0]
    other = first.model_copy(update={"windowid": "W99"})
    batches = [[first, other]] if together else [[first], [other]]
    _, _, contributors, _, _ = await folded(pool, *batches)
    body = await pool.fetchval("SELECT body FROM timeline")

    assert body.encode() == encode(first)
    assert "W12" in contributors
    assert "W99" not in contributors


@pytest.mark.parametrize(
    "occurred_at",
    [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2000, 1, 1, tzinfo=UTC),
        datetime(2024, 2, 29, 12, 0, 0, 1, tzinfo=ZONE),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
async def test_the_timeline_keeps_what_it_was_given(
    pool: asyncpg.Pool, occurred_at: datetime
) -> None:
    rows = [
        Arrived(dossier, bytes([number]) * IDENTITY_BYTES, occurred_at, body.encode(), None)
        for number, (dossier, body) in enumerate([("办件-1", '{"a":"新城区"}'), ("x" * 256, "")])
    ]

    table, columns = TIMELINE
    await pool.copy_to_table(table, columns=columns, source=binary_copy(rows), format="binary")

    kept = await pool.fetch("SELECT dossier, identity, occurred_at, body FROM timeline")
    found = {Arrived(row[0], row[1], row[2], row[3].encode(), None) for row in kept}
    assert found == {*rows}


async def emptied(role_dsn: Callable[[str], str]) -> None:
    superuser = await asyncpg.connect(role_dsn("casetrack"))
    await superuser.execute("SET search_path TO metrics")
    await superuser.execute(
        "TRUNCATE timeline, dossiers, kpi, contributors, clocks, offsets, lanes, projection"
    )
    await superuser.close()


async def test_the_cache_of_a_lane_changes_nothing(pool: asyncpg.Pool) -> None:
    desk = Desk(pool)
    lane = await desk.claim()
    for event in FACTS[:5]:
        await desk.fold(lane, event)
    lane.pictures.clear()
    for event in FACTS[5:]:
        await desk.fold(lane, event)
    dossier = await pool.fetchval("SELECT state FROM dossiers")

    assert '"CLOSED"' in dossier
    assert '"2024-09-11"' in dossier


async def test_whoever_lost_the_partition_commits_nothing(pool: asyncpg.Pool) -> None:
    desk = Desk(pool)
    zombie = await desk.claim()
    owner = await desk.claim()
    await desk.fold(owner, FACTS[0])

    with pytest.raises(Fenced):
        await desk.fold(zombie, FACTS[1])
    assert await pool.fetchval("SELECT count(*) FROM timeline") == 1


async def test_whoever_stands_still_in_the_midst_of_writing_keeps_no_lane(
    pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(pool)
    lane = await desk.claim()
    monkeypatch.setattr("shared.eventstore.postgres.STATEMENT_SECONDS_MAX", 0.2)
    goes_on = asyncio.Event()

    async def rows() -> AsyncIterator[bytes]:
        yield bytes(binary_copy([]))[:11]
        await goes_on.wait()

    async def stand_still() -> None:
        with suppress(asyncpg.PostgresConnectionError, asyncpg.InterfaceError):
            async with pool.acquire() as connection, connection.transaction():
                await connection.execute("UPDATE lanes SET epoch = epoch")
                await connection.copy_to_table(TIMELINE[0], source=rows(), format="binary")

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(stand_still())
        await eventually(lambda: pool.fetchval(COPIES_STILL))
        taken = await desk.projection.claim([0])
        goes_on.set()

    assert taken[0].epoch == lane.epoch + 1


async def test_a_batch_from_another_offset_is_refused(pool: asyncpg.Pool) -> None:
    desk = Desk(pool)
    lane = await desk.claim()
    await desk.fold(lane, FACTS[0])
    desk.next_offset = 0

    with pytest.raises(Fenced):
        await desk.fold(lane, FACTS[0])


async def test_a_red_card_is_raised_once_and_a_late_hold_withdraws_it(pool: asyncpg.Pool) -> None:
    desk, clock = Desk(pool), VirtualClock(MONTH_LATER)
    ticker = desk.ticker(clock)
    lane = await desk.claim()
    await desk.fold(lane, *FACTS[:3])
    await desk.tick(lane, ticker, clock.now())
    again = await desk.tick(lane, ticker, clock.now())
    raised = await pool.fetch("SELECT sla, level, state FROM alerts ORDER BY 1, 2")
    await desk.fold(lane, FACTS[4])
    clock.advance(timedelta(seconds=1))
    await desk.tick(lane, ticker, clock.now())
    healed = await pool.fetch("SELECT level, state, reason FROM alerts WHERE level = 'RED'")

    assert again == 0
    assert [tuple(row) for row in raised] == [
        ("SLA-04", "RED", "RAISED"),
        ("SLA-04", "YELLOW", "RESOLVED"),
        ("SLA-05", "RED", "RAISED"),
        ("SLA-05", "YELLOW", "RESOLVED"),
    ]
    assert {row["state"] for row in healed} == {"REVOKED"}
    assert all("h1" in row["reason"] or "检验" in row["reason"] for row in healed)


async def test_a_limit_that_never_began_after_all_is_gone_and_its_cards_are_withdrawn(
    pool: asyncpg.Pool,
) -> None:
    desk, clock = Desk(pool), VirtualClock(MONTH_LATER)
    ticker = desk.ticker(clock)
    lane = await desk.claim()
    corrections = [
        way.event(like_the_example(CorrectionRequested, case_no=way.CASE), 24),
        way.event(like_the_example(CorrectionReceived, case_no=way.CASE, complete=True), 48),
    ]
    await desk.fold(lane, FACTS[0], *corrections)
    await desk.tick(lane, ticker, clock.now())
    raised = await pool.fetch(OF_THE_SECOND_SILENCE)
    await desk.fold(lane, FACTS[1])
    clock.advance(timedelta(seconds=1))
    await desk.tick(lane, ticker, clock.now())
    withdrawn = await pool.fetch(OF_THE_SECOND_SILENCE)
    row = await pool.fetchrow("SELECT gone, ended, next_at FROM clocks WHERE episode = 1")

    assert [tuple(one) for one in raised] == [("RED", "RAISED"), ("YELLOW", "RESOLVED")]
    assert {one["state"] for one in withdrawn} == {"REVOKED"}
    assert tuple(row) == (True, True, None)


async def test_a_limit_that_was_kept_is_gone_and_stands_again_once_it_was_not(
    pool: asyncpg.Pool,
) -> None:
    desk = Desk(pool)
    lane = await desk.claim()
    kept = way.event(like_the_example(CorrectionRequested, case_no=way.CASE), 24)
    earlier = {"field": "received_date", "new": "2024-08-20"}
    amended = way.event(like_the_example(CaseAmended, case_no=way.CASE, **earlier), 48)
    standing = []
    for fact in (FACTS[0], kept, amended):
        await desk.fold(lane, fact)
        standing.append(await pool.fetchval(STANDING_SILENCE))

    assert standing == [1, 0, 1]


async def test_a_wall_clock_that_jumps_is_not_believed_at_once(pool: asyncpg.Pool) -> None:
    desk, clock = Desk(pool), VirtualClock(datetime(2024, 9, 2, 4, tzinfo=UTC))
    ticker = desk.ticker(clock)
    lane = await desk.claim()
    await desk.fold(lane, *FACTS[:3])
    swept = await desk.tick(lane, ticker, clock.now() + timedelta(days=60))

    assert swept == 0
    assert await pool.fetchval("SELECT count(*) FROM alerts") == 0
