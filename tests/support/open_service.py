"""A service in memory, open for commands and foreign facts, with tokens for everybody."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import httpx2
import jwt
from fastapi import FastAPI

from shared.eventstore.memory import MemoryEventStore
from shared.runtime.clock import VirtualClock
from shared.runtime.ids import SeededIds
from shared.web.auth import ACCESS, LOCAL_ISSUER, Role
from shared.web.gate import AuthSettings, Gate
from shared.web.issuer import Bearer, LocalIssuer
from shared.web.keys import SigningKey
from tests.support.organisations import BUREAU

NINE = datetime(2024, 9, 18, 1, 0, tzinfo=UTC)
"""Nine o'clock in Xi'an, on a Wednesday."""


class Service(Protocol):
    @property
    def web(self) -> FastAPI: ...


S = TypeVar("S", bound=Service)


@dataclass
class OpenService(Generic[S]):
    """A running service, and the way to talk to it."""

    service: S
    client: httpx2.AsyncClient
    clock: VirtualClock
    issuer: LocalIssuer
    store: MemoryEventStore
    start: datetime
    folder: Path
    keys: Iterator[int] = field(default_factory=count)

    def forget(self) -> None:
        """Begin anew at the start; building the service again takes longer than most tests."""
        vars(self.store).update(vars(MemoryEventStore()))
        vars(self.clock).update(vars(VirtualClock(self.start)))

    def token(self, role: Role, name: str = "", org: str = BUREAU) -> dict[str, str]:
        return {"authorization": f"Bearer {self.issuer.issue(Bearer(role, org, name))}"}

    async def command(
        self,
        role: Role,
        path: str,
        body: Mapping[str, Any],
        key: str = "",
        *,
        org: str = BUREAU,
    ) -> httpx2.Response:
        """Give a command; without *key* it is one that was never given before."""
        key = key or f"key-{next(self.keys):08d}"
        headers = {**self.token(role, org=org), "idempotency-key": key}
        return await self.client.post(path, json=body, headers=headers)

    async def command_of(
        self, account: str, path: str, body: Mapping[str, Any], *, org: str = BUREAU
    ) -> httpx2.Response:
        """Give a command as somebody who has every role."""
        now = int(self.clock.now().timestamp())
        claims: dict[str, Any] = {
            "iss": LOCAL_ISSUER,
            "aud": ACCESS,
            "sub": account,
            "roles": [role.value for role in Role],
            "org": org,
            "iat": now,
            "exp": now + 900,
        }
        key = SigningKey.load(self.folder / "issuer.pem")
        token = jwt.encode(
            claims, key.private, algorithm="EdDSA", headers={"kid": key.kid, "typ": "at+jwt"}
        )
        headers = {
            "authorization": f"Bearer {token}",
            "idempotency-key": f"key-{next(self.keys):08d}",
        }
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

    async def types(self, stream: str) -> list[str]:
        """Return what happened in *stream*, by the last words of its types."""
        events = (await self.store.load(stream)).events
        return [".".join(event.type.split(".")[-3:-1]) for event in events]


@asynccontextmanager
async def open_service(
    make: Callable[..., S], folder: Path, name: str, start: datetime = NINE
) -> AsyncIterator[OpenService[S]]:
    """Give the service that *make* constructs, over a store in memory."""
    clock, store = VirtualClock(start), MemoryEventStore()
    issuer = LocalIssuer.open(folder, clock, SeededIds(1))
    service = make(
        store=store,
        gate=Gate.of(AuthSettings(jwks=str(folder / "jwks.json")), clock, store),
        clock=clock,
        ids=SeededIds(2),
        source=f"urn:casetrack:610102:{name}",
        district="610102",
    )
    transport = httpx2.ASGITransport(service.web, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
        yield OpenService(service, client, clock, issuer, store, start, folder)
