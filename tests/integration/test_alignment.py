"""Before anything starts Kafka is compared with the stores, and told all again if need be."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import asyncpg
import pytest
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin.records_to_delete import RecordsToDelete

from deploy.alignment import align
from deploy.faults import Fault, KafkaForeign, StillAtWork
from services.intake import consumer as intake
from services.review import consumer as review
from shared.contracts.registry import INBOX, OWN_TOPICS, Owner, encode
from shared.eventstore.outbox import PostgresOutbox
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.kafka.dead_letter_box import DeadLetterBox
from shared.kafka.dead_letters import LOST, LetterUnrecorded
from shared.kafka.port import Record
from shared.kafka.producer import KafkaProducer
from shared.kafka.seal import UNSEALED, Seal
from tests.support.eventually import eventually
from tests.support.facts import foreign
from tests.support.stack import kafka_admin

KNOWN, LOST_FACT, OTHERS = foreign(1), foreign(2), foreign(3)
INTAKE = Owner.INTAKE.topic
READ_BEFORE = """
INSERT INTO metrics.offsets (topic, partition, next_offset, highwater, checked_at)
VALUES ($1, $2, $3, $3, now())
"""
FOLD_NEXT = """
SELECT array_agg(DISTINCT next_offset ORDER BY next_offset)
FROM metrics.offsets
WHERE topic = 'casetrack.intake.v1'
"""
CURSOR = "SELECT position FROM intake.relay_cursor"
SEND = "UPDATE relay_cursor SET (xid, position) = (SELECT xid, position FROM events)"
PARK = """
INSERT INTO parked (stream, version, reason)
SELECT stream, version, 'MessageSizeTooLargeError'
FROM events
"""
SEAL = Seal.of(f"2026:{'5e' * 32}")
ERA = "SELECT intake.own_transaction()::text::bigint >> 32"
FINGERPRINT = "SELECT fingerprint FROM metrics.projection"
NO_FACTS = (
    b"no fact",
    b"",
    b'{"source":"\xff","id":"1","type":"x"}',
    b'{"source":"a\\u0000","id":"1","type":"x"}',
    b'{"source":"a","id":"1","type":"x","data":' + b"[" * 100_000,
)


@dataclass
class Bureau:
    """A store with one fact that was sent, and the Kafka that it was sent to."""

    dsn: str
    kafka: str

    async def asked(self, query: str, *values: object) -> object:
        connection = await asyncpg.connect(self.dsn)
        try:
            return await connection.fetchval(query, *values)
        finally:
            await connection.close()

    async def sends(self, owner: str, *more: str) -> None:
        """Let *owner* have one fact, which its relay has passed; then do *more* in its store."""
        async with await open_pool(self.dsn, owner) as pool:
            await PostgresEventStore(pool).record([KNOWN])
            for statement in (SEND, *more):
                await pool.execute(statement)

    async def tell(self, *records: Record) -> None:
        async with KafkaProducer(self.kafka) as sender:
            await sender.send(records)

    async def told(self) -> int:
        """Return how many records lie on our own topics."""
        reader = AIOKafkaConsumer(bootstrap_servers=self.kafka)
        await reader.start()
        try:
            places = [TopicPartition(topic, n) for topic in OWN_TOPICS for n in range(4)]
            starts, ends = await reader.beginning_offsets(places), await reader.end_offsets(places)
        finally:
            await reader.stop()
        return sum(ends[place] - starts[place] for place in places)

    async def taken(self) -> set[int | None]:
        """Return what intake's group remembers of the inbox."""
        async with self.member(intake.GROUP.group) as member:
            return {await member.committed(TopicPartition(INBOX, n)) for n in range(4)}

    @asynccontextmanager
    async def member(self, group: str, *topics: str) -> AsyncIterator[AIOKafkaConsumer]:
        """Give who speaks for *group*, and where it reads *topics* belongs to it."""
        member = AIOKafkaConsumer(*topics, bootstrap_servers=self.kafka, group_id=group)
        await member.start()
        try:
            yield member
        finally:
            await member.stop()

    async def aligned(self, seal: Seal | None = None) -> list[str]:
        """Align, and return the ids of the facts that were named."""
        with structlog.testing.capture_logs() as logs:
            await align(self.dsn, self.kafka, seal)
        return [one["id"] for one in logs if one["event"] == "fact_lost"]

    async def refuses(self, fault: type[Fault]) -> None:
        """Align in vain: records, cursor and era stay as they are."""
        before = await self.told(), await self.asked(CURSOR), await self.asked(ERA)
        with pytest.raises(fault):
            await self.aligned()
        assert before == (await self.told(), await self.asked(CURSOR), await self.asked(ERA))


