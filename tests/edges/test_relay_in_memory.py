"""The relay over a store and a bus in memory, with a sender that fails when it likes."""

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial
from random import Random

import pytest
import structlog
from prometheus_client import REGISTRY

from shared.contracts.registry import Owner, encode
from shared.eventstore.memory import MemoryEventStore
from shared.eventstore.port import STUCK_SECONDS, Outbox, StoreUnavailable
from shared.kafka.memory import MemoryBus
from shared.kafka.port import Record, SendRefused, SendUnknown
from shared.relay.__main__ import announce
from shared.relay.relay import Relay
from shared.runtime.lifecycle import is_ready, withdraw_ready
from tests.support.consumer_bench import Quick
from tests.support.eventually import eventually
from tests.support.facts import foreign

TOPIC = Owner.INTAKE.topic


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
    event = foreign(1)
    await store.record([event])
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
    assert (message.key, message.value) == (event.partitionkey.encode(), encode(event))


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


class Narrow:
    """Takes whole sendings or nothing, and never a value of more than so many bytes."""

    def __init__(self, bus: MemoryBus, bytes_max: int) -> None:
        self._bus = bus
        self.bytes_max = bytes_max

    async def send(self, records: Sequence[Record]) -> None:
        if any(len(record.value or b"") > self.bytes_max for record in records):
            raise SendRefused("too large")
        await self._bus.send(records)


async def test_what_is_refused_for_good_is_set_aside_and_offered_to_the_next_leader() -> None:
    store, bus = MemoryEventStore(), MemoryBus(Quick())
    large = {8, 9, 33}
    await store.record([foreign(n, kilobytes=int(n in large)) for n in range(1, 41)])
    sender = Narrow(bus, 1_000)

    async def open_outbox() -> Outbox:
        return store

    async def relayed(count: int) -> list[int]:
        stopping = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(Relay(Owner.INTAKE, open_outbox, sender, Quick()).run(stopping))
            await eventually(lambda: len(firsts(bus.records(TOPIC))) == count)
            await eventually(partial(nothing_waits, store))
            stopping.set()
        return [version for _, version in firsts(bus.records(TOPIC))]

    with structlog.testing.capture_logs() as logs:
        before = await relayed(37)
        parked = REGISTRY.get_sample_value("casetrack_relay_parked", {"owner": "intake"})
    sender.bytes_max = 2_000
    after = await relayed(40)

    assert before == [version for version in range(1, 41) if version not in large]
    assert after == [*before, *sorted(large)]
    assert [
        (one["version"], one["log_level"]) for one in logs if one["event"] == "fact_parked"
    ] == [(version, "error") for version in sorted(large)]
    assert parked == len(large)
    assert REGISTRY.get_sample_value("casetrack_relay_parked", {"owner": "intake"}) == 0


class Waiting(MemoryEventStore):
    """A store whose oldest unsent fact has waited for as long as it is told."""

    seconds = 0.0

    async def waiting_seconds(self) -> float:
        return self.seconds


class Away:
    """Confirms nothing until told otherwise."""

    back = False

    async def send(self, _: Sequence[Record]) -> None:
        if not self.back:
            raise SendUnknown("away")


@pytest.fixture
def own_garbage(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Do not freeze what this process is made of."""
    monkeypatch.setattr("shared.runtime.lifecycle.gc.freeze", lambda: None)
    yield
    withdraw_ready()


@pytest.mark.usefixtures("own_garbage")
async def test_a_relay_whose_facts_get_nowhere_takes_its_readiness_back_until_they_do() -> None:
    store, sender, stopping = Waiting(), Away(), asyncio.Event()
    await store.record([foreign(1)])

    async def open_outbox() -> Outbox:
        return store

    relay = Relay(Owner.INTAKE, open_outbox, sender, Quick())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(relay.run(stopping))
        tasks.create_task(announce([relay], Quick(), stopping))
        await eventually(is_ready)
        store.seconds = STUCK_SECONDS + 1
        await eventually(lambda: relay.stuck and not is_ready())
        sender.back, store.seconds = True, 0.0
        await eventually(is_ready)
        stopping.set()

    assert not relay.stuck
