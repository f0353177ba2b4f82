"""What the consumer loop does with good records, bad records and a world that fails for a while."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from shared.contracts.unreadable import Unreadable
from shared.kafka.consumer import ConsumerLoop, Reading
from shared.kafka.dead_letters import Refusal, read_dead_letter, replayed
from shared.kafka.limits import DeadLetterLimit, DeadLetterTally
from shared.kafka.memory import MemoryBus
from shared.kafka.port import (
    Partition,
    Record,
    SendUnknown,
    TooManyDeadLetters,
    Undeliverable,
)
from shared.runtime.clock import SystemClock
from shared.runtime.lifecycle import NoProgress
from tests.support.eventually import eventually

TOPIC = "casetrack.inbox.v1"
GROUP = "casetrack-intake"


class Away(Exception):  # noqa: N818 - a fault of the world, for this test
    """The store is away."""


class Quick(SystemClock):
    """Waits as asked, a hundred times quicker."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 100)


def record(number: int, key: str = "case-1", topic: str = TOPIC) -> Record:
    return Record(topic, key.encode(), str(number).encode(), (("h", b"1"),))


class Bench:
    """A bus, a loop over it, and what the handler saw."""

    def __init__(self, refuse: Callable[[bytes], None] | None = None) -> None:
        self.bus = MemoryBus(Quick())
        self.seen: list[bytes] = []
        self.stopping = asyncio.Event()
        self.refuse = refuse or (lambda _: None)
        self.reading = Reading(GROUP, passing=(Away,))
        self.sender_faults = 0

    async def handle(self, message: Record) -> None:
        assert message.value is not None
        self.refuse(message.value)
        self.seen.append(message.value)

    async def send(self, records: list[Record]) -> None:
        if self.sender_faults:
            self.sender_faults -= 1
            raise SendUnknown("broker is away")
        await self.bus.send(records)

    async def run(self, until: Callable[[], bool | Awaitable[bool]]) -> None:
        self.stopping.clear()
        feed = self.bus.feed(GROUP, [TOPIC])
        loop = ConsumerLoop(feed, self.handle, self, self.reading, Quick())  # type: ignore[arg-type]  # only send is used
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(loop.run(self.stopping))
            await eventually(until)
            self.stopping.set()

    @property
    def letters(self) -> list[Record]:
        return self.bus.records(f"dlq.{TOPIC}")


async def test_records_of_one_key_are_handled_in_order() -> None:
    bench = Bench()
    await bench.bus.send([record(n) for n in range(50)])

    await bench.run(until=lambda: len(bench.seen) == 50)

    assert bench.seen == [str(n).encode() for n in range(50)]


async def test_what_was_handled_does_not_come_again() -> None:
    bench = Bench()
    await bench.bus.send([record(n) for n in range(5)])
    await bench.run(until=lambda: len(bench.seen) == 5)
    await bench.bus.send([record(5)])

    await bench.run(until=lambda: len(bench.seen) > 5)

    assert bench.seen == [b"0", b"1", b"2", b"3", b"4", b"5"]


async def test_a_bad_record_is_buried_with_its_reason_and_stops_nobody() -> None:
    def refuse(value: bytes) -> None:
        if value == b"1":
            raise Unreadable("invalid_data", "data.case_no", "is empty")

    bench = Bench(refuse)
    await bench.bus.send([record(n) for n in range(3)])

    await bench.run(until=lambda: len(bench.seen) == 2)

    (letter,) = map(read_dead_letter, bench.letters)
    assert letter.refusal == Refusal("invalid_data", "data.case_no", "is empty", 1)
    assert letter.record == bench.bus.records(TOPIC)[1]
    assert letter.group == GROUP


async def test_a_fault_of_our_own_is_buried_without_telling_the_value() -> None:
    def refuse(value: bytes) -> None:
        raise KeyError(value)

    bench = Bench(refuse)
    await bench.bus.send([record(7)])

    await bench.run(until=lambda: len(bench.letters) == 1)

    letter = read_dead_letter(bench.letters[0])
    assert letter.refusal == Refusal("internal_error", "", "KeyError", 1)


async def test_while_the_world_is_away_the_record_waits_and_is_not_buried() -> None:
    left = 4

    def refuse(value: bytes) -> None:
        nonlocal left
        if value == b"1" and left:
            left -= 1
            raise Away

    bench = Bench(refuse)
    await bench.bus.send([record(n) for n in range(3)])

    await bench.run(until=lambda: len(bench.seen) == 3)

    assert bench.seen == [b"0", b"1", b"2"]
    assert bench.letters == []