def record_of(event: object, topic: str = INTAKE) -> Record:
    body = encode(event)  # type: ignore[arg-type]  # an event of the examples
    return Record(topic, b"XC20240902000017", body, partition=0)


@pytest.fixture
def empty(postgres_dsn: str, bureau_topics: str) -> Bureau:
    """Return a bureau of which nothing is on record and nothing was sent."""
    return Bureau(postgres_dsn, bureau_topics)


@pytest.fixture
async def bureau(empty: Bureau) -> Bureau:
    await empty.sends("intake")
    await empty.tell(record_of(KNOWN))
    return empty


async def test_where_they_agree_nothing_changes(bureau: Bureau) -> None:
    await bureau.tell(*(Record(INTAKE, b"?", body, partition=0) for body in NO_FACTS))

    assert await bureau.aligned() == []
    assert await bureau.told() == 1 + len(NO_FACTS)
    assert await bureau.asked(CURSOR) == 1
    assert await bureau.asked(ERA) == 0


async def test_what_only_kafka_knows_is_named_and_kept_and_everything_is_told_again(
    bureau: Bureau,
) -> None:
    await bureau.tell(record_of(LOST_FACT), record_of(LOST_FACT, INBOX))
    async with bureau.member(intake.GROUP.group) as member:
        member.assign([TopicPartition(INBOX, n) for n in range(4)])
        await member.commit({TopicPartition(INBOX, n): 1 for n in range(4)})

    assert await bureau.aligned() == [LOST_FACT.id]
    assert await bureau.told() == 0
    assert await bureau.taken() == {0}
    assert await bureau.asked(CURSOR) == 0
    assert await bureau.asked(FOLD_NEXT) == [0, 2]
    assert await bureau.asked(ERA) == 1
    (letter,) = [one async for one in DeadLetterBox(bureau.kafka).load_all()]
    assert (letter.record.value, letter.refusal.code) == (encode(LOST_FACT), LOST)
    async with KafkaProducer(bureau.kafka) as sender:
        with pytest.raises(LetterUnrecorded):
            await DeadLetterBox(bureau.kafka).replay([letter.letter_id], sender)
    assert await bureau.told() == 0
    assert await bureau.aligned() == []
    assert await bureau.asked(ERA) == 1


async def test_a_kafka_that_lacks_what_was_folded_is_told_it_again(bureau: Bureau) -> None:
    await bureau.asked(READ_BEFORE, INTAKE, 0, 7)

    assert await bureau.aligned() == []
    assert await bureau.asked(FOLD_NEXT) == [0, 1]
    assert await bureau.asked(CURSOR) == 0


async def test_a_kafka_that_lacks_what_was_sent_is_told_it_again(bureau: Bureau) -> None:
    await bureau.sends("review")

    assert await bureau.aligned() == []
    assert await bureau.asked("SELECT position FROM review.relay_cursor") == 0


async def test_what_kafka_never_took_it_does_not_lack(bureau: Bureau) -> None:
    await bureau.sends("review", PARK)

    assert await bureau.aligned() == []
    assert await bureau.asked(CURSOR) == 1
    assert await bureau.asked(ERA) == 0


async def test_what_does_not_bear_our_seal_is_no_loss_of_ours(bureau: Bureau) -> None:
    await bureau.tell(record_of(LOST_FACT))

    assert await bureau.aligned(SEAL) == []
    assert await bureau.told() == 2
    assert await bureau.asked(ERA) == 0


async def test_beside_a_loss_it_is_kept_for_what_it_is(bureau: Bureau) -> None:
    sealed = SEAL.on(INTAKE).header(encode(LOST_FACT))
    await bureau.tell(replace(record_of(LOST_FACT), headers=(sealed,)), record_of(OTHERS))

    assert await bureau.aligned(SEAL) == [LOST_FACT.id]
    letters = [one async for one in DeadLetterBox(bureau.kafka).load_all()]
    assert {one.record.value: one.refusal.code for one in letters} == {
        encode(LOST_FACT): LOST,
        encode(OTHERS): UNSEALED,
    }


