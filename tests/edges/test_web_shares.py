"""One caller cannot take up a whole service."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx2
import pytest
from fastapi import APIRouter

from shared.runtime.clock import VirtualClock
from shared.runtime.ids import SeededIds
from shared.web import edge
from shared.web.app import Web, create_web
from shared.web.auth import Role
from shared.web.gate import AuthSettings, Gate
from shared.web.issuer import Bearer, LocalIssuer
from shared.web.policies import permit
from shared.web.shares import Shares

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
MOST = 3

Headers = dict[str, str]


class Desk:
    """A service whose answers take until *closed*."""

    def __init__(self, issuer: LocalIssuer, client: httpx2.AsyncClient) -> None:
        self._issuer = issuer
        self._client = client
        self.waiting = asyncio.Semaphore(0)
        self.closed = asyncio.Event()

    async def status(self, role: Role, path: str = "/wait") -> int:
        headers = {"authorization": f"Bearer {self._issuer.issue(Bearer(role))}"}
        return (await self._client.get(path, headers=headers)).status_code


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(edge, "Shares", partial(Shares, MOST))
    clock = VirtualClock(NOON)
    issuer = LocalIssuer.open(tmp_path, clock, SeededIds(1))
    gate = Gate.of(AuthSettings(jwks=str(tmp_path / "jwks.json")), clock)
    router = APIRouter(dependencies=[permit()])

    @router.get("/wait", dependencies=[permit(Role.HANDLER, Role.DIRECTOR)])
    async def wait() -> None:
        opened.waiting.release()
        await opened.closed.wait()

    web = create_web(Web(title="desk", gate=gate, clock=clock, ids=SeededIds(2), routers=[router]))
    transport = httpx2.ASGITransport(web, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk") as client:
        opened = Desk(issuer, client)
        yield opened


async def test_one_caller_has_so_many_requests_under_way_and_others_have_theirs(
    desk: Desk,
) -> None:
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        waiting = [tasks.create_task(desk.status(Role.HANDLER)) for _ in range(MOST)]
        for _ in waiting:
            await desk.waiting.acquire()
        refused = await desk.status(Role.HANDLER)
        other = tasks.create_task(desk.status(Role.DIRECTOR))
        await desk.waiting.acquire()
        desk.closed.set()

    assert refused == 429
    assert [task.result() for task in (*waiting, other)] == [200] * (MOST + 1)


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        (Role.HANDLER, "/wait", 200),
        (Role.CHECKER, "/wait", 403),
        (Role.HANDLER, "/nowhere", 404),
    ],
)
async def test_what_was_answered_is_under_way_no_more(
    desk: Desk, role: Role, path: str, status: int
) -> None:
    desk.closed.set()

    assert [await desk.status(role, path) for _ in range(2 * MOST)] == [status] * 2 * MOST
