"""Assist, put together: the only place where its parts meet."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

from fastapi import FastAPI

from services.assist.api.paths import COLLECTIONS
from services.assist.consumer import GROUP, TOPICS, ForeignTasks
from services.assist.handlers import Commands
from services.assist.settings import AssistSettings
from shared.contracts.registry import Owner
from shared.eventstore.adoption import Adoption
from shared.eventstore.counter import command_routes
from shared.eventstore.deciding import Desk
from shared.eventstore.port import (
    ConcurrencyConflict,
    EventStore,
    StoreRefused,
    StoreUnavailable,
)
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.kafka.membership import Subscription, consume
from shared.kafka.producer import KafkaProducer
from shared.runtime.clock import Clock, SystemClock
from shared.runtime.gate import AuthSettings, Gate
from shared.runtime.ids import Ids, SystemIds
from shared.runtime.lifecycle import announce_ready
from shared.runtime.problems import Fault
from shared.runtime.server import serve
from shared.runtime.web import Web, create_web

MESSAGES = files("services.assist.api") / "messages"

FAULTS = {
    StoreUnavailable: Fault(503, "store_unavailable", retry_after_seconds=2),
    ConcurrencyConflict: Fault(409, "conflict"),
    StoreRefused: Fault(422, "store_refused"),
}


@dataclass(frozen=True, kw_only=True)
class Assist:
    """The service over its ports: the same with PostgreSQL and Kafka as in memory."""

    store: EventStore
    gate: Gate
    clock: Clock
    ids: Ids
    source: str
    district: str

    @cached_property
    def foreign_tasks(self) -> ForeignTasks:
        return ForeignTasks(Adoption(self.store, Owner.ASSIST))

    @cached_property
    def web(self) -> FastAPI:
        desk = Desk(self.store, self.clock, self.ids, self.source)
        web = create_web(
            Web(
                title="casetrack assist",
                gate=self.gate,
                clock=self.clock,
                ids=self.ids,
                routers=[command_routes(COLLECTIONS, Commands(desk).take)],
                ready=self._ready,
                faults=FAULTS,
                messages=[MESSAGES],
            )
        )
        web.state.clock, web.state.district = self.clock, self.district
        return web

    async def _ready(self) -> bool:
        """Whether the store answers; Kafka is not needed to accept."""
        try:
            await self.store.answered("readiness", "readiness")
        except StoreUnavailable:
            return False
        return True


@asynccontextmanager
async def opened(settings: AssistSettings, auth: AuthSettings) -> AsyncIterator[Assist]:
    """Give assist as the settings describe it, over PostgreSQL."""
    clock = SystemClock()
    dsn = settings.postgres_dsn.get_secret_value()
    async with await open_pool(dsn, Owner.ASSIST.value) as pool:
        yield Assist(
            store=PostgresEventStore(pool),
            gate=Gate.of(auth, clock),
            clock=clock,
            ids=SystemIds(),
            source=settings.source,
            district=settings.district,
        )


async def live(settings: AssistSettings, auth: AuthSettings, stopping: asyncio.Event) -> None:
    """Serve HTTP and take over foreign facts until *stopping*."""
    serving = asyncio.Event()
    async with (
        opened(settings, auth) as assist,
        KafkaProducer(settings.kafka, client_id="casetrack-assist") as dead_letters,
        asyncio.TaskGroup() as tasks,
    ):
        tasks.create_task(
            serve(
                assist.web,
                host=settings.host,
                port=settings.port,
                stopping=stopping,
                serving=serving,
            ),
            name="http",
        )
        tasks.create_task(
            consume(
                Subscription(settings.kafka, TOPICS, GROUP),
                assist.foreign_tasks.handle,
                dead_letters=dead_letters,
                clock=assist.clock,
                stopping=stopping,
            ),
            name="foreign-tasks",
        )
        await serving.wait()
        announce_ready()
