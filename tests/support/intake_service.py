"""Intake in memory: the whole service over its ports, with tokens for everybody."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx2

from services.intake.app import Intake
from shared.eventstore.memory import MemoryEventStore
from shared.eventstore.port import EventStore
from shared.runtime.auth import Role
from shared.runtime.clock import VirtualClock
from shared.runtime.gate import AuthSettings, Gate
from shared.runtime.ids import SeededIds
from shared.runtime.issuer import Bearer, LocalIssuer

NOON = datetime(2024, 9, 2, 4, 0, tzinfo=UTC)
"""Noon in Xi'an."""


@dataclass
class Hall:
    """A running intake, and the way to talk to it."""

    intake: Intake
    client: httpx2.AsyncClient
    clock: VirtualClock
    issuer: LocalIssuer
    store: EventStore
    keys: Iterator[int] = field(default_factory=count)

    def forget(self) -> None:
        """Begin with an empty store; building the service anew takes longer than most tests."""
        vars(self.store).update(vars(MemoryEventStore()))

    def token(self, role: Role, name: str = "") -> dict[str, str]:
        return {"authorization": f"Bearer {self.issuer.issue(Bearer(role, name=name))}"}

    async def command(
        self, role: Role, path: str, body: Mapping[str, Any], key: str = ""
    ) -> httpx2.Response:
        """Give a command; without *key* it is one that was never given before."""
        key = key or f"key-{next(self.keys):08d}"
        headers = {**self.token(role), "idempotency-key": key}
        return await self.client.post(path, json=body, headers=headers)

    async def publish(
        self,
        content: bytes,
        content_type: str = "application/cloudevents+json",
        *,
        path: str = "/v1/events",
        publisher: str = "trial",
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """Send foreign facts as *publisher*."""
        sent = {
            **self.token(Role.PUBLISHER, publisher),
            "content-type": content_type,
            **(headers or {}),
        }
        return await self.client.post(path, content=content, headers=sent)


@asynccontextmanager
async def hall_over(store: EventStore, folder: Path) -> AsyncIterator[Hall]:
    """Give an intake over *store*, at noon of a Monday."""
    clock = VirtualClock(NOON)
    issuer = LocalIssuer.open(folder, clock, SeededIds(1))
    intake = Intake(
        store=store,
        gate=Gate.of(AuthSettings(jwks=str(folder / "jwks.json")), clock),
        clock=clock,
        ids=SeededIds(2),
        source="urn:casetrack:610102:intake",
        district="610102",
    )
    transport = httpx2.ASGITransport(intake.web, raise_app_exceptions=False)
    async with (
        intake.commits,
        httpx2.AsyncClient(transport=transport, base_url="http://hall") as client,
    ):
        yield Hall(intake, client, clock, issuer, store)


@asynccontextmanager
async def hall_in_memory(folder: Path) -> AsyncIterator[Hall]:
    async with hall_over(MemoryEventStore(), folder) as hall:
        yield hall
