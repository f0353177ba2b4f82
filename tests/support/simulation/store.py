"""The event store of the simulation: transactions that overlap, an outbox that knows it."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from itertools import count

from shared.contracts.envelope import Event
from shared.eventstore.memory import MemoryEventStore
from shared.eventstore.port import History, Outgoing, Position, Receipt, Recorded
from tests.support.simulation.life import Life


class SimulatedStore(MemoryEventStore):
    """
    The server: what it holds outlives every process.

    As in PostgreSQL a transaction takes its number when it begins and shows
    its rows when it commits, so that rows appear below numbers that are out
    already; the stream's lock comes before the number.
    """

    bounded = True
    """Whether the outbox holds back what a running transaction might still precede."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers = count(1)
        self._running: set[int] = set()
        self._streams: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._placed: list[Outgoing] = []
        self._sent = Position(0, 0)
        self.leader: Life | None = None

    @asynccontextmanager
    async def writing(self, streams: Iterable[str]) -> AsyncIterator[None]:
        """Hold a transaction over *streams*; what is added within is committed at its end."""
        async with AsyncExitStack() as locks:
            for stream in sorted(set(streams)):
                await locks.enter_async_context(self._streams[stream])
            number = next(self._numbers)
            self._running.add(number)
            try:
                yield
            finally:
                self._running.discard(number)
                self._place(number)

    def _place(self, number: int) -> None:
        for outgoing in self._outgoing[len(self._placed) :]:
            self._placed.append(replace(outgoing, place=Position(number, outgoing.place.position)))

    def unsent(self, rows_max: int) -> Sequence[Outgoing]:
        waiting = [outgoing for outgoing in self._in_order() if outgoing.place > self._sent]
        return waiting[:rows_max]

    def published(self, after: int, rows_max: int) -> Sequence[Outgoing]:
        return self._in_order()[after : after + rows_max]

    def _in_order(self) -> list[Outgoing]:
        """Return what is committed and will never be preceded by anything else."""
        self._place(0)
        bound = min(self._running, default=None) if self.bounded else None
        settled = [one for one in self._placed if bound is None or one.place.xid < bound]
        return sorted(settled, key=lambda outgoing: outgoing.place)

    @property
    def all_sent(self) -> bool:
        """Whether nothing waits, held back or not."""
        return all(outgoing.place <= self._sent for outgoing in self._placed)

    def confirm(self, place: Position) -> None:
        self._sent = place

    @property
    def bodies(self) -> list[bytes]:
        """Everything on record."""
        return [body for bodies in self._bodies.values() for body in bodies]

    @property
    def ids(self) -> set[str]:
        return {event_id for _, event_id in self._known}


class StoreOf:
    """The store as one life of one process reaches it; also its outbox."""

    def __init__(self, store: SimulatedStore, life: Life) -> None:
        self._store = store
        self._life = life

    async def load(self, stream: str, *, after: int = 0) -> History:
        await self._life.hop()
        history = await self._store.load(stream, after=after)
        await self._life.hop()
        return history

    async def append(
        self,
        stream: str,
        events: Sequence[Event],
        *,
        expected_version: int,
        receipt: Receipt | None = None,
    ) -> int:
        await self._life.hop()
        async with self._store.writing([stream]):
            await self._life.hop()
            version = await self._store.append(
                stream, events, expected_version=expected_version, receipt=receipt
            )
        await self._life.hop()
        return version

    async def record(self, facts: Sequence[Event], *, publish: bool = True) -> list[Recorded]:
        await self._life.hop()
        async with self._store.writing(event.stream for event in facts):
            await self._life.hop()
            verdicts = await self._store.record(facts, publish=publish)
        await self._life.hop()
        return verdicts

    async def answered(self, principal: str, key: str) -> Receipt | None:
        await self._life.hop()
        return await self._store.answered(principal, key)

    async def claim(self, kind: str, name: str, holder: str) -> str:
        await self._life.hop()
        held = await self._store.claim(kind, name, holder)
        await self._life.hop()
        return held

    async def claim_each(self, kind: str, holders: Mapping[str, str]) -> None:
        await self._life.hop()
        await self._store.claim_each(kind, holders)
        await self._life.hop()

    async def holder(self, kind: str, name: str) -> str | None:
        await self._life.hop()
        return await self._store.holder(kind, name)

    async def waiting_seconds(self) -> float:
        return 0.0

    async def lead(self) -> bool:
        leader = self._store.leader
        if leader is None or leader.over:
            self._store.leader = self._life
        return self._store.leader is self._life

    async def pending(self, rows_max: int) -> Sequence[Outgoing]:
        return await self._life.ask(partial(self._store.unsent, min(rows_max, 20)))

    async def advance(self, place: Position) -> None:
        await self._life.ask(partial(self._store.confirm, place))

    async def park(self, outgoing: Outgoing, reason: str) -> None:
        await self._life.hop()
        await self._store.park(outgoing, reason)

    async def parked(self, after: Position, rows_max: int) -> Sequence[Outgoing]:
        await self._life.hop()
        return await self._store.parked(after, rows_max)

    async def release(self, outgoing: Outgoing) -> None:
        await self._life.hop()
        await self._store.release(outgoing)

    async def parked_count(self) -> int:
        return await self._store.parked_count()

    async def close(self) -> None:
        if self._store.leader is self._life:
            self._store.leader = None
