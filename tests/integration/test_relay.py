"""The relay between PostgreSQL and Kafka: repeats at worst, never skips, never reorders."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer

from deploy.databases import addressed
from deploy.stack.places import CHECKOUT
from shared.contracts.registry import Owner
from shared.eventstore.migrations import Schema
from shared.eventstore.outbox import LEASE_CLASS, PostgresOutbox
from shared.eventstore.port import START, Outbox, Outgoing
from shared.eventstore.postgres import PostgresEventStore, append_within, open_pool
from shared.kafka.producer import KafkaProducer
from shared.relay.relay import Relay
from shared.runtime.clock import SystemClock
from shared.runtime.lifecycle import KILLED
from tests.support.eventually import PATIENCE_SECONDS, eventually
from tests.support.facts import activity, foreign
from tests.support.settled import OTHERS_SECONDS_MAX
from tests.support.stack import MakeTopic, limit_messages

SCHEMA = Schema.INTAKE.value
CRASH_POINTS = [
    "relay.lease_taken",
    "relay.read",
    "relay.sent_one_of_many",
    "relay.sent_before_cursor",
    "relay.cursor_advanced",
]

# What everybody writes first. It is here to be seen failing.
NAIVE_CLAIM = """
SELECT position
FROM intake.events
WHERE position > $1
ORDER BY position
"""

LEASE_HELD = """
SELECT count(*)
FROM pg_locks
JOIN pg_database ON pg_database.oid = pg_locks.database
WHERE locktype = 'advisory'
AND classid = $1
AND datname = current_database()
"""

CUT = """
SELECT pg_terminate_backend(pid)
FROM pg_stat_activity
WHERE application_name = $1
AND datname = current_database()
"""

Place = tuple[str, int]


@pytest.fixture
async def store(postgres_dsn: str) -> AsyncIterator[PostgresEventStore]:
    async with await open_pool(postgres_dsn, SCHEMA) as pool:
        yield PostgresEventStore(pool)


@pytest.fixture
async def outbox(postgres_dsn: str) -> AsyncIterator[Outbox]:
    opened = await PostgresOutbox.open(postgres_dsn, SCHEMA)
    assert await opened.lead()
    yield opened
    await opened.close()


@asynccontextmanager
async def writer(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn, server_settings={"search_path": SCHEMA})
    yield connection
    await connection.close()


async def test_a_slow_writer_is_lost_to_the_naive_reader_and_not_to_ours(
    postgres_dsn: str, store: PostgresEventStore, outbox: Outbox
) -> None:
    async with writer(postgres_dsn) as slow:
        transaction = slow.transaction()
        await transaction.start()
        await append_within(slow, "case-A", [activity(1, case="A")], expected_version=0)
        await store.append("case-B", [activity(1, case="B")], expected_version=0)

        naive = [row["position"] for row in await slow.fetch(NAIVE_CLAIM, 1)]
        held_back = await outbox.pending(10)
        await transaction.commit()
        naive += [row["position"] for row in await slow.fetch(NAIVE_CLAIM, naive[-1])]

        async def both() -> Sequence[Outgoing]:
            # Somebody else's transaction may have begun between the two.
            found = await outbox.pending(10)
            return found if len(found) == 2 else []

        ours = await eventually(both, within=OTHERS_SECONDS_MAX)

    assert naive == [2]
    assert held_back == []
    assert [one.stream for one in ours] == ["case-A", "case-B"]


async def test_a_transaction_elsewhere_in_the_cluster_delays_and_loses_nothing(
    postgres_dsn: str, store: PostgresEventStore, outbox: Outbox
) -> None:
    async with writer(addressed(postgres_dsn, database="postgres")) as other:
        transaction = other.transaction()
        await transaction.start()
        await other.fetchval("SELECT pg_current_xact_id()")
        await store.append("case-A", [activity(1, case="A")], expected_version=0)
        held_back = await outbox.pending(10)
        waiting_seconds = await outbox.waiting_seconds()
        await transaction.rollback()

    assert held_back == []
    assert waiting_seconds > 0
    await eventually(partial(outbox.pending, 10), within=OTHERS_SECONDS_MAX)


async def test_a_writer_who_began_early_cannot_slip_before_what_it_follows(
    postgres_dsn: str, store: PostgresEventStore
) -> None:
    async with writer(postgres_dsn) as early:
        transaction = early.transaction()
        await transaction.start()
        await early.fetchval("SELECT pg_current_xact_id()")
        await store.append("case-A", [activity(1, case="A")], expected_version=0)

        with pytest.raises(asyncpg.SerializationError):
            await append_within(early, "case-A", [activity(2, case="A")], expected_version=1)
        await transaction.rollback()


async def sent_to(kafka: str, topic: str, wanted: int) -> list[Place]:
    """Return stream and version of all that lies on *topic*, once *wanted* different ones do."""
    reader = AIOKafkaConsumer(topic, bootstrap_servers=kafka, auto_offset_reset="earliest")
    await reader.start()
    seen: list[Place] = []

    async def enough() -> bool:
        batch = await reader.getmany(timeout_ms=100)
        for record in (record for records in batch.values() for record in records):
            headers = dict(record.headers)
            seen.append((headers["stream"].decode(), int(headers["version"])))
        return len(set(seen)) >= wanted and not batch

    try:
        await eventually(enough, within=OTHERS_SECONDS_MAX)
    finally:
        await reader.stop()
    return seen


def firsts_by_stream(places: Iterable[Place]) -> dict[str, list[int]]:
    versions: dict[str, list[int]] = {}
    for stream, version in dict.fromkeys(places):
        versions.setdefault(stream, []).append(version)
    return versions


async def fill(store: PostgresEventStore, count: int, cases: int = 7) -> dict[str, list[int]]:
    """Record *count* facts; return the versions that each stream then has."""
    facts = [foreign(n, case=f"C{n % cases}") for n in range(count)]
    await store.record(facts)
    streams = {event.stream for event in facts}
    return {s: list(range(1, (await store.load(s)).version + 1)) for s in streams}


@asynccontextmanager
async def relay_process(
    dsn: str, kafka: str, crash: str = ""
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "shared.relay"),
        env={
            **os.environ,
            "PYTHONPATH": str(CHECKOUT),
            "RELAY_POSTGRES_DSN": dsn,
            "RELAY_KAFKA": kafka,
            "RELAY_OWNERS": Owner.INTAKE.value,
            "CASETRACK_CRASH": crash,
        },
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def leads(dsn: str) -> None:
    """Return when some relay holds the lease of the test's database."""
    async with writer(dsn) as connection:
        await eventually(partial(connection.fetchval, LEASE_HELD, LEASE_CLASS))


