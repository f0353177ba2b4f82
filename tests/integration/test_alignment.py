"""Before anything starts Kafka is compared with the stores, and told all again if need be."""

from collections.abc import Callable
from dataclasses import dataclass

import asyncpg
import pytest
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.alignment import TOPICS, align
from deploy.faults import StillAtWork
from services.intake import consumer as intake
from shared.contracts.registry import INBOX, Owner, encode
from shared.eventstore.outbox import PostgresOutbox
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.kafka.port import Record
from shared.kafka.producer import KafkaProducer
from tests.support.facts import foreign

KNOWN, LOST = foreign(1), foreign(2)
READ_BEFORE = """
INSERT INTO metrics.offsets (topic, partition, next_offset, highwater, checked_at)
VALUES ($1, $2, $3, $3, now())
"""
ERA = "SELECT intake.own_transaction()::text::bigint >> 32"


@dataclass
class Bureau:
    """A store with one fact that was sent and folded, and the Kafka that it was sent to."""

    dsn: str
    kafka: str

    async def asked(self, query: str, *values: object) -> object:
        connection = await asyncpg.connect(self.dsn)
        try:
            return await connection.fetchval(query, *values)
        finally:
            await connection.close()

    async def tell(self, *records: Record) -> None:
        async with KafkaProducer(self.kafka) as sender:
            await sender.send(records)

    async def told(self) -> int:
        """Return how many records lie on our own topics."""
        reader = AIOKafkaConsumer(bootstrap_servers=self.kafka)
        await reader.start()
        try:
            places = [TopicPartition(topic, n) for topic in TOPICS for n in range(4)]
            starts, ends = await reader.beginning_offsets(places), await reader.end_offsets(places)
        finally:
            await reader.stop()
        return sum(ends[place] - starts[place] for place in places)

    async def taken(self) -> set[int | None]:
        """Return what intake's group remembers of the inbox."""
        member = AIOKafkaConsumer(bootstrap_servers=self.kafka, group_id=intake.GROUP.group)
        await member.start()
        try:
            return {await member.committed(TopicPartition(INBOX, n)) for n in range(4)}
        finally:
            await member.stop()

    async def aligned(self) -> list[str]:
        """Align, and return the ids of the facts that were named."""
        with structlog.testing.capture_logs() as logs:
            await align(self.dsn, self.kafka)
        return [one["id"] for one in logs if one["event"] == "fact_lost"]


def record_of(event: object, topic: str = Owner.INTAKE.topic) -> Record:
    body = encode(event)  # type: ignore[arg-type]  # an event of the examples
    return Record(topic, b"XC20240902000017", body, partition=0)


@pytest.fixture
async def bureau(postgres_dsn: str, role_dsn: Callable[[str], str], bureau_topics: str) -> Bureau:
    one = Bureau(postgres_dsn, bureau_topics)
    async with await open_pool(role_dsn("casetrack_intake"), "intake") as pool:
        await PostgresEventStore(pool).record([KNOWN])
    await one.tell(record_of(KNOWN))
    await one.asked("UPDATE intake.relay_cursor SET (xid, position) = ('3', 1)")
    return one


async def test_where_they_agree_nothing_changes(bureau: Bureau) -> None:
    await bureau.tell(Record(Owner.INTAKE.topic, b"?", b"no fact", partition=0))
    assert await bureau.aligned() == []
    assert await bureau.told() == 2
    assert await bureau.asked("SELECT position FROM intake.relay_cursor") == 1
    assert await bureau.asked(ERA) == 0


async def test_what_only_kafka_knows_is_named_and_everything_is_told_again(bureau: Bureau) -> None:
    await bureau.tell(record_of(LOST), record_of(LOST, INBOX))
    member = AIOKafkaConsumer(bootstrap_servers=bureau.kafka, group_id=intake.GROUP.group)
    await member.start()
    member.assign([TopicPartition(INBOX, n) for n in range(4)])
    await member.commit({TopicPartition(INBOX, n): 1 for n in range(4)})
    await member.stop()

    assert await bureau.aligned() == [LOST.id]
    assert await bureau.told() == 0
    assert await bureau.taken() == {0}
    assert await bureau.asked("SELECT position FROM intake.relay_cursor") == 0
    assert await bureau.asked(ERA) == 1
    assert await bureau.aligned() == []
    assert await bureau.asked(ERA) == 1


async def test_a_kafka_that_lacks_what_was_folded_is_told_it_again(bureau: Bureau) -> None:
    await bureau.asked(READ_BEFORE, Owner.INTAKE.topic, 0, 7)

    assert await bureau.aligned() == []
    assert await bureau.asked("SELECT count(*) FROM metrics.offsets") == 0
    assert await bureau.asked("SELECT position FROM intake.relay_cursor") == 0


async def test_a_kafka_that_lacks_what_was_sent_is_told_it_again(bureau: Bureau) -> None:
    await bureau.asked("UPDATE review.relay_cursor SET (xid, position) = ('3', 1)")

    assert await bureau.aligned() == []
    assert await bureau.asked("SELECT position FROM review.relay_cursor") == 0


async def test_nothing_is_touched_under_a_relay_that_is_at_work(
    bureau: Bureau, role_dsn: Callable[[str], str]
) -> None:
    await bureau.tell(record_of(LOST))
    outbox = await PostgresOutbox.open(role_dsn("casetrack_relay"), "review")
    try:
        assert await outbox.lead()
        with pytest.raises(StillAtWork):
            await bureau.aligned()
    finally:
        await outbox.close()

    assert await bureau.told() == 2
    assert await bureau.asked("SELECT position FROM intake.relay_cursor") == 1
    assert await bureau.asked(ERA) == 0