async def test_a_letter_is_sent_until_it_is_confirmed() -> None:
    def refuse(_: bytes) -> None:
        raise Undeliverable("source_not_allowed", "source")

    bench = Bench(refuse)
    bench.sender_faults = 3
    await bench.bus.send([record(1)])

    await bench.run(until=lambda: len(bench.letters) == 1)

    assert read_dead_letter(bench.letters[0]).refusal.code == "source_not_allowed"


async def test_asked_to_stop_while_the_world_is_away_the_record_comes_again() -> None:
    away = True
    waiting = asyncio.Event()

    def refuse(value: bytes) -> None:
        if value == b"1" and away:
            waiting.set()
            raise Away

    bench = Bench(refuse)
    await bench.bus.send([record(n) for n in range(3)])
    await bench.run(until=waiting.is_set)
    away = False

    await bench.run(until=lambda: len(bench.seen) == 3)

    assert bench.seen == [b"0", b"1", b"2"]


async def test_killed_while_handling_the_record_comes_again() -> None:
    bench = Bench()
    reached = asyncio.Event()

    async def hang(message: Record) -> None:
        if message.value == b"1":
            reached.set()
            await asyncio.Event().wait()

    await bench.bus.send([record(n) for n in range(3)])
    feed = bench.bus.feed(GROUP, [TOPIC])
    loop = ConsumerLoop(feed, hang, bench.bus, bench.reading, Quick())
    async with asyncio.TaskGroup() as tasks:
        killed = tasks.create_task(loop.run(bench.stopping))
        await reached.wait()
        killed.cancel()

    await bench.run(until=lambda: len(bench.seen) >= 2)

    assert {b"1", b"2"} <= set(bench.seen)


async def test_a_handler_that_hangs_does_not_hang_for_ever() -> None:
    async def hang(_: Record) -> None:
        await asyncio.Event().wait()

    bench = Bench()
    await bench.bus.send([record(1)])
    feed = bench.bus.feed(GROUP, [TOPIC])
    loop = ConsumerLoop(feed, hang, bench.bus, Reading(GROUP, patience_seconds=0.2), Quick())

    with pytest.raises(NoProgress):
        await asyncio.wait_for(loop.run(bench.stopping), 10)


async def test_when_nearly_everything_is_refused_the_consumer_stops() -> None:
    def refuse(_: bytes) -> None:
        raise Undeliverable("invalid_data")

    bench = Bench(refuse)
    bench.reading = Reading(GROUP, limit=DeadLetterLimit(run_max=10))
    await bench.bus.send([record(n) for n in range(50)])

    with pytest.raises(ExceptionGroup) as stopped:
        await bench.run(until=lambda: False)

    assert stopped.group_contains(TooManyDeadLetters)
    assert len(bench.letters) == 11


def test_a_large_share_of_dead_letters_stops_too_and_old_ones_are_forgotten() -> None:
    tally = DeadLetterTally(
        Partition(TOPIC, 0), DeadLetterLimit(share_max=0.2, sample_min=50, window_seconds=60)
    )
    count_every_second_as_refused(tally, range(40))
    for second in range(110, 200):
        tally.count(second, refused=second % 10 == 0)

    with pytest.raises(TooManyDeadLetters):
        count_every_second_as_refused(tally, range(200, 240))


def count_every_second_as_refused(tally: DeadLetterTally, seconds: range) -> None:
    for second in seconds:
        tally.count(second, refused=second % 2 == 0)


async def test_a_replayed_letter_goes_the_same_way_with_the_same_bytes() -> None:
    def refuse(_: bytes) -> None:
        raise Undeliverable("invalid_data")

    bench = Bench(refuse)
    await bench.bus.send([record(1)])
    await bench.run(until=lambda: len(bench.letters) == 1)
    first = read_dead_letter(bench.letters[0])
    await bench.bus.send([replayed(first)])
    await bench.run(until=lambda: len(bench.letters) == 2)

    second = read_dead_letter(bench.letters[1])
    assert (second.record.topic, second.record.key, second.record.value) == (TOPIC, b"case-1", b"1")
    assert second.record.headers == (("h", b"1"),)
    assert second.replay_of == first.letter_id


async def test_a_tombstone_is_buried_as_an_empty_letter() -> None:
    bench = Bench()
    await bench.bus.send([Record(TOPIC, None, None)])

    await bench.run(until=lambda: len(bench.letters) == 1)

    assert bench.letters[0].value == b""


def test_a_letter_without_our_headers_can_still_be_read() -> None:
    letter = read_dead_letter(Record("dlq.foreign", b"k", b"v", (), 2, 17, 5))

    assert letter.letter_id == "dlq.foreign-2-17"
    assert letter.record.topic == "foreign"
    assert datetime.fromtimestamp(letter.refused_at_ms, UTC).year == 1970