@pytest.mark.parametrize("point", CRASH_POINTS)
async def test_killed_at_any_point_it_repeats_at_worst(
    point: str, store: PostgresEventStore, role_dsn: Callable[[str], str], bureau_topics: str
) -> None:
    expected = await fill(store, 700)
    dsn = role_dsn("casetrack_relay")

    async with relay_process(dsn, bureau_topics, crash=point) as first:
        status = await asyncio.wait_for(first.wait(), OTHERS_SECONDS_MAX)
    async with relay_process(dsn, bureau_topics):
        sent = await sent_to(bureau_topics, Owner.INTAKE.topic, 700)

    assert status == KILLED
    assert firsts_by_stream(sent) == expected


async def test_killed_again_and_again_under_load_it_skips_and_reorders_nothing(
    store: PostgresEventStore, role_dsn: Callable[[str], str], bureau_topics: str
) -> None:
    dsn = role_dsn("casetrack_relay")

    async def write() -> None:
        for start in range(0, 3_000, 20):
            await store.record([foreign(n, case=f"C{n % 13}") for n in range(start, start + 20)])
            await asyncio.sleep(0.01)

    async def kill() -> None:
        for milliseconds in (5, 30, 80, 150, 250):
            async with relay_process(dsn, bureau_topics) as process:
                await leads(dsn)
                await asyncio.wait(
                    {asyncio.ensure_future(process.wait())}, timeout=milliseconds / 1000
                )

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(write())
        tasks.create_task(kill())
    async with relay_process(dsn, bureau_topics):
        sent = await sent_to(bureau_topics, Owner.INTAKE.topic, 3_000)

    versions = firsts_by_stream(sent)
    assert sum(map(len, versions.values())) == 3_000
    assert all(found == sorted(found) for found in versions.values())


async def test_asked_to_stop_it_stops(role_dsn: Callable[[str], str], bureau_topics: str) -> None:
    dsn = role_dsn("casetrack_relay")
    async with relay_process(dsn, bureau_topics) as process:
        await leads(dsn)
        process.terminate()
        status = await asyncio.wait_for(process.wait(), PATIENCE_SECONDS)

    assert status == 0


