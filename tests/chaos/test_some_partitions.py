"""A broker is away whose partitions lie nowhere else: they wait and are named, others go on."""

import gc
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from deploy.alignment import align
from deploy.faults import ServerUnreachable
from shared.contracts.registry import OWN_TOPICS
from shared.kafka.ends import load_ends
from shared.kafka.port import Partition, Record, SendUnknown
from shared.kafka.producer import KafkaProducer
from shared.kafka.topics import ensure_topics
from tests.support.broker import NODES, START_SECONDS_MAX, ThreeBrokers, three_brokers
from tests.support.drills import LONG
from tests.support.eventually import eventually

TOPIC = "spread"
PLACES = range(len(NODES))


@pytest.fixture
async def brokers(tmp_path: Path) -> AsyncIterator[ThreeBrokers]:
    async with three_brokers(tmp_path, replicas=1) as cluster:
        await ensure_topics(cluster.address, len(NODES), [TOPIC])
        yield cluster


def record(number: int, word: bytes) -> Record:
    return Record(TOPIC, word, word, partition=number)


@pytest.mark.timeout(600)
async def test_who_sends_names_the_partitions_that_nobody_leads_and_sends_to_the_others(
    brokers: ThreeBrokers, caplog: pytest.LogCaptureFixture
) -> None:
    leaders = await eventually(lambda: brokers.leaders(TOPIC), within=START_SECONDS_MAX)
    away = 0
    victim = brokers.nodes[leaders[away]]
    others = [number for number in PLACES if leaders[number] != leaders[away]]
    async with KafkaProducer(brokers.address) as producer:
        await producer.send([record(number, b"before") for number in PLACES])
        await victim.kill()

        async def fault() -> str:
            try:
                await producer.send([record(away, b"meanwhile")])
            except SendUnknown as unknown:
                return str(unknown)
            return ""

        async def is_named() -> bool:
            # Until its session has run out the others believe that it leads.
            return f"no broker leads {TOPIC}-{away}" in await fault()

        async def is_sent() -> bool:
            return not await fault()

        await eventually(is_named, within=START_SECONDS_MAX)
        await producer.send([record(number, b"meanwhile") for number in others])
        await victim.start()
        await eventually(is_sent, within=START_SECONDS_MAX)
    ends = await load_ends(brokers.address, [TOPIC])
    gc.collect()

    assert "never retrieved" not in caplog.text
    assert all(ends[Partition(TOPIC, number)] >= 2 for number in (away, *others))


@LONG
@pytest.mark.timeout(300)
async def test_who_prepares_takes_what_does_not_answer_for_no_loss(
    brokers: ThreeBrokers, postgres_dsn: str
) -> None:
    topic = OWN_TOPICS[0]
    leaders = await eventually(lambda: brokers.leaders(topic), within=START_SECONDS_MAX)
    async with KafkaProducer(brokers.address) as producer:
        await producer.send([Record(topic, b"a", b"no fact", partition=n) for n in PLACES])
    connection = await asyncpg.connect(postgres_dsn)
    await connection.execute("UPDATE intake.relay_cursor SET (xid, position) = ('3', 7)")

    await brokers.nodes[leaders[0]].kill()
    with pytest.raises(ServerUnreachable):
        await align(postgres_dsn, brokers.address)

    position = await connection.fetchval("SELECT position FROM intake.relay_cursor")
    await connection.close()
    assert position == 7
