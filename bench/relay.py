"""The relay: from a filled event table to acknowledged by Kafka, beside a naive polling outbox."""

import asyncio
import os
import time
from collections.abc import Sequence
from functools import partial

import asyncpg
from aiokafka import AIOKafkaProducer

from bench.bureau import bureau_events
from bench.report import Outcome, keep
from bench.stack import Servers, servers
from shared.contracts.registry import Owner, decode
from shared.eventstore.outbox import PostgresOutbox
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.kafka.producer import KafkaProducer
from shared.kafka.topics import ensure_topics
from shared.relay.relay import Relay
from shared.runtime.clock import SystemClock

EVENTS = int(os.environ.get("CASETRACK_BENCH_EVENTS", "30000"))
RUNS = int(os.environ.get("CASETRACK_BENCH_RUNS", "3"))
CASES = EVENTS // 15
NAIVE_EVENTS = EVENTS // 10
NAIVE_ROWS = 100
RECORDED_AT_ONCE = 1_000
SENT_SECONDS_MAX = 120.0
LOOK_SECONDS = 0.02

# Is the cursor behind the last fact? Only then has all been acknowledged and booked.
UNSENT = """
SELECT count(*)
FROM intake.events, intake.relay_cursor
WHERE published
AND (events.xid, events.position) > (relay_cursor.xid, relay_cursor.position)
"""
REWIND = """
UPDATE intake.relay_cursor
SET xid = '0', position = 0
"""
NAIVE = """
SELECT position, partitionkey, body
FROM intake.events
WHERE position > $1
ORDER BY position
LIMIT $2
"""


async def main() -> None:
    events = [body for _, body in bureau_events(EVENTS, CASES)]
    ours: list[float] = []
    naive: list[float] = []
    async with servers() as stack:
        dsn = await stack.database("relay")
        await _record(dsn, events)
        for run in range(RUNS):
            topics = [f"bench-relay-{run}", f"bench-naive-{run}"]
            await ensure_topics(stack.kafka, topics=topics)
            ours.append(await _relayed(stack, dsn, topics[0], len(events)))
            naive.append(await _polled(stack, dsn, topics[1]))
    sizes = {
        "events": len(events),
        "bytes_per_event": sum(map(len, events)) // len(events),
        "cases": CASES,
        "partitions": 4,
    }
    peers = {"id > last, send_and_wait": naive}
    keep(Outcome("relay", "events/s", sizes, ours, peers, {"peer_events": NAIVE_EVENTS}))


async def _record(dsn: str, events: Sequence[bytes]) -> None:
    """Fill intake's event table as the gateway does."""
    async with await open_pool(dsn, Owner.INTAKE.value) as pool:
        store = PostgresEventStore(pool)
        for first in range(0, len(events), RECORDED_AT_ONCE):
            part = events[first : first + RECORDED_AT_ONCE]
            await store.record([decode(body) for body in part])


async def _relayed(stack: Servers, dsn: str, topic: str, count: int) -> float:
    connection = await asyncpg.connect(dsn)
    await connection.execute(REWIND)
    clock, stopping = SystemClock(), asyncio.Event()
    relay_dsn = stack.as_role("relay", "casetrack_relay")
    outbox = partial(PostgresOutbox.open, relay_dsn, Owner.INTAKE.value)
    async with (
        KafkaProducer(stack.kafka, client_id="bench") as sender,
        asyncio.TaskGroup() as tasks,
    ):
        relay = Relay(Owner.INTAKE, outbox, sender, clock, topic)
        tasks.create_task(relay.run(stopping))
        await relay.standing.wait()
        started = time.perf_counter()
        async with asyncio.timeout(SENT_SECONDS_MAX):
            while await connection.fetchval(UNSENT):  # noqa: ASYNC110 - another connection's work
                await asyncio.sleep(LOOK_SECONDS)
        seconds = time.perf_counter() - started
        stopping.set()
    await connection.close()
    print(f"  relay: {count / seconds:,.0f} events/s", flush=True)
    return count / seconds


async def _polled(stack: Servers, dsn: str, topic: str) -> float:
    """Do as most outboxes do: one fact after another, and remember the highest number."""
    connection = await asyncpg.connect(dsn)
    producer = AIOKafkaProducer(bootstrap_servers=stack.kafka)
    await producer.start()
    last = sent = 0
    started = time.perf_counter()
    while sent < NAIVE_EVENTS:
        for row in await connection.fetch(NAIVE, last, NAIVE_ROWS):
            key, body = row["partitionkey"].encode(), row["body"].encode()
            await producer.send_and_wait(topic, key=key, value=body)
            last, sent = row["position"], sent + 1
    seconds = time.perf_counter() - started
    await producer.stop()
    await connection.close()
    print(f"  polling: {sent / seconds:,.0f} events/s", flush=True)
    return sent / seconds


if __name__ == "__main__":
    asyncio.run(main())
