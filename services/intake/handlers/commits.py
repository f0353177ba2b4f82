"""One commit for many: singles that arrive while a commit is under way share the next one."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from shared.contracts.envelope import Event
from shared.eventstore.port import EventStore, Recorded, StoreRefused

SHARING_MAX = 200
"""So many facts share one transaction at most."""
WAITING_MAX = 5_000


class Overloaded(Exception):
    """More facts wait than can be stored in a bearable time."""


Settled = Recorded | StoreRefused


class SharedCommits:
    """
    Records single facts in shared transactions; each caller waits for its own verdict.

    No fact waits for company: it goes with the next commit, together with
    whatever came meanwhile. So an idle store answers at once, and a busy one
    needs a commit for hundreds instead of one for each. One commit is under way
    at a time: a second one beside it would halve the company.
    """

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._waiting: asyncio.Queue[tuple[Event, asyncio.Future[Settled]]]
        self._tasks = asyncio.TaskGroup()
        self._worker: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        self._waiting = asyncio.Queue(WAITING_MAX)
        await self._tasks.__aenter__()
        self._worker = self._tasks.create_task(self._work(), name="shared-commits")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._worker.cancel()
        # Our caller's fault goes its own way; the group would wrap it.
        await self._tasks.__aexit__(None, None, None)

    async def record(self, event: Event) -> Settled:
        """
        Return the verdict on *event* once it is durable.

        Raises:
            Overloaded: too many wait already.
            StoreUnavailable: nothing is known; the same fact may be sent again.
        """
        verdict: asyncio.Future[Settled] = asyncio.get_running_loop().create_future()
        try:
            self._waiting.put_nowait((event, verdict))
        except asyncio.QueueFull:
            raise Overloaded from None
        return await verdict

    async def _work(self) -> None:
        while True:
            shared = [await self._waiting.get()]
            while len(shared) < SHARING_MAX and not self._waiting.empty():
                shared.append(self._waiting.get_nowait())
            await self._commit(shared)

    async def _commit(self, shared: list[tuple[Event, asyncio.Future[Settled]]]) -> None:
        try:
            verdicts = await record_each(self._store, [event for event, _ in shared])
        except Exception as fault:  # noqa: BLE001 - every caller gets it; the worker lives on
            for _, waiting in shared:
                if not waiting.done():
                    waiting.set_exception(fault)
            return
        for (_, waiting), verdict in zip(shared, verdicts, strict=True):
            if not waiting.done():
                waiting.set_result(verdict)


async def record_each(store: EventStore, facts: Sequence[Event]) -> list[Settled]:
    """Record *facts* in one transaction; one that cannot be stored is left out of company."""
    try:
        return list(await store.record(facts))
    except StoreRefused as refusal:
        if len(facts) == 1:
            return [refusal]
    middle = len(facts) // 2
    return [*await record_each(store, facts[:middle]), *await record_each(store, facts[middle:])]
