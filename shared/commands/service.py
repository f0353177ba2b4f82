"""A service that takes commands: what intake, assist and review have in common over their ports."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Self

import asyncpg
from fastapi import APIRouter, FastAPI

from shared.commands.deciding import Desk
from shared.eventstore.port import (
    STUCK_SECONDS,
    ConcurrencyConflict,
    EventStore,
    HistoryUnreadable,
    NamesAPerson,
    StoreRefused,
    StoreUnavailable,
    TooLarge,
    Unstorable,
)
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.runtime.clock import Clock, SystemClock
from shared.runtime.ids import Ids, SystemIds
from shared.runtime.measures import Scraped
from shared.web.app import Readiness, Web, create_web
from shared.web.edge import BODY_BYTES_MAX
from shared.web.gate import AuthSettings, Gate
from shared.web.problems import FaultAnswer
from shared.web.publishers import Registered
from shared.web.service_settings import ServiceSettings
from shared.web.shares import Shares

Faults = Mapping[type[Exception], FaultAnswer]

STORE_FAULTS: Faults = MappingProxyType(
    {
        StoreUnavailable: FaultAnswer(503, "store_unavailable", retry_after_seconds=2),
        ConcurrencyConflict: FaultAnswer(409, "conflict"),
        StoreRefused: FaultAnswer(422, "store_refused"),
        Unstorable: FaultAnswer(422, "unstorable"),
        NamesAPerson: FaultAnswer(422, "personal_data"),
        TooLarge: FaultAnswer(413, "too_large"),
        HistoryUnreadable: FaultAnswer(409, "history_unreadable"),
    }
)
NONE: Faults = MappingProxyType({})


async def owners_pool(settings: ServiceSettings) -> asyncpg.Pool:
    """Return a pool whose connections see the schema of the service's owner."""
    return await open_pool(settings.postgres_dsn.get_secret_value(), settings.owner.value)


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service over its ports: the same with PostgreSQL and Kafka as in memory."""

    store: EventStore
    gate: Gate
    clock: Clock
    ids: Ids
    source: str
    district: str

    @classmethod
    @asynccontextmanager
    async def opened(cls, settings: ServiceSettings, auth: AuthSettings) -> AsyncIterator[Self]:
        """Give the service as the settings describe it, over PostgreSQL."""
        async with await owners_pool(settings) as pool:
            yield cls.over(pool, settings, auth)

    @classmethod
    def over(cls, pool: asyncpg.Pool, settings: ServiceSettings, auth: AuthSettings) -> Self:
        """Return the service as the settings describe it, over its owner's *pool*."""
        clock, store = SystemClock(), PostgresEventStore(pool)
        return cls(
            store=store,
            gate=Gate.of(auth, clock, store),
            clock=clock,
            ids=SystemIds(),
            source=settings.source,
            district=settings.district,
        )

    @cached_property
    def shares(self) -> Shares:
        """What each caller may ask for, by whichever door."""
        return Shares.as_set(self.clock)

    @cached_property
    def desk(self) -> Desk:
        return Desk(self.store, self.clock, self.ids, self.source)

    def edge(
        self,
        process: Scraped,
        routers: Iterable[APIRouter],
        messages: Traversable,
        *,
        faults: Faults = NONE,
        body_bytes_max: int = BODY_BYTES_MAX,
        register: Registered | None = None,
    ) -> FastAPI:
        """
        Return the HTTP edge over *routers*, with the *faults* that only this service has.

        Whoever has a key in the *register* comes in with tokens of its own.
        """
        web = create_web(
            Web(
                title=f"casetrack {process}",
                process=process,
                gate=self.gate.knowing(register) if register else self.gate,
                shares=self.shares,
                clock=self.clock,
                ids=self.ids,
                routers=routers,
                ready=self._ready,
                faults={**STORE_FAULTS, **faults},
                messages=[messages],
                body_bytes_max=body_bytes_max,
            )
        )
        web.state.clock, web.state.district = self.clock, self.district
        return web

    async def _ready(self) -> Readiness:
        """Whether the store answers; Kafka is not needed to accept, and yet missed for long."""
        try:
            waiting_seconds = await self.store.waiting_seconds()
        except StoreUnavailable as away:
            return Readiness(serves=False, fault=away)
        return Readiness(serves=True, behind=("outbox",) if waiting_seconds > STUCK_SECONDS else ())
