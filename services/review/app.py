"""Review, put together: the only place where its parts meet."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

from fastapi import FastAPI

from services.review.api.paths import RATINGS, RECTIFICATIONS
from services.review.consumer import GROUP, TOPICS, Ratings
from services.review.handlers.commands import RatingCommands, RectificationCommands
from services.review.handlers.reactions import Reactions
from services.review.handlers.register import Register
from services.review.settings import ReviewSettings
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
from shared.policy.calendar import official_calendar
from shared.policy.rectification import rectification_limits
from shared.runtime.clock import Clock, SystemClock
from shared.runtime.gate import AuthSettings, Gate
from shared.runtime.ids import Ids, SystemIds
from shared.runtime.lifecycle import announce_ready
from shared.runtime.problems import Fault
from shared.runtime.server import serve
from shared.runtime.web import Web, create_web

MESSAGES = files("services.review.api") / "messages"

FAULTS = {
    StoreUnavailable: Fault(503, "store_unavailable", retry_after_seconds=2),
    ConcurrencyConflict: Fault(409, "conflict"),
    StoreRefused: Fault(422, "store_refused"),
}


@dataclass(frozen=True, kw_only=True)
class Review:
    """The service over its ports: the same with PostgreSQL and Kafka as in memory."""

    store: EventStore
    gate: Gate
    clock: Clock
    ids: Ids
    source: str
    district: str

    @cached_property
    def desk(self) -> Desk:
        return Desk(self.store, self.clock, self.ids, self.source)

    @cached_property
    def register(self) -> Register:
        return Register(self.store)

    @cached_property
    def ratings(self) -> Ratings:
        reactions = Reactions(self.desk, self.district)
        return Ratings(Adoption(self.store, Owner.REVIEW), self.register, reactions)

    @cached_property
    def web(self) -> FastAPI:
        rating = RatingCommands(self.desk, self.register)
        rectifying = RectificationCommands(self.desk, official_calendar(), rectification_limits())
        web = create_web(
            Web(
                title="casetrack review",
                gate=self.gate,
                clock=self.clock,
                ids=self.ids,
                routers=[
                    command_routes([RATINGS], rating.take),
                    command_routes([RECTIFICATIONS], rectifying.take),
                ],
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
async def opened(settings: ReviewSettings, auth: AuthSettings) -> AsyncIterator[Review]:
    """Give review as the settings describe it, over PostgreSQL."""
    clock = SystemClock()
    dsn = settings.postgres_dsn.get_secret_value()
    async with await open_pool(dsn, Owner.REVIEW.value) as pool:
        yield Review(
            store=PostgresEventStore(pool),
            gate=Gate.of(auth, clock),
            clock=clock,
            ids=SystemIds(),
            source=settings.source,
            district=settings.district,
        )


async def live(settings: ReviewSettings, auth: AuthSettings, stopping: asyncio.Event) -> None:
    """Serve HTTP and hear of ratings until *stopping*."""
    serving = asyncio.Event()
    async with (
        opened(settings, auth) as review,
        KafkaProducer(settings.kafka, client_id="casetrack-review") as dead_letters,
        asyncio.TaskGroup() as tasks,
    ):
        tasks.create_task(
            serve(
                review.web,
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
                review.ratings.handle,
                dead_letters=dead_letters,
                clock=review.clock,
                stopping=stopping,
            ),
            name="ratings",
        )
        await serving.wait()
        announce_ready()
