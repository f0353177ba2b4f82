"""Every service's door over real stores, with what it answers written down."""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import jwt
from fastapi import FastAPI

from services.assist.app import Assist
from services.intake.app import Intake
from services.review.app import Review
from shared.commands.service import Service
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.runtime.clock import Clock, SystemClock
from shared.runtime.ids import SeededIds, SystemIds
from shared.web.auth import ACCESS, LOCAL_ISSUER, Role
from shared.web.gate import AuthSettings, Gate
from shared.web.issuer import LocalIssuer
from shared.web.keys import SigningKey
from tests.support.answers import Listened
from tests.support.organisations import BUREAU
from tests.support.read_api import ReadApi, RoleDsn, read_api

COMMANDED: dict[str, Callable[..., Service]] = {
    "intake": partial(Intake, trial=True),
    "assist": Assist,
    "review": Review,
}
MORNING = datetime.fromisoformat("2024-09-03T10:42:07+08:00")
NOWHERE = "postgresql://127.0.0.1:1/nothing"


@dataclass(frozen=True)
class Door:
    """A service that is open, the same one with its keys and its store away, and who may ask."""

    name: str
    open: Listened
    away: Listened
    folder: Path
    clock: Clock
    read: ReadApi | None = None

    def token(self, *roles: Role) -> dict[str, str]:
        """Return the head of a request of somebody who has all of *roles*, or each role."""
        now = int(self.clock.now().timestamp())
        claims: dict[str, Any] = {
            "iss": LOCAL_ISSUER,
            "aud": ACCESS,
            "sub": "publisher-trial",
            "roles": [role.value for role in roles or Role],
            "org": BUREAU,
            "name": "trial",
            "iat": now,
            "nbf": now,
            "exp": now + 900,
            "jti": "1",
        }
        key = SigningKey.load(self.folder / "issuer.pem")
        token = jwt.encode(
            claims, key.private, algorithm="EdDSA", headers={"kid": key.kid, "typ": "at+jwt"}
        )
        return {"authorization": f"Bearer {token}"}

    @property
    def without_sign_in(self) -> Listened:
        """The reading service where there is no key that signs sessions."""
        assert self.read is not None
        public = self.folder / "public"
        public.mkdir()
        shutil.copy(self.folder / "jwks.json", public)
        auth = AuthSettings(jwks=str(public / "jwks.json"))
        return self.open.variant(replace(self.read.reader, auth=auth).web)


@asynccontextmanager
async def opened(name: str, role_dsn: RoleDsn, folder: Path) -> AsyncIterator[Door]:
    """Give the door of the service *name*."""
    door = _reading if name == "metrics" else _commanded
    async with door(name, role_dsn, folder) as opened:
        yield opened


@asynccontextmanager
async def _commanded(name: str, role_dsn: RoleDsn, folder: Path) -> AsyncIterator[Door]:
    clock = SystemClock()
    LocalIssuer.open(folder, clock, SeededIds(1))
    async with (
        await open_pool(role_dsn(f"casetrack_{name}"), name) as pool,
        await open_pool(NOWHERE, name) as away,
    ):
        service = _service(name, pool, folder, clock)
        heard = Listened(_web(service))
        elsewhere = heard.variant(_web(_service(name, away, folder / "nowhere", clock)))
        door = Door(name, heard, elsewhere, folder, clock)
        if isinstance(service, Intake):
            async with service.commits:
                yield door
        else:
            yield door


def _service(name: str, pool: asyncpg.Pool, keys: Path, clock: Clock) -> Service:
    return COMMANDED[name](
        store=PostgresEventStore(pool),
        gate=Gate.of(AuthSettings(jwks=str(keys / "jwks.json")), clock),
        clock=clock,
        ids=SystemIds(),
        source=f"urn:casetrack:610102:{name}",
        district="610102",
    )


def _web(service: Service) -> FastAPI:
    assert isinstance(service, Intake | Assist | Review)
    return service.web


@asynccontextmanager
async def _reading(name: str, role_dsn: RoleDsn, folder: Path) -> AsyncIterator[Door]:
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    async with (
        read_api(role_dsn, folder, MORNING) as api,
        read_api(lambda _: NOWHERE, elsewhere, MORNING) as away,
    ):
        heard = Listened(api.reader.web)
        door = Door(name, heard, heard.variant(away.reader.web), folder, api.clock, api)
        (elsewhere / "jwks.json").unlink()
        yield door
