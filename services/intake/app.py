"""Intake, put together: the only place where its parts meet."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

from fastapi import FastAPI

from services.intake.api.events import event_routes
from services.intake.api.paths import COLLECTIONS
from services.intake.consumer import GROUP, Inbox
from services.intake.handlers.commands import Commands
from services.intake.handlers.commits import Overloaded, SharedCommits
from services.intake.handlers.gateway import Gateway
from services.intake.settings import IntakeSettings
from shared.contracts.registry import INBOX, Owner
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
from shared.policy.calendar import official_calendar
from shared.policy.publisher import registered
from shared.runtime.catalogue import OWN, Catalogue
from shared.runtime.clock import Clock, SystemClock
from shared.runtime.gate import AuthSettings, Gate
from shared.runtime.ids import Ids, SystemIds
from shared.runtime.lifecycle import announce_ready
from shared.runtime.problems import Fault
from shared.runtime.server import serve
from shared.runtime.web import Web, create_web

BATCH_BYTES_MAX = 16 * 1024 * 1024
"""A batch may be larger than an event, which has 1 MiB at most."""

MESSAGES = files("services.intake.api") / "messages"

FAULTS = {
    StoreUnavailable: Fault(503, "store_unavailable", retry_after_seconds=2),
    Overloaded: Fault(503, "overloaded", retry_after_seconds=1),
    ConcurrencyConflict: Fault(409, "conflict"),
    StoreRefused: Fault(422, "store_refused"),
}


@dataclass(frozen=True, kw_only=True)
class Intake:
    """The service over its ports: the same with PostgreSQL and Kafka as in memory."""

    store: EventStore
    gate: Gate
    clock: Clock
    ids: Ids
    source: str
    district: str

    @cached_property
    def commits(self) -> SharedCommits:
        """Shared by HTTP and inbox; enter it before either is served."""
        return SharedCommits(self.store)

    @cached_property
    def gateway(self) -> Gateway:
        return Gateway(self.store, self.commits, registered(), self.clock)

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self.gateway)

    @cached_property
    def web(self) -> FastAPI:
        desk = Desk(self.store, self.clock, self.ids, self.source)
        web = create_web(
            Web(
                title="casetrack intake",
                gate=self.gate,
                clock=self.clock,
                ids=self.ids,
                # Routes are tried in their order, and most requests bring events.
                routers=[
                    event_routes(self.gateway, Catalogue.read(OWN, MESSAGES)),
                    command_routes(COLLECTIONS, Commands(desk, official_calendar()).take),
                ],
                ready=self._ready,
                faults=FAULTS,
                messages=[MESSAGES],
                body_bytes_max=BATCH_BYTES_MAX,
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
async def opened(settings: IntakeSettings, auth: AuthSettings) -> AsyncIterator[Intake]:
    """Give intake as the settings describe it, over PostgreSQL."""
    clock = SystemClock()
    dsn = settings.postgres_dsn.get_secret_value()
    async with await open_pool(dsn, Owner.INTAKE.value) as pool:
        yield Intake(
            store=PostgresEventStore(pool),
            gate=Gate.of(auth, clock),
            clock=clock,
            ids=SystemIds(),
            source=settings.source,
            district=settings.district,
        )


async def live(settings: IntakeSettings, auth: AuthSettings, stopping: asyncio.Event) -> None:
    """Serve HTTP and read the inbox until *stopping*."""
    serving = asyncio.Event()
    async with (
        opened(settings, auth) as intake,
        intake.commits,
        KafkaProducer(settings.kafka, client_id="casetrack-intake") as dead_letters,
        asyncio.TaskGroup() as tasks,
    ):
        tasks.create_task(
            serve(
                intake.web,
                host=settings.host,
                port=settings.port,
                stopping=stopping,
                serving=serving,
            ),
            name="http",
        )
        tasks.create_task(
            consume(
                Subscription(settings.kafka, (INBOX,), GROUP),
                intake.inbox.handle,
                dead_letters=dead_letters,
                clock=intake.clock,
                stopping=stopping,
            ),
            name="inbox",
        )
        await serving.wait()
        announce_ready()