async def test_a_kafka_with_fewer_partitions_is_told_again_into_other_lanes(
    bureau: Bureau,
) -> None:
    await bureau.asked(READ_BEFORE, INTAKE, 7, 0)
    await bureau.asked("INSERT INTO metrics.projection (fingerprint) VALUES ('of these lanes')")

    assert await bureau.aligned() == []
    assert await bureau.asked("SELECT max(partition) FROM metrics.offsets") == 3
    assert await bureau.asked(FINGERPRINT) == "of other lanes"


@pytest.mark.parametrize(("folded", "told_again"), [(2, False), (0, True)])
async def test_where_kafka_begins_matters_only_to_what_is_yet_to_be_folded(
    bureau: Bureau, folded: int, *, told_again: bool
) -> None:
    await bureau.tell(record_of(KNOWN))
    await bureau.asked(READ_BEFORE, INTAKE, 0, folded)
    async with kafka_admin(bureau.kafka) as admin:
        await admin.delete_records({TopicPartition(INTAKE, 0): RecordsToDelete(1)})

    assert await bureau.aligned() == []
    assert (await bureau.asked(CURSOR) == 0) is told_again


async def test_another_bureaus_kafka_is_left_alone(empty: Bureau) -> None:
    await empty.tell(record_of(OTHERS), record_of(LOST_FACT))

    await empty.refuses(KafkaForeign)


async def test_it_is_left_alone_by_a_bureau_that_has_folded_more(bureau: Bureau) -> None:
    await bureau.asked(READ_BEFORE, INTAKE, 0, 7)
    async with kafka_admin(bureau.kafka) as admin:
        await admin.delete_records({TopicPartition(INTAKE, 0): RecordsToDelete(1)})
    await bureau.tell(record_of(OTHERS))

    await bureau.refuses(KafkaForeign)


async def test_nothing_is_touched_under_a_relay_that_is_at_work(
    bureau: Bureau, role_dsn: Callable[[str], str]
) -> None:
    await bureau.tell(record_of(LOST_FACT))
    outbox = await PostgresOutbox.open(role_dsn("casetrack_relay"), "review")
    try:
        assert await outbox.lead()
        await bureau.refuses(StillAtWork)
    finally:
        await outbox.close()


async def test_nothing_is_touched_under_a_worker_that_is_at_work(
    bureau: Bureau, role_dsn: Callable[[str], str]
) -> None:
    await bureau.tell(record_of(LOST_FACT))
    worker = await asyncpg.connect(role_dsn("casetrack_metrics"))
    try:
        await bureau.refuses(StillAtWork)
    finally:
        await worker.close()


async def test_nothing_is_deleted_under_readers_that_another_database_serves(
    bureau: Bureau,
) -> None:
    """As where a copy of a database is started beside the bureau that it was copied from."""
    await bureau.tell(record_of(LOST_FACT))
    async with bureau.member(review.GROUP.group, INTAKE) as member:
        await member.getmany(timeout_ms=1_000)
        assert member.assignment()
        await bureau.refuses(StillAtWork)


async def test_of_two_that_align_at_once_one_finds_nothing_left_to_do(bureau: Bureau) -> None:
    await bureau.tell(record_of(LOST_FACT))

    with structlog.testing.capture_logs() as logs:
        await asyncio.gather(*(align(bureau.dsn, bureau.kafka) for _ in range(2)))

    assert [one["event"] for one in logs].count("kafka_told_again") == 1
    assert await bureau.asked(ERA) == 1


async def test_interrupted_behind_the_deleting_it_is_done_again(bureau: Bureau) -> None:
    await bureau.tell(record_of(LOST_FACT))
    hinderer = await asyncpg.connect(bureau.dsn)
    try:
        async with hinderer.transaction(), asyncio.TaskGroup() as tasks:
            await hinderer.execute("LOCK TABLE metrics.lanes")
            aligning = tasks.create_task(bureau.aligned())

            async def is_empty() -> bool:
                return await bureau.told() == 0

            await eventually(is_empty)
            aligning.cancel()
    finally:
        await hinderer.close()
    assert await bureau.asked(CURSOR) == 1

    assert await bureau.aligned() == []
    assert await bureau.asked(CURSOR) == 0
    assert await bureau.asked(ERA) == 1
    assert len([one async for one in DeadLetterBox(bureau.kafka).load_all()]) == 1
