"""Two real workers share the topics; kill and freeze them, and every fact counts once."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

from bench.bureau import bureau_events
from shared.contracts.registry import INBOX
from shared.kafka.dead_letter_box import DeadLetterBox
from shared.kafka.ends import load_ends
from shared.kafka.port import Partition, Record
from shared.kafka.producer import KafkaProducer
from shared.kafka.topics import ensure_topics
from tests.support.eventually import eventually
from tests.support.folding_workers import (
    BUREAU,
    EVENTS,
    FOLDED,
    TOPIC,
    WORKERS_SECONDS_MAX,
    Fold,
    at_least,
    fill,
    workers,
)

COUNTED = """
SELECT sum(value)::bigint
FROM metrics.kpi
WHERE part LIKE 'L03/received:%'
"""
RECEIVED = "SELECT count(*) FROM metrics.timeline WHERE body LIKE '%application.received%'"


@pytest.fixture
def worker(role_dsn: Callable[[str], str], no_bureau_topics: str, tmp_path: Path) -> Iterator[Fold]:
    """Return what starts a worker; those that are left are ended with the test."""
    with workers(role_dsn("casetrack_metrics"), no_bureau_topics, tmp_path) as start:
        yield start


async def test_workers_that_are_killed_and_frozen_count_every_fact_once(
    bureau_topics: str, database: asyncpg.Pool, worker: Fold
) -> None:
    first, second = worker(), worker()
    await fill(bureau_topics, 0, 1000)
    await eventually(at_least(database, FOLDED, 300), within=WORKERS_SECONDS_MAX)
    first.kill()
    third = worker()
    await fill(bureau_topics, 1000, 2000)
    await eventually(at_least(database, FOLDED, 1400), within=WORKERS_SECONDS_MAX)
    second.send_signal(signal.SIGSTOP)
    await fill(bureau_topics, 2000, EVENTS)
    await eventually(at_least(database, FOLDED, EVENTS), within=WORKERS_SECONDS_MAX)
    second.send_signal(signal.SIGCONT)
    third.kill()
    await fill(bureau_topics, 0, 200)
    behind = "SELECT sum(next_offset)::bigint FROM metrics.offsets"
    await eventually(at_least(database, behind, EVENTS + 200), within=WORKERS_SECONDS_MAX)

    assert await database.fetchval(FOLDED) == EVENTS
    assert await database.fetchval(COUNTED) == await database.fetchval(RECEIVED)


async def test_a_bad_message_is_dead_lettered_and_its_neighbours_are_folded(
    bureau_topics: str, database: asyncpg.Pool, worker: Fold
) -> None:
    (key, good), (_, newer) = list(bureau_events(2, 1))
    newer = newer.replace(b".accepted.v1", b".accepted.v9").replace(b".received.v1", b".seen.v1")
    worker()
    async with KafkaProducer(bureau_topics) as producer:
        await producer.send(
            [
                Record(TOPIC, key, b"{", partition=1),
                Record(TOPIC, key, good, partition=1),
                Record(TOPIC, b"another", good, partition=1),
                Record(TOPIC, key, newer, partition=1),
                Record(TOPIC, key, None, partition=1),
            ]
        )
    passed = "SELECT sum(next_offset)::bigint FROM metrics.offsets"
    await eventually(at_least(database, passed, 5), within=WORKERS_SECONDS_MAX)
    letters = [letter async for letter in DeadLetterBox(bureau_topics).load_all()]

    assert await database.fetchval(FOLDED) == 2
    assert await database.fetchval("SELECT count(*) FROM metrics.dossiers") == 1
    assert sorted(letter.refusal.code for letter in letters) == [
        "key_mismatch",
        "not_json",
        "not_json",
    ]


async def test_killed_behind_its_letters_a_worker_sends_none_again(
    bureau_topics: str, database: asyncpg.Pool, worker: Fold
) -> None:
    async with KafkaProducer(bureau_topics) as producer:
        await producer.send([Record(TOPIC, b"a", b"{", partition=1) for _ in range(250)])
    doomed = worker({"CASETRACK_CRASH": "dlq.after_send_before_offset:2"})

    async def ended() -> bool:
        return doomed.poll() is not None

    await eventually(ended, within=WORKERS_SECONDS_MAX)
    worker()
    passed = "SELECT sum(next_offset)::bigint FROM metrics.offsets"
    await eventually(at_least(database, passed, 250), within=WORKERS_SECONDS_MAX)

    ends = await load_ends(bureau_topics, [f"dlq.{TOPIC}"])
    assert ends[Partition(f"dlq.{TOPIC}", 1)] == 250


async def test_of_a_transaction_only_what_was_committed_is_folded(
    bureau_topics: str, database: asyncpg.Pool, worker: Fold
) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bureau_topics, transactional_id="stranger")
    async with producer:
        for events, says in ((BUREAU[:50], True), (BUREAU[50:100], False), (BUREAU[100:120], True)):
            await producer.begin_transaction()
            for key, body in events:
                await producer.send(TOPIC, body, key=key)
            await (producer.commit_transaction() if says else producer.abort_transaction())
    worker()
    await eventually(at_least(database, FOLDED, 70), within=WORKERS_SECONDS_MAX)
    ends = await load_ends(bureau_topics, [TOPIC])

    async def is_complete() -> bool:
        rows = await database.fetch("SELECT * FROM metrics.offsets WHERE topic = $1", TOPIC)
        return {r["partition"]: r["next_offset"] for r in rows if r["next_offset"]} == {
            place.number: end for place, end in ends.items() if end
        } and all(row["highwater"] == row["next_offset"] for row in rows)

    await eventually(is_complete)

    assert await database.fetchval(FOLDED) == 70


async def test_what_waits_in_the_inbox_is_told_beside_what_waits_here(
    bureau_topics: str, database: asyncpg.Pool, worker: Fold
) -> None:
    async with KafkaProducer(bureau_topics) as producer:
        await producer.send([Record(INBOX, b"a", b"{}", partition=2) for _ in range(3)])
    worker()

    async def is_told() -> bool:
        row = await database.fetchrow(
            "SELECT next_offset, highwater FROM offsets WHERE topic = $1 AND partition = 2", INBOX
        )
        return row is not None and tuple(row) == (0, 3)

    await eventually(is_told, within=WORKERS_SECONDS_MAX)


async def test_a_worker_whose_offset_is_gone_stops_and_says_so(
    bureau_topics: str, database: asyncpg.Pool, worker: Fold, tmp_path: Path
) -> None:
    await database.execute(
        "INSERT INTO offsets (topic, partition, next_offset, highwater, checked_at)"
        " VALUES ($1, 2, 4711, 4711, now()), ($1, 3, 0, 0, now())",
        TOPIC,
    )
    await fill(bureau_topics, 0, 10)
    process = worker()

    async def ended() -> bool:
        return process.poll() is not None

    await eventually(ended, within=WORKERS_SECONDS_MAX)

    assert process.returncode != 0
    assert "OffsetLost" in (tmp_path / "worker-0.log").read_text()
    stored = "SELECT next_offset FROM offsets WHERE topic = $1 AND partition = 2"
    assert await database.fetchval(stored, TOPIC) == 4711


async def test_a_worker_that_knew_no_partitions_folds_once_kafka_tells_of_them(
    no_bureau_topics: str, database: asyncpg.Pool, worker: Fold, tmp_path: Path
) -> None:
    worker()

    async def looked() -> bool:
        return "not found in cluster metadata" in (tmp_path / "worker-0.log").read_text()

    await eventually(looked, within=WORKERS_SECONDS_MAX)
    await ensure_topics(no_bureau_topics)
    await fill(no_bureau_topics, 0, 100)

    await eventually(at_least(database, FOLDED, 100), within=WORKERS_SECONDS_MAX)
