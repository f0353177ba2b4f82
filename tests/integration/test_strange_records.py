"""What strangers may put onto a topic, asked of Kafka: every record is read, or is one letter."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from shared.kafka.consumer import ConsumerLoop, ReadingPlan
from shared.kafka.dead_letter_box import DeadLetterBox
from shared.kafka.dead_letters import Cut, LetterCut, Refusal, dead_letter
from shared.kafka.ends import load_ends
from shared.kafka.feed import KafkaFeed
from shared.kafka.letters import KafkaShelf, LettersOnce
from shared.kafka.port import Partition, Record, Undeliverable
from shared.kafka.producer import KafkaProducer
from shared.kafka.topics import MESSAGE_BYTES_MAX, ensure_topics
from shared.kafka.unpacking import HEAD
from shared.runtime.clock import SystemClock
from tests.support.eventually import eventually
from tests.support.feed import read
from tests.support.record_batches import BROKEN_NAME, batch, lay, with_records
from tests.support.stack import MakeTopic


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
async def test_whatever_codec_a_producer_packs_with_its_records_are_read(
    kafka: str, make_topic: MakeTopic, codec: str
) -> None:
    topic = await make_topic()
    producer = AIOKafkaProducer(bootstrap_servers=kafka, compression_type=codec)
    async with producer:
        await producer.send_and_wait(topic, b"x" * 5000, key=b"a", headers=[("null", None)])
    async with KafkaFeed(kafka, topic, [topic], clock=SystemClock()) as feed:
        (seen,) = await read(feed, 1)

    assert (seen.value, seen.headers) == (b"x" * 5000, (("null", None),))


async def test_a_header_whose_name_is_not_utf8_stops_no_reader(
    kafka: str, make_topic: MakeTopic
) -> None:
    topic = await make_topic(1)
    raw = batch(b"0", b"1", name="name")
    records = raw[HEAD.size :].replace(b"name", BROKEN_NAME)
    await lay(kafka, topic, 0, with_records(raw, records))
    await lay(kafka, topic, 0, batch(b"2"))
    async with KafkaFeed(kafka, topic, [topic], clock=SystemClock()) as feed:
        seen = await read(feed, 3)

    assert [(r.value, r.headers[0][0]) for r in seen] == [
        (b"0", "na\\xffe"),
        (b"1", "na\\xffe"),
        (b"2", "trace"),
    ]


@asynccontextmanager
async def transaction(kafka: str, topic: str, *values: bytes) -> AsyncIterator[AIOKafkaProducer]:
    """Give the producer of an open transaction in which *values* were sent."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka, transactional_id=f"t-{topic}")
    async with producer:
        await producer.begin_transaction()
        for value in values:
            await producer.send_and_wait(topic, value, key=b"a")
        yield producer


async def test_what_a_transaction_took_back_was_never_said(
    kafka: str, make_topic: MakeTopic
) -> None:
    topic = await make_topic(1)
    async with transaction(kafka, topic, b"never", b"never") as producer:
        await producer.abort_transaction()
    async with transaction(kafka, topic, b"said") as producer:
        await producer.commit_transaction()
    async with KafkaFeed(kafka, topic, [topic], clock=SystemClock()) as feed:
        (seen,) = await read(feed, 1)
        await feed.commit({Partition(topic, 0): (seen.offset or 0) + 1})
        await eventually(nothing_waits_for(feed, Partition(topic, 0)))

    assert seen.value == b"said"
    async with KafkaFeed(kafka, topic, [topic], clock=SystemClock()) as feed:
        await eventually(nothing_waits_for(feed, Partition(topic, 0)))


def nothing_waits_for(feed: KafkaFeed, place: Partition) -> Callable[[], Awaitable[bool]]:
    async def nothing_waits() -> bool:
        assert not await feed.fetch()
        return place in feed.backlog() and feed.backlog()[place].records == 0

    return nothing_waits


