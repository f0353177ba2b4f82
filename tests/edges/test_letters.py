"""One letter for each record that is refused, whatever comes between."""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from shared.kafka import dead_letters
from shared.kafka.dead_letters import Cut, LetterCut, Refusal, read_dead_letter, replayed
from shared.kafka.memory import MemoryFeed
from shared.kafka.port import (
    Partition,
    Record,
    Undeliverable,
)
from shared.kafka.unpacking import Illegible
from tests.support.consumer_bench import GROUP, TOPIC, Bench, record


async def test_a_letter_is_sent_until_it_is_confirmed() -> None:
    def refuse(_: bytes) -> None:
        raise Undeliverable("source_not_allowed", "source")

    bench = Bench(refuse)
    bench.sender_faults = 3
    await bench.bus.send([record(1)])

    await bench.run(until=lambda: len(bench.letters) == 1)

    assert read_dead_letter(bench.letters[0]).refusal.code == "source_not_allowed"


async def test_what_cannot_be_unpacked_is_buried_unseen_and_cannot_be_replayed() -> None:
    bench = Bench()
    broken = Illegible(b"\x00\x01", "illegible", "offsets 3 to 4: a batch that is cut off")
    await bench.bus.send([Record(TOPIC, None, broken, partition=1)])

    await bench.run(until=lambda: len(bench.letters) == 1)

    letter = read_dead_letter(bench.letters[0])
    assert (letter.refusal.code, letter.refusal.message) == (broken.code, broken.detail)
    with pytest.raises(LetterCut):
        replayed(letter)


def test_a_letter_goes_back_to_the_topic_below_whose_name_it_lies_whatever_it_says() -> None:
    forged = Record(
        "dlq.casetrack.inbox.v1", b"key", b"body", ((dead_letters.TOPIC, b"casetrack.intake.v1"),)
    )

    assert replayed(read_dead_letter(forged)).topic == "casetrack.inbox.v1"


async def test_killed_behind_a_letter_nobody_sends_it_again() -> None:
    def refuse(_: bytes) -> None:
        raise Undeliverable("invalid_data")

    class Killed(Exception):
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


async def test_a_letter_that_its_topic_refuses_is_cut() -> None:
    def refuse(_: bytes) -> None:
        raise Undeliverable("invalid_data", "data.case_no", "is empty")

    bench = Bench(refuse)
    bench.takes_bytes = 500_000
    large = Record(TOPIC, b"k", b"x" * 900_000, (("h", b"1"), ("g", None)))
    await bench.bus.send([record(1), large])

    await bench.run(until=lambda: len(bench.letters) == 2)

    (letter,) = [one for one in map(read_dead_letter, bench.letters) if one.cut]
    assert letter.cut == Cut(900_000, sha256(b"x" * 900_000).hexdigest())
    assert letter.refusal == Refusal("invalid_data", "data.case_no", "is empty", 1)
    assert letter.record.headers == (("h", b"1"), ("g", None))


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
