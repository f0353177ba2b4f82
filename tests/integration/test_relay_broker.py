"""The relay and the consumer through the death, the absence and the pause of their broker."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from deploy.stack.places import StackFolders
from deploy.stack.servers import embedded_kafka
from shared.contracts.registry import Owner
from shared.eventstore.outbox import PostgresOutbox
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.kafka.consumer import ConsumerLoop, ReadingPlan
from shared.kafka.feed import KafkaFeed
from shared.kafka.port import PARTITIONS, Record
from shared.kafka.producer import KafkaProducer
from shared.kafka.topics import ensure_topics
from shared.relay.relay import Relay
from shared.runtime.clock import SystemClock
from tests.support.broker import Broker
from tests.support.eventually import eventually
from tests.support.facts import foreign
from tests.support.settled import OTHERS_SECONDS_MAX

TOPIC = "one-owner"
SEND_SECONDS_MAX = 2.0

Mishap = Callable[["Broker"], Awaitable[None]]


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Broker]:
    places = StackFolders(tmp_path)
    places.make()
    kafka = embedded_kafka(places, 0)
    await kafka.prepare()
    one = Broker(kafka)
    await one.start()
    await ensure_topics(kafka.address, PARTITIONS, [TOPIC])
    yield one
    await one.kill()


async def death(broker: Broker) -> None:
    await broker.kill()
    await asyncio.sleep(1)
    await broker.start()


async def pause(broker: Broker) -> None:
    broker.send(signal.SIGSTOP)
    await asyncio.sleep(2 * SEND_SECONDS_MAX)
    broker.send(signal.SIGCONT)


@asynccontextmanager
async def reading(address: str, seen: list[Record]) -> AsyncIterator[None]:
    async def handle(record: Record) -> None:
        seen.append(record)

    stopping = asyncio.Event()
    clock = SystemClock()
    async with (
        KafkaProducer(address) as dead_letters,
        KafkaFeed(address, "readers", [TOPIC], clock=clock) as feed,
        asyncio.TaskGroup() as tasks,
    ):
        loop = ConsumerLoop(feed, handle, dead_letters, ReadingPlan("readers"), clock)
        tasks.create_task(loop.run(stopping))
        yield
        stopping.set()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mishap", [death, pause])
async def test_through_the_loss_of_its_broker_nothing_is_skipped_or_reordered(
    mishap: Mishap, broker: Broker, postgres_dsn: str
) -> None:
    address, stopping, seen = broker.kafka.address, asyncio.Event(), list[Record]()
    async with (
        await open_pool(postgres_dsn, "intake") as pool,
        KafkaProducer(address, send_seconds_max=SEND_SECONDS_MAX) as sender,
        reading(address, seen),
        asyncio.TaskGroup() as tasks,
    ):
        store = PostgresEventStore(pool)
        open_outbox = partial(PostgresOutbox.open, postgres_dsn, "intake")
        relay = Relay(Owner.INTAKE, open_outbox, sender, SystemClock(), TOPIC)
        tasks.create_task(relay.run(stopping))
        tasks.create_task(write(store))
        await eventually(lambda: len(seen) > 100, within=OTHERS_SECONDS_MAX)
        await mishap(broker)
        await eventually(lambda: len(firsts(seen)) == 2_000, within=OTHERS_SECONDS_MAX)
        stopping.set()

    versions: dict[str, list[int]] = {}
    for stream, version in firsts(seen):
        versions.setdefault(stream, []).append(version)
    assert all(found == sorted(found) for found in versions.values())


async def write(store: PostgresEventStore) -> None:
    for start in range(0, 2_000, 10):
        await store.record([foreign(n, case=f"C{n % 11}") for n in range(start, start + 10)])
        await asyncio.sleep(0.02)


def firsts(records: list[Record]) -> list[tuple[str, int]]:
    """Return stream and version of each record where it occurs for the first time."""
    places = (
        ((r.header("stream") or b"").decode(), int(r.header("version") or 0)) for r in records
    )
    return list(dict.fromkeys(places))
