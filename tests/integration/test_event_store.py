"""What an event store promises, asked of the one in memory and the one in PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta, timezone
from functools import partial

import pytest

from shared.contracts.envelope import Event
from shared.contracts.registry import encode
from shared.eventstore.memory import MemoryEventStore
from shared.eventstore.outbox import PostgresOutbox
from shared.eventstore.port import (
    AlreadyAnswered,
    ConcurrencyConflict,
    EventStore,
    Outbox,
    Outcome,
    Outgoing,
    Receipt,
    Recorded,
    StoreError,
    StoreRefused,
    Unstorable,
)
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.policy.calendar import ZONE
from tests.support.eventually import eventually
from tests.support.facts import MONDAY, activity, foreign
from tests.support.settled import OTHERS_SECONDS_MAX

STREAM = "case-XC20240902000017"
RECEIPT = Receipt("clerk-7", "key-1", b"digest", '{"version":1}')


Stores = tuple[EventStore, Outbox]


@pytest.fixture(params=["memory", "postgres"])
async def stores(request: pytest.FixtureRequest) -> AsyncIterator[Stores]:
    if request.param == "memory":
        memory = MemoryEventStore()
        yield memory, memory
        return
    dsn = request.getfixturevalue("postgres_dsn")
    outbox = await PostgresOutbox.open(dsn, "intake")
    async with await open_pool(dsn, "intake") as pool:
        yield PostgresEventStore(pool), outbox
    await outbox.close()


@pytest.fixture
def store(stores: Stores) -> EventStore:
    return stores[0]


@pytest.fixture
async def outbox(stores: Stores) -> Outbox:
    assert await stores[1].lead()
    return stores[1]


async def test_a_stream_that_nobody_wrote_to_is_empty(store: EventStore) -> None:
    history = await store.load(STREAM)

    assert (history.version, history.events) == (0, ())


async def test_facts_come_back_as_they_were_written_and_in_order(store: EventStore) -> None:
    facts = [activity(1, name="受理申请"), activity(2), activity(3)]

    version = await store.append(STREAM, facts[:2], expected_version=0)
    await store.append(STREAM, facts[2:], expected_version=version)

    history = await store.load(STREAM)
    assert (history.version, list(history.events)) == (3, facts)


async def test_who_knows_the_beginning_loads_the_rest(store: EventStore) -> None:
    facts = [activity(1), activity(2), activity(3)]
    await store.append(STREAM, facts, expected_version=0)

    rest = await store.load(STREAM, after=2)
    nothing = await store.load(STREAM, after=3)

    assert (rest.version, list(rest.events)) == (3, facts[2:])
    assert (nothing.version, nothing.events) == (3, ())


async def test_a_writer_with_an_old_version_is_told_and_leaves_nothing(
    store: EventStore,
) -> None:
    await store.append(STREAM, [activity(1)], expected_version=0)

    with pytest.raises(ConcurrencyConflict):
        await store.append(STREAM, [activity(2)], expected_version=0, receipt=RECEIPT)

    assert (await store.load(STREAM)).version == 1
    assert await store.answered("clerk-7", "key-1") is None


async def test_of_writers_at_the_same_moment_one_wins(store: EventStore) -> None:
    answers = await asyncio.gather(
        *(store.append(STREAM, [activity(n)], expected_version=0) for n in range(1, 9)),
        return_exceptions=True,
    )

    assert sorted(map(str, map(type, answers))) == sorted(
        map(str, [int, *[ConcurrencyConflict] * 7])
    )
    assert (await store.load(STREAM)).version == 1


async def test_a_repeated_command_gets_the_first_answer_and_adds_nothing(
    store: EventStore,
) -> None:
    await store.append(STREAM, [activity(1)], expected_version=0, receipt=RECEIPT)

    with pytest.raises(AlreadyAnswered) as repeated:
        await store.append(STREAM, [activity(2)], expected_version=1, receipt=RECEIPT)

    assert repeated.value.receipt == RECEIPT
    assert await store.answered("clerk-7", "key-1") == RECEIPT
    assert (await store.load(STREAM)).version == 1


async def test_two_commands_with_one_key_at_the_same_moment_are_answered_once(
    store: EventStore,
) -> None:
    answers = await asyncio.gather(
        *(
            store.append(f"{STREAM}-{n}", [activity(n)], expected_version=0, receipt=RECEIPT)
            for n in range(1, 5)
        ),
        return_exceptions=True,
    )

    assert sorted(map(str, map(type, answers))) == sorted(map(str, [int, *[AlreadyAnswered] * 3]))


async def test_an_answer_without_facts_is_kept(store: EventStore) -> None:
    version = await store.append(STREAM, [], expected_version=0, receipt=RECEIPT)

    assert version == 0
    assert await store.answered("clerk-7", "key-1") == RECEIPT


async def test_a_name_belongs_to_whoever_claims_it_first(store: EventStore) -> None:
    assert await store.holder("rating", "A") is None
    assert await store.claim("rating", "A", "first") == "first"
    assert await store.claim("rating", "A", "second") == "first"
    assert await store.claim("other", "A", "second") == "second"
    assert await store.holder("rating", "A") == "first"


async def test_many_names_are_claimed_at_once_each_as_if_alone(store: EventStore) -> None:
    await store.claim("rating", "B", "first")
    await store.claim_each("rating", {"B": "second", "A": "second"})

    assert [await store.holder("rating", name) for name in "AB"] == ["second", "first"]


async def test_of_those_who_claim_a_name_at_the_same_moment_all_see_one_holder(
    store: EventStore,
) -> None:
    held = await asyncio.gather(*(store.claim("rating", "A", str(number)) for number in range(8)))

    assert len(set(held)) == 1


async def test_a_fact_of_ours_is_never_recorded_twice(store: EventStore) -> None:
    await store.append(STREAM, [activity(1)], expected_version=0)

    with pytest.raises(StoreRefused):
        await store.append(STREAM, [activity(2), activity(1)], expected_version=1, receipt=RECEIPT)

    assert (await store.load(STREAM)).version == 1
    assert await store.answered("clerk-7", "key-1") is None


async def test_a_foreign_fact_told_twice_is_recorded_once(store: EventStore) -> None:
    first = await store.record([foreign(1)])
    second = await store.record([foreign(1, told_at=MONDAY + timedelta(days=1))])

    assert first == [Recorded(Outcome.ACCEPTED, STREAM, 1)]
    assert second == [Recorded(Outcome.DUPLICATE, STREAM, 1)]


async def test_another_fact_under_a_known_id_is_a_conflict(store: EventStore) -> None:
    await store.record([foreign(1)])

    verdicts = await store.record([foreign(1, name="something else"), foreign(2)])

    assert verdicts == [
        Recorded(Outcome.CONFLICT, STREAM, 1, ("data.activity",)),
        Recorded(Outcome.ACCEPTED, STREAM, 2),
    ]


async def test_the_same_fact_in_other_words_is_a_repetition(store: EventStore) -> None:
    told = foreign(1)
    elsewhere = told.model_copy(update={"time": told.time.astimezone(timezone(timedelta(hours=8)))})

    verdicts = [*await store.record([told, elsewhere]), *await store.record([elsewhere])]

    assert [verdict.outcome for verdict in verdicts] == [
        Outcome.ACCEPTED,
        Outcome.DUPLICATE,
        Outcome.DUPLICATE,
    ]
    assert encode(elsewhere) != encode(told)


async def test_repetitions_within_a_batch_are_seen(store: EventStore) -> None:
    batch = [foreign(1), foreign(2), foreign(1), foreign(1, name="something else")]

    verdicts = await store.record(batch)

    assert [verdict.outcome for verdict in verdicts] == [
        Outcome.ACCEPTED,
        Outcome.ACCEPTED,
        Outcome.DUPLICATE,
        Outcome.CONFLICT,
    ]
    assert (await store.load(STREAM)).version == 2


async def test_foreign_facts_continue_each_stream_where_it_stands(store: EventStore) -> None:
    await store.append(STREAM, [activity(1)], expected_version=0)

    verdicts = await store.record(
        [foreign(2, case="B"), foreign(2), foreign(3, case="B"), foreign(3)]
    )

    assert [(verdict.stream, verdict.version) for verdict in verdicts] == [
        ("case-B", 1),
        (STREAM, 2),
        ("case-B", 2),
        (STREAM, 3),
    ]


async def test_batches_at_the_same_moment_leave_no_hole_and_no_repetition(
    store: EventStore,
) -> None:
    batches = [
        [foreign(n, case=case) for n in range(start, start + 10) for case in ("A", "B", "C")]
        for start in (1, 6, 11, 16)
    ]

    await asyncio.gather(*(store.record(batch) for batch in batches))

    for case in ("A", "B", "C"):
        assert (await store.load(f"case-{case}")).version == 25


async def test_the_same_fact_by_two_ways_at_once_is_recorded_once(store: EventStore) -> None:
    batches = [[foreign(n) for n in range(1, 30)], [foreign(n) for n in range(29, 0, -1)]]

    verdicts = await asyncio.gather(*(store.record(batch) for batch in batches * 2))

    accepted = [v for some in verdicts for v in some if v.outcome is Outcome.ACCEPTED]
    assert len(accepted) == 29


LARGE = activity(2, kilobytes=1_050)
POISONED = activity(2).model_copy(update={"actorid": "x\0y"})
BEFORE_ALL_TIME = activity(2).model_copy(update={"time": datetime.min.replace(tzinfo=ZONE)})


@pytest.mark.parametrize("event", [LARGE, POISONED, BEFORE_ALL_TIME], ids=["large", "NUL", "time"])
async def test_what_could_not_be_sent_or_read_again_leaves_nothing(
    store: EventStore, event: Event
) -> None:
    await store.append(STREAM, [activity(1)], expected_version=0)

    with pytest.raises(Unstorable):
        await store.append(STREAM, [event], expected_version=1, receipt=RECEIPT)
    for publish in (True, False):
        with pytest.raises(Unstorable):
            await store.record([foreign(3), event], publish=publish)

    assert await store.answered("clerk-7", "key-1") is None
    assert await store.append(STREAM, [activity(2)], expected_version=1) == 2


async def test_nothing_to_record_is_no_fault(store: EventStore) -> None:
    assert await store.record([]) == []


async def test_the_outbox_has_what_is_ours_to_publish_in_order(
    store: EventStore, outbox: Outbox
) -> None:
    await store.append(STREAM, [activity(1), activity(2)], expected_version=0)
    await store.record([foreign(3, case="B")], publish=False)
    await store.record([foreign(4, case="B")])

    async def all_of_it() -> Sequence[Outgoing]:
        # Somebody else's transaction in the cluster may hold back what comes behind it.
        found = await outbox.pending(10)
        return found if len(found) == 3 else []

    waiting = await eventually(all_of_it, within=OTHERS_SECONDS_MAX)

    assert [(one.stream, one.version) for one in waiting] == [
        (STREAM, 1),
        (STREAM, 2),
        ("case-B", 2),
    ]
    assert waiting[2].body == encode(foreign(4, case="B"))
    assert waiting[2].partitionkey == "B"


async def test_what_is_behind_the_cursor_is_not_sent_again(
    store: EventStore, outbox: Outbox
) -> None:
    await store.record([foreign(n) for n in range(1, 6)])
    first = await eventually(partial(outbox.pending, 2), within=OTHERS_SECONDS_MAX)
    await outbox.advance(first[-1].place)

    rest = await outbox.pending(10)

    assert [one.version for one in (*first, *rest)] == [1, 2, 3, 4, 5]


async def test_every_fault_of_the_store_is_known_by_its_code() -> None:
    codes = [getattr(fault, "code", None) for fault in StoreError.__subclasses__()]

    assert None not in codes
    assert len(set(codes)) == len(codes)
