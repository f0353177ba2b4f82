"""The service itself over a store in memory, with a port for a browser; no worker looks in."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shared.contracts.envelope import Event
from shared.contracts.registry import decode
from shared.eventstore.memory import MemoryEventStore
from shared.runtime.ids import SeededIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer
from shared.web.server import serve
from tests.support.memory_api import reader_over
from tests.support.metrics_store import MONTH_LATER, Store, opened
from tests.support.organisations import BUREAU
from tests.support.ports import free_port
from tests.support.read_api import MorningClock


class StandingClock(MorningClock):
    """Shows one instant: no worker looks into this store, and seconds would age what it read."""

    def now(self) -> datetime:
        return MONTH_LATER


@dataclass
class Service:
    """A service over a store in memory, with a bureau's red cards."""

    address: str
    issuer: LocalIssuer
    store: Store
    relayed: int = 0

    def sign_in(self, role: Role, org: str = BUREAU, name: str = "王督察") -> str:
        return f"{self.address}/sign-in?ticket={self.issuer.ticket(Bearer(role, org, name))}"

    async def relay(self) -> None:
        """Let the facts that were recorded here come back as a worker folds them."""
        told = self.told[self.relayed :]
        self.relayed += len(told)
        await self.store.fold(*told)

    @property
    def told(self) -> Sequence[Event]:
        """What was recorded here, oldest first."""
        assert isinstance(self.store.supervision, MemoryEventStore)
        return [decode(one.body) for one in self.store.supervision.published(0, 10_000)]


@asynccontextmanager
async def page_service(folder: Path) -> AsyncIterator[Service]:
    """Give the service, whose issuer keeps its keys in *folder*."""
    clock, stopping, serving = StandingClock(MONTH_LATER), asyncio.Event(), asyncio.Event()
    async with opened("memory") as store, asyncio.TaskGroup() as tasks:
        issuer = LocalIssuer.open(folder, clock, SeededIds(1))
        reader = reader_over(store, folder, clock)
        port = free_port()
        tasks.create_task(reader.rules.follow(clock, stopping))
        tasks.create_task(reader.boards.run(stopping))
        tasks.create_task(serve(reader.web, port=port, stopping=stopping, serving=serving))
        await serving.wait()
        yield Service(f"http://127.0.0.1:{port}", issuer, store)
        stopping.set()