class Running:
    """A relay within a task of this test."""

    def __init__(self, relay: Relay, tasks: asyncio.TaskGroup) -> None:
        self._stopping = asyncio.Event()
        self._relay = relay
        self._task = tasks.create_task(relay.run(self._stopping))

    async def stands(self) -> "Running":
        await asyncio.wait_for(self._relay.standing.wait(), PATIENCE_SECONDS)
        return self

    async def stop(self) -> None:
        self._stopping.set()
        await self._task


async def test_a_second_relay_stands_by_and_takes_over(
    store: PostgresEventStore, postgres_dsn: str, kafka: str, make_topic: MakeTopic
) -> None:
    topic = await make_topic()
    open_outbox = partial(PostgresOutbox.open, postgres_dsn, SCHEMA)
    async with KafkaProducer(kafka) as sender, asyncio.TaskGroup() as tasks:
        pair = [Relay(Owner.INTAKE, open_outbox, sender, SystemClock(), topic) for _ in range(2)]
        first = await Running(pair[0], tasks).stands()
        second = await Running(pair[1], tasks).stands()
        expected = await fill(store, 50)
        by_two = await sent_to(kafka, topic, 50)
        await first.stop()
        await store.record([foreign(n, case="later") for n in range(10)])
        sent = await sent_to(kafka, topic, 60)
        await second.stop()

    assert len(by_two) == 50
    assert firsts_by_stream(sent) == expected | {"case-later": list(range(1, 11))}


async def test_a_cut_connection_to_postgres_is_made_anew(
    store: PostgresEventStore, postgres_dsn: str, kafka: str, make_topic: MakeTopic
) -> None:
    topic = await make_topic()
    await fill(store, 20)
    open_outbox = partial(PostgresOutbox.open, postgres_dsn, SCHEMA)
    async with (
        KafkaProducer(kafka) as sender,
        writer(postgres_dsn) as other,
        asyncio.TaskGroup() as tasks,
    ):
        relay = Relay(Owner.INTAKE, open_outbox, sender, SystemClock(), topic)
        one = await Running(relay, tasks).stands()
        await sent_to(kafka, topic, 20)
        await other.execute(CUT, "casetrack-relay-intake")
        await store.record([foreign(n, case="later") for n in range(10)])
        sent = await sent_to(kafka, topic, 30)
        await one.stop()

    assert len(set(sent)) == 30


async def test_what_the_topic_never_takes_is_set_aside_and_sent_once_it_is_taken(
    store: PostgresEventStore, role_dsn: Callable[[str], str], kafka: str, make_topic: MakeTopic
) -> None:
    topic = await make_topic(1, message_bytes_max=10_000)
    facts = [activity(n) for n in range(1, 30)]
    facts[6] = activity(7, kilobytes=20)
    await store.append("case-A", facts, expected_version=0)
    open_outbox = partial(PostgresOutbox.open, role_dsn("casetrack_relay"), SCHEMA)
    others = [("case-A", version) for version in range(1, 30) if version != 7]

    async def relayed(wanted: int) -> list[Place]:
        async with KafkaProducer(kafka) as sender, asyncio.TaskGroup() as tasks:
            relay = Relay(Owner.INTAKE, open_outbox, sender, SystemClock(), topic)
            running = await Running(relay, tasks).stands()
            sent = await sent_to(kafka, topic, wanted)
            await running.stop()
        return list(dict.fromkeys(sent))

    before = await relayed(28)
    still = await relayed(28)
    await limit_messages(kafka, topic)
    after = await relayed(29)

    assert before == still == others
    assert after == [*others, ("case-A", 7)]


async def test_killed_between_setting_aside_and_going_on_it_sets_aside_once(
    store: PostgresEventStore, role_dsn: Callable[[str], str], bureau_topics: str
) -> None:
    await limit_messages(bureau_topics, Owner.INTAKE.topic, 10_000)
    facts = [activity(n, kilobytes=20 if n == 3 else 0) for n in range(1, 6)]
    await store.append("case-A", facts, expected_version=0)
    dsn = role_dsn("casetrack_relay")

    async with relay_process(dsn, bureau_topics, crash="relay.parked_before_cursor") as first:
        status = await asyncio.wait_for(first.wait(), OTHERS_SECONDS_MAX)
    async with relay_process(dsn, bureau_topics):
        sent = await sent_to(bureau_topics, Owner.INTAKE.topic, 4)
        looking = await PostgresOutbox.open(dsn, SCHEMA)
        parked = await looking.parked(START, 10)
        await looking.close()

    assert status == KILLED
    assert firsts_by_stream(sent) == {"case-A": [1, 2, 4, 5]}
    assert [one.version for one in parked] == [3]
