"""What the consumer loop does with good records, bad records and a world that fails for a while."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

import pytest

from shared.contracts.unreadable import Unreadable
from shared.kafka.consumer import ConsumerLoop, ReadingPlan
from shared.kafka.dead_letters import Refusal, read_dead_letter
from shared.kafka.limits import FaultLimit, FaultTally
from shared.kafka.memory import MemoryFeed
from shared.kafka.port import (
    OffsetLost,
    Partition,
    Record,
    Undeliverable,
)
from shared.runtime.lifecycle import NoProgress
from tests.support.consumer_bench import GROUP, TOPIC, Away, Bench, Quick, record


async def test_records_of_one_key_are_handled_in_order() -> None:
    bench = Bench()
    await bench.bus.send([record(n) for n in range(50)])

    await bench.run(until=lambda: len(bench.seen) == 50)

    assert bench.seen == [str(n).encode() for n in range(50)]


async def test_what_is_handled_together_is_not_handled_again() -> None:
    bench, told = Bench(), list[bytes | None]()

    async def together(records: Sequence[Record]) -> Collection[int | None]:
        told.extend(one.value for one in records)
        return [one.offset for one in records[1::2]]

    bench.reading = ReadingPlan(GROUP, together=together)
    await bench.bus.send([record(n) for n in range(6)])

    await bench.run(until=lambda: len(bench.seen) == 3)

    assert told == [b"0", b"1", b"2", b"3", b"4", b"5"]
    assert bench.seen == [b"0", b"2", b"4"]
    assert list(bench.bus.committed(GROUP).values()) == [6]


async def test_what_cannot_be_handled_together_is_handled_one_by_one() -> None:
    bench = Bench()

    async def together(_: Sequence[Record]) -> Collection[int | None]:
        raise Away

    bench.reading = ReadingPlan(GROUP, passing=(Away,), together=together)
    await bench.bus.send([record(n) for n in range(3)])

    await bench.run(until=lambda: len(bench.seen) == 3)

    assert bench.seen == [b"0", b"1", b"2"]


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
    bench.reading = ReadingPlan(GROUP, patience_seconds=0.05, turn_seconds_max=0.005)
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
    reading = ReadingPlan(GROUP, patience_seconds=0.2)
    loop = ConsumerLoop(feed, bench.handle, bench.bus, reading, Quick())

    with pytest.raises(NoProgress):
        await asyncio.wait_for(loop.run(bench.stopping), 30)


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
    bench.reading = ReadingPlan(GROUP, limit=FaultLimit(at_once=3, pause_seconds=0.2))
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
        held = bench.loop.pulse.told().held
        mended = mended or (len(bench.seen) > 9 and held == (f"{TOPIC}-0: KeyError",))
        return b"bad" in bench.seen

    bench = Bench(refuse)
    bench.reading = ReadingPlan(GROUP, limit=FaultLimit(at_once=0), turn_seconds_max=0.01)
    await bench.bus.send([Record(TOPIC, None, b"bad", partition=0)])

    await bench.run(until=others_went_on)

    assert bench.letters == []
    assert bench.loop.pulse.told().held == ()


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

    told = bench.loop.pulse.told()
    assert (told.condition, told.held) == ("waiting", (f"{TOPIC}-0: OffsetLost",))


def test_a_tally_of_our_faults_forgives_with_time() -> None:
    tally = FaultTally(FaultLimit(at_once=2, pause_seconds=60))

    assert [tally.take(now) for now in (0, 1, 2, 30, 61, 62, 130)] == [
        *(True, True, False, False),
        *(True, False, True),
    ]