async def test_a_transaction_that_stays_open_is_told_and_holds_nobody_else(
    kafka: str, make_topic: MakeTopic
) -> None:
    topic = await make_topic(2)
    held = Partition(topic, 0)
    async with KafkaProducer(kafka) as sender:
        await sender.send([Record(topic, b"a", b"before", partition=0)])
        async with transaction(kafka, topic) as producer:
            await producer.send_and_wait(topic, b"undecided", partition=0)
            await sender.send(
                [Record(topic, b"a", b"other", partition=1), Record(topic, b"a", b"behind", (), 0)]
            )
            async with KafkaFeed(kafka, topic, [topic], clock=SystemClock()) as feed:
                seen = await read(feed, 2)
                await feed.commit({held: 1, Partition(topic, 1): 1})

                async def is_told() -> bool:
                    assert not await feed.fetch()
                    return feed.backlog().get(held) == (2, True)

                await eventually(is_told)
                ends = await load_ends(kafka, [topic])
                await producer.abort_transaction()
                (behind,) = await read(feed, 1)

    assert sorted(record.value or b"" for record in seen) == [b"before", b"other"]
    assert (ends[held], ends[Partition(topic, 1)]) == (1, 1)
    assert behind.value == b"behind"


async def test_the_largest_record_has_a_letter_that_fits(kafka: str, make_topic: MakeTopic) -> None:
    topic = await make_topic(1)
    await ensure_topics(kafka, 1, [f"dlq.{topic}"])
    value = b"x" * (MESSAGE_BYTES_MAX - 500)
    headers = [Record(topic, None, b"", (("h" * 100_000, b"v" * 1_500_000), ("null", None)))]
    many = Record(topic, b"k" * 1_000_000, b"v", tuple(("name", b"") for _ in range(10_000)))
    async with KafkaProducer(kafka) as sender:
        await sender.send([Record(topic, b"a", value), *headers, many])
    await refuse_all(kafka, topic, 3)
    letters = [letter async for letter in DeadLetterBox(kafka, [f"dlq.{topic}"]).load_all()]

    assert [letter.cut is None for letter in letters] == [False, True, True]
    assert letters[0].cut == Cut(len(value), sha256(value).hexdigest())
    assert value.startswith(letters[0].record.value or b"-")
    assert letters[1].record.headers == headers[0].headers
    assert letters[2].record == replace(many, **place_of(letters[2].record))
    async with KafkaProducer(kafka) as sender:
        with pytest.raises(LetterCut):
            await DeadLetterBox(kafka, [f"dlq.{topic}"]).replay([letters[0].letter_id], sender)


def place_of(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in ("partition", "offset", "timestamp_ms")}


async def refuse_all(kafka: str, topic: str, count: int) -> None:
    """Refuse the *count* records that lie on *topic*."""
    stopping, clock = asyncio.Event(), SystemClock()

    async def refuse(_: Record) -> None:
        raise Undeliverable("too_large")

    async with (
        KafkaProducer(kafka) as sender,
        KafkaShelf(kafka) as shelf,
        KafkaFeed(kafka, topic, [topic], clock=clock) as feed,
        asyncio.TaskGroup() as tasks,
    ):
        loop = ConsumerLoop(feed, refuse, LettersOnce(sender, shelf), ReadingPlan(topic), clock)
        tasks.create_task(loop.run(stopping))

        async def all_refused() -> bool:
            ends = await load_ends(kafka, [f"dlq.{topic}"])
            return sum(ends.values()) == count and loop.pulse.told().waiting == 0

        await eventually(all_refused)
        stopping.set()


async def test_letters_that_lie_there_are_found_by_whoever_comes_next(
    kafka: str, make_topic: MakeTopic
) -> None:
    topic = await make_topic(1)
    await ensure_topics(kafka, 1, [f"dlq.{topic}"])
    records = [Record(topic, b"a", b"%d" % n, (), 0, n, 5) for n in range(3)]
    letters = [dead_letter(record, topic, Refusal("odd", "", "", 1)) for record in records]
    async with KafkaProducer(kafka) as sender:
        for sent in (letters[:1], letters[:2], letters):
            async with KafkaShelf(kafka) as shelf:
                await LettersOnce(sender, shelf).send(sent)

    lying = await load_ends(kafka, [f"dlq.{topic}"])
    assert sum(lying.values()) == 3
