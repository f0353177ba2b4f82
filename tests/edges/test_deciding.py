"""From a command to stored facts, with a toy subject: a counter of activities."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from shared.commands.decider import Decider
from shared.commands.deciding import (
    TRIES_MAX,
    Answer,
    Desk,
    IdempotencyKeyReused,
    Occasion,
    Repetition,
    handle,
)
from shared.contracts.envelope import Event, Fact
from shared.contracts.handling.facts import ActivityRecorded
from shared.contracts.rejection import Rejection
from shared.eventstore.memory import MemoryEventStore
from shared.eventstore.port import ConcurrencyConflict, Receipt
from shared.runtime.clock import VirtualClock
from shared.runtime.ids import SeededIds
from tests.support.facts import activity

MONDAY = datetime(2024, 9, 2, 1, 0, tzinfo=UTC)
CASE = "XC20240902000017"
STREAM = f"case-{CASE}"
SOURCE = "urn:casetrack:610102:intake"


@dataclass(frozen=True, slots=True)
class Work:
    hours: int


class TooMuchWork(Rejection):
    """Three activities are enough."""

    code = "too_much_work"


def decide(done: int, command: Work) -> Sequence[Fact]:
    if done + command.hours > 3:
        raise TooMuchWork(done=done)
    return [ActivityRecorded(case_no=CASE, activity="work") for _ in range(command.hours)]


def evolve(done: int, _: Fact) -> int:
    return done + 1


WORKING = Decider(initial=0, decide=decide, evolve=evolve)
OCCASION = Occasion(at=MONDAY, actorid="clerk-7", actorrole="HANDLER", windowid="W03")
KEY = Repetition("clerk-7", "key-1", b"one hour")


class Contested(MemoryEventStore):
    """A store in which others are quicker, so many times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    async def append(
        self,
        stream: str,
        events: Sequence[Event],
        *,
        expected_version: int,
        receipt: Receipt | None = None,
    ) -> int:
        if self.times:
            self.times -= 1
            other = activity(100 + self.times)
            await super().append(stream, [other], expected_version=expected_version)
        return await super().append(
            stream, events, expected_version=expected_version, receipt=receipt
        )


def desk(store: MemoryEventStore) -> Desk:
    return Desk(store, VirtualClock(MONDAY), SeededIds(1), SOURCE)


async def test_what_is_decided_is_stored_with_its_occasion() -> None:
    store = MemoryEventStore()
    answer = await handle(WORKING, Work(2), STREAM, OCCASION, desk=desk(store))

    events = (await store.load(STREAM)).events
    assert (answer.stream, answer.version) == (STREAM, 2)
    assert answer.event_ids == tuple(event.id for event in events)
    assert [(e.sequence, e.time, e.actorid, e.windowid, e.source) for e in events] == [
        ("1", MONDAY, "clerk-7", "W03", SOURCE),
        ("2", MONDAY, "clerk-7", "W03", SOURCE),
    ]


async def test_a_refusal_leaves_nothing() -> None:
    store = MemoryEventStore()

    with pytest.raises(TooMuchWork):
        await handle(WORKING, Work(4), STREAM, OCCASION, desk=desk(store))

    assert (await store.load(STREAM)).version == 0


async def test_a_decision_counts_what_happened_before() -> None:
    store = MemoryEventStore()
    await handle(WORKING, Work(3), STREAM, OCCASION, desk=desk(store))

    with pytest.raises(TooMuchWork):
        await handle(WORKING, Work(1), STREAM, OCCASION, desk=desk(store))


async def test_a_command_that_changes_nothing_is_answered_with_the_present_version() -> None:
    answer = await handle(WORKING, Work(0), STREAM, OCCASION, desk=desk(MemoryEventStore()))

    assert answer == Answer(STREAM, 0, ())


async def test_a_repeated_command_is_answered_alike_whatever_happened_since() -> None:
    store = MemoryEventStore()
    occasion = Occasion(at=MONDAY, repetition=KEY)
    one_desk = desk(store)
    first = await handle(WORKING, Work(1), STREAM, occasion, desk=one_desk)
    await handle(WORKING, Work(2), STREAM, OCCASION, desk=one_desk)

    second = await handle(WORKING, Work(1), STREAM, occasion, desk=one_desk)

    assert second == first
    assert (first.repeated, second.repeated) == (False, True)
    assert (await store.load(STREAM)).version == 3


async def test_the_same_key_for_another_command_is_refused() -> None:
    store = MemoryEventStore()
    await handle(WORKING, Work(1), STREAM, Occasion(at=MONDAY, repetition=KEY), desk=desk(store))
    other = Occasion(at=MONDAY, repetition=Repetition("clerk-7", "key-1", b"two hours"))

    with pytest.raises(IdempotencyKeyReused):
        await handle(WORKING, Work(2), STREAM, other, desk=desk(store))


async def test_who_was_overtaken_decides_anew() -> None:
    store = Contested(TRIES_MAX - 1)
    answer = await handle(WORKING, Work(1), STREAM, OCCASION, desk=desk(store))

    assert answer.version == TRIES_MAX


async def test_who_is_overtaken_again_and_again_is_told() -> None:
    with pytest.raises(ConcurrencyConflict):
        await handle(WORKING, Work(1), STREAM, OCCASION, desk=desk(Contested(TRIES_MAX)))


async def test_who_was_overtaken_may_find_the_work_done() -> None:
    with pytest.raises(TooMuchWork):
        await handle(WORKING, Work(3), STREAM, OCCASION, desk=desk(Contested(1)))


async def test_a_stream_keeps_the_key_that_its_first_fact_had() -> None:
    one_desk = desk(store := MemoryEventStore())
    of_another_case = Occasion(at=MONDAY, partitionkey="XC20240902000099")
    await handle(WORKING, Work(1), STREAM, OCCASION, desk=one_desk)
    await handle(WORKING, Work(1), STREAM, of_another_case, desk=one_desk)

    assert {event.partitionkey for event in (await store.load(STREAM)).events} == {CASE}
