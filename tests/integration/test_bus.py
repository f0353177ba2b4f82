"""What the bus promises, asked of the one in memory and of Kafka."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete

from shared.kafka.consumer import ConsumerLoop, ReadingPlan
from shared.kafka.dead_letter_box import DeadLetterBox, NoSuchLetter
from shared.kafka.feed import STALLED_SECONDS_MAX, KafkaFeed
from shared.kafka.memory import MemoryBus
from shared.kafka.port import (
    PARTITIONS,
    Feed,
    OffsetLost,
    Partition,
    Record,
    Sender,
    SendRefused,
    SendUnknown,
    TopicMismatch,
    Undeliverable,
)
from shared.kafka.producer import KafkaProducer
from shared.kafka.topics import ensure_topics
from shared.runtime.clock import SystemClock, VirtualClock
from tests.support.eventually import eventually
from tests.support.facts import MONDAY
from tests.support.feed import read
from tests.support.stack import MakeTopic, kafka_admin

GROUP = "readers"


@dataclass(frozen=True, slots=True)
class Bus:
    sender: Sender
    topics: tuple[str, str]
    feed: Callable[[], AbstractAsyncContextManager[Feed]]


@pytest.fixture(params=["memory", "kafka"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    if request.param == "memory":
        yield memory_bus()
        return
    kafka: str = request.getfixturevalue("kafka")
    make_topic: MakeTopic = request.getfixturevalue("make_topic")
    topics = (await make_topic(), await make_topic())
    async with KafkaProducer(kafka) as sender:
        yield Bus(sender, topics, lambda: KafkaFeed(kafka, topics[0], topics, clock=SystemClock()))


def memory_bus() -> Bus:
    bus = MemoryBus(SystemClock())
    topics = ("one", "other")

    @asynccontextmanager
    async def feed() -> AsyncIterator[Feed]:
        yield bus.feed(GROUP, topics)

    return Bus(bus, topics, feed)


def message(topic: str, key: str, number: int) -> Record:
    return Record(topic, key.encode(), str(number).encode(), (("h", b"1"), ("h", b"2")))


async def test_what_is_sent_arrives_as_it_was(bus: Bus) -> None:
    await bus.sender.send([message(bus.topics[0], "受理", 1)])
    async with bus.feed() as feed:
        (seen,) = await read(feed, 1)

    assert (seen.key, seen.value) == ("受理".encode(), b"1")
    assert seen.headers == (("h", b"1"), ("h", b"2"))
    assert seen.header("h") == b"2"
    assert seen.offset == 0
    assert seen.timestamp_ms is not None


async def test_the_largest_event_fits(bus: Bus) -> None:
    largest = Record(bus.topics[0], b"a", b"x" * (1024 * 1024 + 20_000))
    await bus.sender.send([largest, message(bus.topics[0], "a", 2)])
    async with bus.feed() as feed:
        seen = await read(feed, 2)

    assert [record.value for record in seen] == [largest.value, b"2"]


async def test_records_of_one_key_arrive_in_order(bus: Bus) -> None:
    sent = [message(bus.topics[0], f"case-{n % 9}", n) for n in range(300)]
    await bus.sender.send(sent[:150])
    await bus.sender.send(sent[150:])
    async with bus.feed() as feed:
        seen = await read(feed, 300)

    for case in range(9):
        key = f"case-{case}".encode()
        assert [r.value for r in seen if r.key == key] == [r.value for r in sent if r.key == key]


async def test_a_case_lands_in_the_same_partition_number_of_each_topic(bus: Bus) -> None:
    await bus.sender.send(
        [message(topic, f"XC2024090200{n:04}", n) for n in range(40) for topic in bus.topics]
    )
    async with bus.feed() as feed:
        seen = await read(feed, 80)

    places: dict[bytes | None, set[int | None]] = {}
    for record in seen:
        places.setdefault(record.key, set()).add(record.partition)
    assert all(len(numbers) == 1 for numbers in places.values())
    assert {n for numbers in places.values() for n in numbers} == {0, 1, 2, 3}


async def test_memory_and_kafka_choose_the_same_partition(
    kafka: str, make_topic: MakeTopic
) -> None:
    topic = await make_topic()
    sent = [message(topic, f"XC2024090200{n:04}", n) for n in range(40)]
    memory = MemoryBus(SystemClock())
    await memory.send(sent)
    async with KafkaProducer(kafka) as sender:
        await sender.send(sent)
    async with KafkaFeed(kafka, topic, [topic], clock=SystemClock()) as feed:
        seen = await read(feed, 40)

    assert {(r.key, r.partition) for r in seen} == {
        (r.key, r.partition) for r in memory.records(topic)
    }


async def test_a_group_goes_on_behind_what_it_committed(bus: Bus) -> None:
    await bus.sender.send([message(bus.topics[0], "a", n) for n in range(5)])
    async with bus.feed() as feed:
        first = await read(feed, 5)
        place = Partition(bus.topics[0], first[0].partition or 0)
        await feed.commit({place: 3})

    async with bus.feed() as feed:
        seen = await read(feed, 2)

    assert [record.value for record in seen] == [b"3", b"4"]


async def test_what_was_not_committed_comes_again(bus: Bus) -> None:
    await bus.sender.send([message(bus.topics[0], "a", n) for n in range(3)])
    async with bus.feed() as feed:
        await read(feed, 3)
    async with bus.feed() as feed:
        seen = await read(feed, 3)

    assert [record.value for record in seen] == [b"0", b"1", b"2"]


async def test_a_feed_never_jumps_over_what_kafka_no_longer_has(
    kafka: str, make_topic: MakeTopic
) -> None:
    topic = await make_topic(1)
    async with KafkaProducer(kafka) as sender:
        await sender.send([message(topic, "a", n) for n in range(10)])
    async with KafkaFeed(kafka, topic, [topic], clock=SystemClock()) as feed:
        await read(feed, 10)
        await feed.commit({Partition(topic, 0): 3})
    async with kafka_admin(kafka) as admin:
        await admin.delete_records({TopicPartition(topic, 0): RecordsToDelete(before_offset=6)})

    async with KafkaFeed(kafka, topic, [topic], clock=SystemClock()) as feed:
        with pytest.raises(OffsetLost) as lost:
            await read(feed, 1)

    assert (lost.value.partition, lost.value.offset) == (Partition(topic, 0), 3)


async def test_a_partition_that_is_set_aside_is_not_taken_for_stalled(
    kafka: str, make_topic: MakeTopic
) -> None:
    topic = await make_topic(1)
    async with KafkaProducer(kafka) as sender:
        await sender.send([message(topic, "a", 1)])
    clock = VirtualClock(MONDAY)
    async with KafkaFeed(kafka, topic, [topic], clock=clock) as feed:
        await read(feed, 1)
        feed.set_aside(Partition(topic, 0))
        async with KafkaProducer(kafka) as sender:
            await sender.send([message(topic, "a", 2)])
        for _ in range(3):
            clock.advance(2 * timedelta(seconds=STALLED_SECONDS_MAX))
            assert not await feed.fetch()
        feed.take_back(Partition(topic, 0))
        (seen,) = await read(feed, 1)

    assert seen.value == b"2"


async def test_a_group_that_knew_no_partitions_reads_once_kafka_tells_of_them(
    kafka: str, make_topic: MakeTopic
) -> None:
    topic = await make_topic()
    async with (
        kafka_admin(kafka) as admin,
        KafkaFeed(kafka, topic, [topic], clock=SystemClock()) as feed,
    ):
        await admin.delete_topics([topic])

        async def nothing_left() -> bool:
            await feed.fetch()
            return not feed._consumer.assignment()  # noqa: SLF001 - nothing else waits for it

        await eventually(nothing_left)
        await ensure_topics(kafka, PARTITIONS, [topic])
        async with KafkaProducer(kafka) as sender:
            await sender.send([message(topic, "a", 1)])
        (seen,) = await read(feed, 1)

    assert seen.value == b"1"


async def test_sending_to_nowhere_is_unknown_and_the_next_send_may_work() -> None:
    async with KafkaProducer("127.0.0.1:1", send_seconds_max=1.0) as sender:
        with pytest.raises(SendUnknown):
            await sender.send([message("nowhere", "a", 1)])
        with pytest.raises(SendUnknown):
            await sender.send([message("nowhere", "a", 1)])


async def test_what_kafka_refuses_for_good_is_told_from_what_may_pass(
    kafka: str, make_topic: MakeTopic
) -> None:
    topic = await make_topic(1, message_bytes_max=10_000)
    small, large, huge = (Record(topic, b"a", b"x" * size) for size in (10, 20_000, 3_000_000))
    async with KafkaProducer(kafka) as sender:
        for refused in ([large], [huge], [small, large, small]):
            with pytest.raises(SendRefused):
                await sender.send(refused)
        await sender.send([small, small])


async def test_topics_are_made_once_and_another_partition_count_is_refused(kafka: str) -> None:
    name = f"test-{uuid.uuid4().hex}"  # noqa: TID251 - a name that no other worker has
    await ensure_topics(kafka, PARTITIONS, [name])
    await ensure_topics(kafka, PARTITIONS, [name])

    with pytest.raises(TopicMismatch) as mismatch:
        await ensure_topics(kafka, PARTITIONS + 2, [name])

    assert (mismatch.value.topic, mismatch.value.found) == (name, PARTITIONS)


async def bury(kafka: str, topic: str, values: Sequence[bytes]) -> None:
    """Send *values* and refuse each of them."""
    stopping = asyncio.Event()
    refused: list[bytes | None] = []

    async def refuse(record: Record) -> None:
        refused.append(record.value)
        raise Undeliverable("invalid_data", "data.case_no", "为空")

    async with (
        KafkaProducer(kafka) as sender,
        KafkaFeed(kafka, topic, [topic], clock=SystemClock()) as feed,
        asyncio.TaskGroup() as tasks,
    ):
        await sender.send([Record(topic, b"a", value, (("h", b"1"),)) for value in values])
        loop = ConsumerLoop(feed, refuse, sender, ReadingPlan(topic), SystemClock())
        tasks.create_task(loop.run(stopping))
        await eventually(lambda: len(refused) == len(values))
        stopping.set()


async def test_dead_letters_are_listed_shown_and_replayed(
    kafka: str, make_topic: MakeTopic
) -> None:
    topic = await make_topic()
    await ensure_topics(kafka, PARTITIONS, [f"dlq.{topic}"])
    await bury(kafka, topic, [b"first", b"\xff\x00second"])
    box = DeadLetterBox(kafka, [f"dlq.{topic}"])

    letters = [letter async for letter in box.load_all()]
    shown = await box.load(letters[1].letter_id)
    async with KafkaProducer(kafka) as sender:
        await box.replay([shown.letter_id], sender)

    assert [letter.record.value for letter in letters] == [b"first", b"\xff\x00second"]
    assert shown == letters[1]
    assert (shown.refusal.code, shown.refusal.message) == ("invalid_data", "为空")
    async with KafkaFeed(kafka, f"{topic}-later", [topic], clock=SystemClock()) as feed:
        seen = await read(feed, 3)
    assert [(r.key, r.value, r.header("h")) for r in seen][2] == (b"a", b"\xff\x00second", b"1")


@pytest.mark.parametrize("letter_id", ["", "nonsense", "dlq.x-0-0", "dlq.x-9-9", "dlq.x--1"])
async def test_a_letter_that_is_not_there_is_said_to_be_missing(kafka: str, letter_id: str) -> None:
    await ensure_topics(kafka, PARTITIONS, ["dlq.x"])

    with pytest.raises(NoSuchLetter):
        await DeadLetterBox(kafka, ["dlq.x"]).load(letter_id)
