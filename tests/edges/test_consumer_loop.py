"""What the consumer loop does with good records, bad records and a world that fails for a while."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.contracts.unreadable import Unreadable
from shared.kafka.consumer import ConsumerLoop, Reading
from shared.kafka.dead_letters import LetterCut, Refusal, read_dead_letter, replayed
from shared.kafka.letters import LettersOnce
from shared.kafka.limits import FaultLimit, FaultTally
from shared.kafka.memory import MemoryBus, MemoryFeed
from shared.kafka.port import Handler, OffsetLost, Partition, Record, SendUnknown, Undeliverable
from shared.kafka.unpacking import Illegible
from shared.runtime.clock import SystemClock
from shared.runtime.lifecycle import NoProgress
from shared.runtime.pulse import pulse_of
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
        self.clock = Quick()
        self.feed: MemoryFeed | None = None
        self.handler: Handler = self.handle
        self.sender_faults = 0
        self.arrives_unsaid = 0

    async def handle(self, message: Record) -> None:
        assert message.value is not None
        self.refuse(message.value)
        self.seen.append(message.value)

    async def send(self, records: Sequence[Record]) -> None:
        if self.sender_faults:
            self.sender_faults -= 1
            raise SendUnknown("broker is away")
        await self.bus.send(records)
        if self.arrives_unsaid:
            self.arrives_unsaid -= 1
            raise SendUnknown("broker went away")

    async def run(self, until: Callable[[], bool | Awaitable[bool]]) -> None:
        self.stopping.clear()
        feed = self.feed or self.bus.feed(GROUP, [TOPIC])
        letters = LettersOnce(self, self.bus)
        loop = ConsumerLoop(feed, self.handler, letters, self.reading, self.clock)
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


async def test_a_handler_that_hangs_is_ended_tried_again_and_its_record_buried() -> None:
    async def hang(message: Record) -> None:
        bench.seen.append(message.value or b"")
        await asyncio.Event().wait()

    bench = Bench()
    bench.handler = hang
    bench.reading = Reading(GROUP, patience_seconds=0.05, turn_seconds_max=0.005)
    await bench.bus.send([record(1)])

    await bench.run(until=lambda: len(bench.letters) == 1)

    assert bench.seen == [b"1", b"1", b"1"]
    assert read_dead_letter(bench.letters[0]).refusal.message == "TimeoutError"


async def test_a_feed_that_hangs_is_found_out() -> None:
    class Hanging(MemoryFeed):
        async def fetch(self) -> Any:  # noqa: ANN401 - never returns
            await asyncio.Event().wait()

    bench = Bench()
    feed = Hanging(bench.bus, GROUP, [Partition(TOPIC, 0)])
    reading = Reading(GROUP, patience_seconds=0.2)
    loop = ConsumerLoop(feed, bench.handle, bench.bus, reading, Quick())

    with pytest.raises(NoProgress):
        await asyncio.wait_for(loop.run(bench.stopping), 10)


async def test_any_number_of_refused_records_stops_nobody() -> None:
    def refuse(value: bytes) -> None:
        if value != b"last":
            raise Undeliverable("unknown_type", "type")

    bench = Bench(refuse)
    await bench.bus.send([record(n) for n in range(700)])
    await bench.bus.send([Record(TOPIC, b"case-1", b"last")])

    await bench.run(until=lambda: bench.seen == [b"last"])

    assert len(bench.letters) == 700


async def test_faults_of_our_own_are_buried_a_few_at_once_and_then_one_by_one() -> None:
    def refuse(_: bytes) -> None:
        raise KeyError

    bench = Bench(refuse)
    bench.reading = Reading(GROUP, limit=FaultLimit(at_once=3, pause_seconds=0.2))
    await bench.bus.send([record(n) for n in range(6)])
    began = bench.clock.monotonic()

    await bench.run(until=lambda: len(bench.letters) == 6)

    assert bench.clock.monotonic() - began > 0.5


async def test_while_a_partition_waits_for_us_to_be_mended_the_others_go_on() -> None:
    mended = False

    def refuse(value: bytes) -> None:
        if value == b"bad" and not mended:
            raise KeyError

    async def others_went_on() -> bool:
        nonlocal mended
        await bench.bus.send([Record(TOPIC, None, b"good", partition=1)])
        held = pulse_of(GROUP, bench.clock).told()["held"]
        mended = mended or (len(bench.seen) > 9 and held == [f"{TOPIC}-0: KeyError"])
        return b"bad" in bench.seen

    bench = Bench(refuse)
    bench.reading = Reading(GROUP, limit=FaultLimit(at_once=0), turn_seconds_max=0.01)
    await bench.bus.send([Record(TOPIC, None, b"bad", partition=0)])

    await bench.run(until=others_went_on)

    assert bench.letters == []
    assert pulse_of(GROUP, bench.clock).told()["held"] == []


async def test_a_partition_whose_offset_is_lost_is_set_aside_and_the_others_go_on() -> None:
    lost = Partition(TOPIC, 0)

    class Losing(MemoryFeed):
        async def fetch(self) -> Any:  # noqa: ANN401 - as the feed says
            if lost not in self._aside:
                raise OffsetLost(lost, 3)
            return await super().fetch()

    bench = Bench()
    await bench.bus.send([Record(TOPIC, None, b"good", partition=1)])
    bench.feed = Losing(bench.bus, GROUP, [lost, Partition(TOPIC, 1)])

    await bench.run(until=lambda: bench.seen == [b"good"])

    told = pulse_of(GROUP, bench.clock).told()
    assert (told["condition"], told["held"]) == ("waiting", [f"{TOPIC}-0: OffsetLost"])


async def test_what_cannot_be_unpacked_is_buried_unseen_and_cannot_be_replayed() -> None:
    bench = Bench()
    broken = Illegible(b"\x00\x01", "illegible", "offsets 3 to 4: a batch that is cut off")
    await bench.bus.send([Record(TOPIC, None, broken, partition=1)])

    await bench.run(until=lambda: len(bench.letters) == 1)

    letter = read_dead_letter(bench.letters[0])
    assert (letter.refusal.code, letter.refusal.message) == (broken.code, broken.detail)
    with pytest.raises(LetterCut):
        replayed(letter)


def test_a_tally_of_our_faults_forgives_with_time() -> None:
    tally = FaultTally(FaultLimit(at_once=2, pause_seconds=60))

    assert [tally.take(now) for now in (0, 1, 2, 30, 61, 62, 130)] == [
        *(True, True, False, False),
        *(True, False, True),
    ]


async def test_killed_behind_a_letter_nobody_sends_it_again() -> None:
    def refuse(_: bytes) -> None:
        raise Undeliverable("invalid_data")

    class Killed(Exception):  # noqa: N818 - what happens, for this test
        pass

    class Forgetful(MemoryFeed):
        async def commit(self, next_offsets: Mapping[Partition, int]) -> None:
            raise Killed(next_offsets)

    bench = Bench(refuse)
    await bench.bus.send([record(n) for n in range(3)])
    bench.feed = Forgetful(bench.bus, GROUP, [Partition(TOPIC, n) for n in range(4)])
    with pytest.raises(ExceptionGroup):
        await bench.run(until=lambda: False)
    assert len(bench.letters) == 1
    bench.feed = None

    await bench.run(until=lambda: len(bench.letters) == 3)

    assert [read_dead_letter(letter).record.value for letter in bench.letters] == [b"0", b"1", b"2"]


async def test_a_letter_that_arrived_although_nobody_said_so_is_not_sent_again() -> None:
    def refuse(_: bytes) -> None:
        raise Undeliverable("invalid_data")

    bench = Bench(refuse)
    bench.arrives_unsaid = 2
    await bench.bus.send([record(n) for n in range(3)])

    await bench.run(until=lambda: sum(bench.bus.committed(GROUP).values()) == 3)

    assert len(bench.letters) == 3


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
