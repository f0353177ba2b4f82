"""A year of old facts, read slowly and with the ticker running: nothing false is said meanwhile."""

import subprocess
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

from shared.contracts.registry import encode
from shared.kafka.keys import partition_of
from shared.kafka.port import PARTITIONS
from shared.runtime.clock import SystemClock
from tests.support.eventually import eventually
from tests.support.folding_workers import (
    FOLDED,
    TOPIC,
    WORKERS_SECONDS_MAX,
    Fold,
    at_least,
    workers,
)
from tests.support.old_year import Cards, called_for, stories, year

CASES = 1_000
STILL = 1
"""The lane that stands still."""
SLOW = {"METRICS_BATCH_RECORDS_MAX": "20"}
COMPLETE = "SELECT count(*) FROM metrics.completeness JOIN metrics.lanes USING (partition, epoch)"
DUE = "SELECT count(*) FROM metrics.clocks WHERE next_at <= now()"
SAID = """
SELECT split_part(type, '.', 4) AS what, count(*)
FROM supervision.events
WHERE type LIKE 'casetrack.supervision.alert.%'
GROUP BY 1
"""
CARDS = "SELECT dossier, sla, level, state FROM metrics.alerts"
DUE_BESIDE_IT = """
SELECT count(*)
FROM metrics.clocks JOIN metrics.dossiers USING (dossier)
WHERE partition <> 1 AND next_at <= now()
"""

YEAR = [*year(CASES)]


def publishing(kafka: str, name: str) -> AIOKafkaProducer:
    """Return who says all of it at once, or nothing."""
    return AIOKafkaProducer(
        bootstrap_servers=kafka, transactional_id=name, transaction_timeout_ms=300_000
    )


async def publish(producer: AIOKafkaProducer) -> None:
    """Let the year lie in Kafka; with the end of the transaction all of it does."""
    for fact in YEAR:
        await producer.send(TOPIC, encode(fact), key=fact.partitionkey.encode())
    await producer.flush()


@pytest.fixture
def start(role_dsn: Callable[[str], str], bureau_topics: str, tmp_path: Path) -> Iterator[Fold]:
    """Return what starts a worker or a ticker; those that are left are ended with the test."""
    with workers(role_dsn("casetrack_metrics"), bureau_topics, tmp_path) as starting:
        yield starting


async def settled(database: asyncpg.Pool) -> None:
    await eventually(at_least(database, FOLDED, len(YEAR)), within=WORKERS_SECONDS_MAX)

    async def nothing_is_due() -> bool:
        return not await database.fetchval(DUE)

    await eventually(nothing_is_due, within=WORKERS_SECONDS_MAX)


async def kill_all(
    database: asyncpg.Pool, start: Fold, running: list[subprocess.Popen[bytes]]
) -> None:
    """Kill everybody in the middle of it, and start others."""
    await eventually(at_least(database, FOLDED, len(YEAR) // 3), within=WORKERS_SECONDS_MAX)
    for process in running:
        process.kill()
    start(life="ticker")
    start(SLOW)
    start()


@pytest.mark.parametrize("killed", [False, True], ids=["alive", "killed"])
async def test_a_back_fill_raises_what_stands_and_revokes_nothing(
    bureau_topics: str, database: asyncpg.Pool, start: Fold, *, killed: bool
) -> None:
    running = [start(life="ticker"), start(SLOW), start()]
    await eventually(at_least(database, COMPLETE, PARTITIONS), within=WORKERS_SECONDS_MAX)
    async with publishing(bureau_topics, "back-fill") as producer, producer.transaction():
        await publish(producer)
    if killed:
        await kill_all(database, start, running)
    await settled(database)
    said = {row["what"]: row["count"] for row in await database.fetch(SAID)}
    cards = await cards_of(database)

    assert said.get("revoked", 0) == 0, said
    assert cards == called_for(stories(CASES), SystemClock().now())


async def test_a_lane_that_stands_still_holds_up_its_own_cards_and_is_told(
    bureau_topics: str, database: asyncpg.Pool, start: Fold, tmp_path: Path
) -> None:
    start(life="ticker")
    start()
    told = tmp_path / "ticker-0.log"
    await eventually(at_least(database, COMPLETE, PARTITIONS), within=WORKERS_SECONDS_MAX)
    async with publishing(bureau_topics, "stranger") as stranger:
        await stranger.begin_transaction()
        async with publishing(bureau_topics, "back-fill") as producer, producer.transaction():
            await publish(producer)
            # What is said behind it in that partition nobody can read until this has ended.
            await stranger.send_and_wait(TOPIC, b"{}", partition=STILL)
        await eventually(others_are_settled(database), within=WORKERS_SECONDS_MAX)
        await eventually(lambda: '"cards_wait"' in told.read_text(), within=WORKERS_SECONDS_MAX)
        meanwhile = await cards_of(database)
        await stranger.abort_transaction()
    await settled(database)
    await eventually(lambda: "cards_wait_no_more" in told.read_text())

    assert meanwhile == beside(called_for(stories(CASES), SystemClock().now()))
    assert await cards_of(database) == called_for(stories(CASES), SystemClock().now())


def others_are_settled(database: asyncpg.Pool) -> Callable[[], Awaitable[bool]]:
    """Return whether all is folded, and said in every lane but the one that stands still."""
    folded = at_least(database, FOLDED, len(YEAR))

    async def seen() -> bool:
        return await folded() and not await database.fetchval(DUE_BESIDE_IT)

    return seen


async def cards_of(database: asyncpg.Pool) -> Cards:
    return Counter(tuple(row) for row in await database.fetch(CARDS))


def beside(cards: Cards) -> Cards:
    """Return those of *cards* that are not of the lane that stands still."""
    return Counter({card: n for card, n in cards.items() if lane_of(card[0]) != STILL})


def lane_of(dossier: str) -> int:
    return partition_of(dossier.encode(), PARTITIONS)
