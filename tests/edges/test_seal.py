"""An owner's record is believed with the relay's seal alone, and only where it was sealed for."""

from dataclasses import replace

import pytest

from services.metrics.domain.entry import Arrived
from services.metrics.handlers.reading import RefusedRecord, read_records
from shared.contracts.registry import INBOX, Owner, encode
from shared.eventstore.port import START, Outgoing
from shared.kafka.consumer import ReadingPlan
from shared.kafka.dead_letters import Refusal, dead_letter, read_dead_letter, replayed
from shared.kafka.port import Record
from shared.kafka.seal import HEADER, SEAL_BROKEN, UNSEALED, Seal
from shared.relay.relay import record_of
from tests.support.consumer_bench import GROUP, Bench
from tests.support.facts import foreign

INTAKE, REVIEW = Owner.INTAKE.topic, Owner.REVIEW.topic
OLD, NEW = f"2025:{'0d' * 32}", f"2026:{'5e' * 32}"
SEAL = Seal.of(NEW)


def sealed(number: int, topic: str = INTAKE, seal: Seal = SEAL) -> Record:
    event = foreign(number)
    outgoing = Outgoing(START, "case-1", number, event.partitionkey, encode(event), None)
    return replace(record_of(outgoing, topic, seal.on(topic)), offset=number)


def flaw(one: Record, seal: Seal = SEAL, topic: str = INTAKE) -> str | None:
    return seal.on(topic).flaw_of(one.value or b"", one.headers)


def test_what_the_relay_sealed_is_believed() -> None:
    assert flaw(sealed(1)) is None


@pytest.mark.parametrize(
    ("forged", "reason"),
    [
        (replace(sealed(1), headers=()), UNSEALED),
        (replace(sealed(1), headers=((HEADER, None),)), UNSEALED),
        (replace(sealed(1), headers=((HEADER, b""),)), SEAL_BROKEN),
        (replace(sealed(1), value=sealed(2).value), SEAL_BROKEN),
        (replace(sealed(1), value=None), SEAL_BROKEN),
        (replace(sealed(1), headers=((HEADER, b"2026:\xff"),)), SEAL_BROKEN),
        (replace(sealed(1), headers=(*sealed(1).headers, *sealed(2).headers)), SEAL_BROKEN),
        (sealed(1, REVIEW), SEAL_BROKEN),
        (sealed(1, seal=Seal.of(f"2026:{'00' * 32}")), SEAL_BROKEN),
        (sealed(1, seal=Seal.of(OLD)), SEAL_BROKEN),
    ],
)
def test_whatever_else_bears_it_or_does_not_is_not_believed(forged: Record, reason: str) -> None:
    assert flaw(forged) == reason


def test_while_keys_change_both_are_believed_and_the_first_one_seals() -> None:
    both = Seal.of(f"{NEW},{OLD}")

    assert flaw(sealed(1, seal=Seal.of(OLD)), both) is None
    assert sealed(1, seal=both).headers == sealed(1).headers


def test_the_fold_refuses_a_forged_fact_and_goes_on_behind_it() -> None:
    records = [sealed(1), replace(sealed(2), headers=()), sealed(3)]
    first, forged, last = read_records(records, SEAL.on(INTAKE))  # type: ignore[arg-type]  # records have offsets here

    assert isinstance(first, Arrived)
    assert isinstance(forged, RefusedRecord)
    assert forged.code == UNSEALED
    assert isinstance(last, Arrived)


async def test_a_reader_refuses_a_forged_fact_and_takes_the_inbox_as_it_is() -> None:
    bench = Bench()
    good, inbox = sealed(1), Record(INBOX, b"key", b"anything")
    forged = replace(sealed(2), headers=())
    bench.feed = bench.bus.feed(GROUP, [INTAKE, INBOX])
    bench.reading = ReadingPlan(GROUP, seal=SEAL)
    await bench.bus.send([good, forged, inbox])

    await bench.run(until=lambda: len(bench.seen) == 2 and bool(bench.bus.records(f"dlq.{INTAKE}")))
    (letter,) = map(read_dead_letter, bench.bus.records(f"dlq.{INTAKE}"))

    assert {*bench.seen} == {good.value, inbox.value}
    assert (letter.record.value, letter.refusal.code) == (forged.value, UNSEALED)


async def test_without_a_key_nothing_is_asked() -> None:
    bench = Bench()
    bench.feed = bench.bus.feed(GROUP, [INTAKE])
    await bench.bus.send([replace(sealed(1), headers=())])

    await bench.run(until=lambda: bench.seen == [sealed(1).value])


def test_a_letter_keeps_the_seal_of_its_record_so_that_it_can_be_sent_again() -> None:
    letter = dead_letter(sealed(1), "somebody", Refusal("unfoldable", "", "", 1))

    assert flaw(replayed(read_dead_letter(letter))) is None
