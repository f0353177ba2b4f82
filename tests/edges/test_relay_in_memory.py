"""The relay over a store and a bus in memory, with a sender that fails when it likes."""

import asyncio
from collections.abc import Sequence
from functools import partial
from random import Random

from shared.contracts.registry import Owner, decode
from shared.eventstore.memory import MemoryEventStore
from shared.eventstore.port import Outbox, StoreUnavailable
from shared.kafka.memory import MemoryBus
from shared.kafka.port import Record, SendUnknown
from shared.relay.relay import Relay
from shared.runtime.clock import SystemClock
from tests.support.eventually import eventually
from tests.support.facts import foreign

TOPIC = Owner.INTAKE.topic


class Quick(SystemClock):
    """Waits as asked, a hundred times quicker."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 100)


class Whimsical:
    """Delivers, or delivers a part, or nothing, and then does not know."""

    def __init__(self, bus: MemoryBus, seed: int) -> None:
        self._bus = bus
        self._chance = Random(seed)  # noqa: S311 - a repeatable choice

    async def send(self, records: Sequence[Record]) -> None:
        if self._chance.random() < 0.6:
            await self._bus.send(records[: self._chance.randrange(len(records) + 1)])
            raise SendUnknown("whim")
        await self._bus.send(records)


async def nothing_waits(outbox: Outbox) -> bool:
    return not await outbox.pending(1)


def firsts(records: Sequence[Record]) -> list[tuple[str, int]]:
    """Return stream and version of each record where it occurs for the first time."""
    places = (
        ((r.header("stream") or b"").decode(), int(r.header("version") or 0)) for r in records
    )
    return list(dict.fromkeys(places))


async def test_whatever_the_sender_does_nothing_is_skipped_and_no_stream_is_reordered() -> None:
    for seed in range(10):
        store, bus = MemoryEventStore(), MemoryBus(Quick())
        facts = [foreign(n, case=f"C{n % 7}") for n in range(200)]
        for start in range(0, 200, 20):
            await store.record(facts[start : start + 20])
        stopping = asyncio.Event()

        async def open_outbox(store: MemoryEventStore = store) -> Outbox:
            return store

        relay = Relay(Owner.INTAKE, open_outbox, Whimsical(bus, seed), Quick())
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(relay.run(stopping))
            await eventually(partial(nothing_waits, store))
            stopping.set()

        sent = firsts(bus.records(TOPIC))
        by_stream = {s: [v for stream, v in sent if stream == s] for s, _ in sent}
        assert len(sent) == 200
        assert all(versions == sorted(versions) for versions in by_stream.values())


async def test_a_message_says_what_it_is_and_where_it_stands() -> None:
    store, bus = MemoryEventStore(), MemoryBus(Quick())
    event, body = foreign(1)
    await store.record([(event, body)])
    stopping = asyncio.Event()

    async def open_outbox() -> Outbox:
        return store

    relay = Relay(Owner.INTAKE, open_outbox, bus, Quick())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(relay.run(stopping))
        (message,) = await eventually(lambda: bus.records(TOPIC))
        stopping.set()

    assert message.header("content-type") == b"application/cloudevents+json; charset=UTF-8"
    assert (message.header("stream"), message.header("version")) == (event.stream.encode(), b"1")
    assert (message.key, message.value) == (event.partitionkey.encode(), body)
    assert decode(body) == event


async def test_a_store_that_is_away_is_waited_for() -> None:
    store, bus = MemoryEventStore(), MemoryBus(Quick())
    await store.record([foreign(1)])
    refusals = iter(range(3))
    stopping = asyncio.Event()

    async def open_outbox() -> Outbox:
        if next(refusals, None) is not None:
            raise StoreUnavailable
        return store

    relay = Relay(Owner.INTAKE, open_outbox, bus, Quick())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(relay.run(stopping))
        await eventually(lambda: bus.records(TOPIC))
        stopping.set()

    assert len(bus.records(TOPIC)) == 1
