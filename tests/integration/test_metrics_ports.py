"""What a worker may rely on, asked of the store in memory and the one in PostgreSQL."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from services.metrics.domain.entry import Entry
from services.metrics.domain.last_words import WORDS_KEPT_MAX, last_words_in
from services.metrics.ports.projection import (
    Changes,
    FactKnown,
    Fenced,
    Stretch,
    TopicPartition,
)
from shared.contracts.handling.course import Phase
from shared.contracts.registry import encode
from tests.support import way_of_a_case as way
from tests.support.metrics_store import (
    FACTS,
    NOTHING,
    TOPIC,
    Store,
    arrived,
    by_terminal,
    received,
)


async def test_a_lane_begins_with_nothing_and_knows_where_it_goes_on(store: Store) -> None:
    await store.projection.begin(TOPIC, 0, 5)
    await store.projection.begin(TOPIC, 0, 9)
    claims = await store.projection.claim([0, 1])
    again = await store.projection.claim([1])
    places: list[TopicPartition] = [(TOPIC, 0), (TOPIC, 1)]

    assert await store.projection.offsets(places) == {(TOPIC, 0): 5}
    assert {number: (one.epoch, one.recent) for number, one in claims.items()} == {
        0: (1, ()),
        1: (1, ()),
    }
    assert again[1].epoch == 2


async def test_what_was_folded_last_comes_with_the_next_claim(store: Store) -> None:
    await store.fold(*FACTS[:3])
    claim = (await store.projection.claim([0]))[0]

    assert [fact.type for fact in claim.recent] == [fact.type for fact in FACTS[:3]]
    assert {fact.dossier for fact in claim.recent} == {way.CASE}


async def test_a_fact_counts_once_whatever_the_batches(store: Store) -> None:
    new = [await store.fold(*FACTS[:3]), await store.fold(*FACTS[1:5], FACTS[4])]
    timeline = await store.readings.timeline(way.CASE)

    assert new == [3, 2]
    assert sorted(timeline) == sorted(encode(fact).decode() for fact in FACTS[:5])


async def test_of_two_facts_with_one_name_the_first_stays(store: Store) -> None:
    other = FACTS[0].model_copy(update={"windowid": "W99"})
    await store.fold(FACTS[0])
    await store.fold(other)

    assert await store.readings.timeline(way.CASE) == [encode(FACTS[0]).decode()]


async def test_a_known_fact_spoils_the_fast_way_and_nothing_of_it_stays(store: Store) -> None:
    await store.fold(FACTS[0])
    with pytest.raises(FactKnown):
        async with store.projection.batch(
            store.stretch(2), 1, complete_to=None, recent=()
        ) as batch:
            await batch.insert(arrived(FACTS[:2]))

    assert len(await store.readings.timeline(way.CASE)) == 1
    assert await store.projection.offsets([(TOPIC, 0)]) == {(TOPIC, 0): 1}


async def test_a_batch_that_fails_leaves_nothing(store: Store) -> None:
    await store.claim()
    with suppress(ZeroDivisionError):
        async with store.projection.batch(
            store.stretch(1), 1, complete_to=None, recent=()
        ) as batch:
            await batch.insert(arrived(FACTS[:1]))
            raise ZeroDivisionError

    assert await store.readings.timeline(way.CASE) == []
    assert await store.projection.offsets([(TOPIC, 0)]) == {(TOPIC, 0): 0}


async def test_a_batch_reads_what_it_has_written(store: Store) -> None:
    await store.fold(*FACTS[:2])
    async with store.projection.batch(store.stretch(1), 1, complete_to=None, recent=()) as batch:
        known = await batch.load([way.CASE, "unknown"])
        added = await batch.insert_unknown(arrived(FACTS[1:3]))
        histories = await batch.histories([way.CASE])

    assert list(known) == [way.CASE]
    assert known[way.CASE].dossier.case.phase is Phase.ACCEPTED
    assert [dossier for dossier, _ in added] == [way.CASE]
    assert sorted(histories[way.CASE]) == sorted(encode(fact) for fact in FACTS[:3])


@pytest.mark.parametrize(
    ("first", "epoch"), [(1, 1), (0, 0), (0, 2)], ids=["offset", "earlier", "later"]
)
async def test_whoever_is_not_where_the_lane_is_commits_nothing(
    store: Store, first: int, epoch: int
) -> None:
    await store.claim()
    with pytest.raises(Fenced):
        async with store.projection.batch(
            Stretch(TOPIC, 0, first, 5, 5), epoch, complete_to=None, recent=()
        ):
            pass

    assert await store.projection.offsets([(TOPIC, 0)]) == {(TOPIC, 0): 0}


async def test_of_two_workers_with_one_stretch_one_wins(store: Store) -> None:
    lane = await store.claim()

    async def fold() -> None:
        async with store.projection.batch(
            store.stretch(1), lane.epoch, complete_to=None, recent=()
        ) as batch:
            await batch.insert(arrived(FACTS[:1]))
            await batch.write(NOTHING)

    answers = await asyncio.gather(fold(), fold(), return_exceptions=True)

    assert sorted(type(one).__name__ for one in answers) == ["Fenced", "NoneType"]
    assert len(await store.readings.timeline(way.CASE)) == 1


async def test_a_clock_to_be_looked_at_again_is_due_before_every_instant(store: Store) -> None:
    nothing = await store.deadlines.coming()
    await store.fold(*FACTS[:3])
    await store.tick()
    await store.fold(*FACTS[3:9])
    first = await store.deadlines.coming()

    assert nothing is None
    assert first is not None
    assert first < store.clock.now()


async def test_of_what_a_publisher_tells_the_last_is_kept_once(store: Store) -> None:
    told = [
        by_terminal(received(f"XC{number:03}"), way.MONDAY + timedelta(minutes=number // 3))
        for number in range(2 * WORDS_KEPT_MAX)
    ]
    for first in range(0, len(told), 9):
        await store.fold(*told[first : first + 9])
    await store.fold(*FACTS, *told[:3])
    words = await store.readings.last_words()
    again = Changes(0, last_words=last_words_in(map(Entry.of, told[::-1])))
    async with store.projection.batch(store.stretch(0), 1, complete_to=None, recent=()) as batch:
        await batch.write(again)

    assert words == last_words_in(map(Entry.of, told))
    assert {name: len(kept) for name, kept in words.items()} == {"hall-terminal": WORDS_KEPT_MAX}
    assert await store.readings.last_words() == words


async def test_the_last_words_of_all_lanes_are_told_together(store: Store) -> None:
    await store.fold(by_terminal(received("XC1"), way.MONDAY))
    await store.projection.begin(TOPIC, 1, 0)
    epoch = (await store.projection.claim([1]))[1].epoch
    other = by_terminal(received("XC2"), way.MONDAY + timedelta(hours=1))
    words = last_words_in([Entry.of(other)])
    async with store.projection.sweep(1, epoch) as batch:
        await batch.write(Changes(0, last_words=words))
    told = (await store.readings.last_words())["hall-terminal"]

    assert [word.learned - way.MONDAY for word in told] == [timedelta(0), timedelta(hours=1)]
    assert [word.late_seconds for word in told] == [0, 3600]
