"""Intake's process in the simulation, and how people and publishers reach it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from services.intake.consumer import GROUP, Inbox
from services.intake.handlers.commands import Commands
from services.intake.handlers.commits import SharedCommits
from services.intake.handlers.gateway import Gateway
from shared.commands.deciding import Desk
from shared.commands.rules_in_force import RulesInForce
from shared.contracts.registry import INBOX
from shared.kafka.consumer import ConsumerLoop
from shared.kafka.memory import MemoryBus
from shared.kafka.port import PARTITIONS, Partition
from shared.policy.rules import shipped
from shared.runtime.ids import Ids
from shared.web.shares import Shares
from tests.support.simulation.bus import BusOf, FeedOf
from tests.support.simulation.life import Life
from tests.support.simulation.store import SimulatedStore, StoreOf

T = TypeVar("T")

DISTRICT = "610102"
SOURCE = f"urn:casetrack:{DISTRICT}:intake"
INBOXES = [Partition(INBOX, number) for number in range(PARTITIONS)]


class ConnectionLost(Exception):
    """The process died, or was not there: the caller knows nothing."""


class Counter:
    """What one life of intake offers to those who call."""

    def __init__(self, commands: Commands, gateway: Gateway) -> None:
        self.commands = commands
        self.gateway = gateway


Asked = Callable[[Counter], Awaitable[Any]]


class Hall:
    """The address at which intake is found, while it lives."""

    def __init__(self, store: SimulatedStore, bus: MemoryBus, ids: Ids) -> None:
        self._store = store
        self._bus = bus
        self._ids = ids
        self._asked: asyncio.Queue[tuple[Asked, asyncio.Future[Any]]] | None = None
        self._pending: list[asyncio.Future[Any]] = []

    async def call(self, asked: Callable[[Counter], Awaitable[T]]) -> T:
        """
        Return the answer; a refusal comes as it was raised.

        Raises:
            ConnectionLost: nobody knows whether it took effect.
        """
        if self._asked is None:
            raise ConnectionLost
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._pending.append(answer)
        self._asked.put_nowait((asked, answer))
        return await answer

    async def serve(self, life: Life) -> None:
        """Live as intake: requests and the inbox, over the ports of this life."""
        store, clock = StoreOf(self._store, life), life.world.clock
        async with SharedCommits(store) as commits, asyncio.TaskGroup() as tasks:
            rules = RulesInForce(store, shipped(trial=True))
            gateway = Gateway(store, commits, rules, clock)
            desk = Desk(store, clock, self._ids, SOURCE)
            counter = Counter(Commands(desk, rules), gateway)
            inbox = Inbox(gateway, rules, Shares.as_set(clock))
            tasks.create_task(self._read_inbox(life, inbox))
            self._asked = asyncio.Queue()
            while True:
                asked, answer = await self._asked.get()
                tasks.create_task(_reply(life, counter, asked, answer))

    def died(self, _: Life) -> None:
        """Hang up on everybody who waits."""
        self._asked = None
        for answer in self._pending:
            if not answer.done():
                answer.set_exception(ConnectionLost())
        self._pending.clear()

    async def _read_inbox(self, life: Life, inbox: Inbox) -> None:
        feed = FeedOf(self._bus, GROUP.group, INBOXES, life)
        bus = BusOf(self._bus, life)
        loop = ConsumerLoop(feed, inbox.handle, bus, GROUP, life.world.slow)
        await loop.run(asyncio.Event())


async def _reply(life: Life, counter: Counter, asked: Asked, answer: asyncio.Future[Any]) -> None:
    fault: Exception | None = None
    told: Any = None
    try:
        told = await asked(counter)
    except Exception as raised:  # noqa: BLE001 - whoever called gets it, as over HTTP
        fault = raised
    await life.hop(None)
    if not answer.done():
        answer.set_exception(fault) if fault else answer.set_result(told)
