"""One caller cannot take up a whole service."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from fastapi import APIRouter

from shared.runtime.clock import VirtualClock
from shared.runtime.ids import SeededIds
from shared.web import shares as shares_module
from shared.web.app import Web, create_web
from shared.web.auth import Principal, Role
from shared.web.gate import AuthSettings, Gate
from shared.web.issuer import Bearer, LocalIssuer
from shared.web.policies import permit
from shared.web.problems import Problem
from shared.web.shares import WINDOW_SECONDS, QuotaSettings, Shares

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
MOST = 3
PERSON = Principal("local-handler", frozenset({Role.HANDLER}), "610102", "")
OTHER = Principal("local-director", frozenset({Role.DIRECTOR}), "610102", "")
SYSTEM = Principal("publisher-permits", frozenset({Role.PUBLISHER}), "610102", "permits")
QUOTAS = QuotaSettings(requests_per_second=2, events_per_second=10)

Headers = dict[str, str]


class Desk:
    """A service whose answers take until *closed*."""

    def __init__(self, issuer: LocalIssuer, client: httpx2.AsyncClient) -> None:
        self._issuer = issuer
        self._client = client
        self.waiting = asyncio.Semaphore(0)
        self.closed = asyncio.Event()

    async def answer(self, role: Role, path: str = "/wait") -> httpx2.Response:
        headers = {"authorization": f"Bearer {self._issuer.issue(Bearer(role))}"}
        return await self._client.get(path, headers=headers)

    async def status(self, role: Role, path: str = "/wait") -> int:
        return (await self.answer(role, path)).status_code


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock = VirtualClock(NOON)
    shares = Shares(clock, QuotaSettings(), requests_max=MOST)
    issuer = LocalIssuer.open(tmp_path, clock, SeededIds(1))
    gate = Gate.of(AuthSettings(jwks=str(tmp_path / "jwks.json")), clock)
    router = APIRouter(dependencies=[permit()])

    @router.get("/wait", dependencies=[permit(Role.HANDLER, Role.DIRECTOR)])
    async def wait() -> None:
        opened.waiting.release()
        await opened.closed.wait()

    web = create_web(
        Web(
            title="desk",
            gate=gate,
            clock=clock,
            ids=SeededIds(2),
            routers=[router],
            shares=shares,
        )
    )
    transport = httpx2.ASGITransport(web, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk") as client:
        opened = Desk(issuer, client)
        yield opened


async def test_one_caller_has_so_many_requests_under_way_and_others_have_theirs(
    desk: Desk,
) -> None:
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
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


def ask(shares: Shares, caller: Principal, times: int) -> None:
    for _ in range(times):
        shares.take(caller)
        shares.give_back(caller)


def test_a_quota_used_up_is_refused_until_it_comes_back() -> None:
    clock = VirtualClock(NOON)
    shares = Shares(clock, QUOTAS)
    ask(shares, PERSON, 20)

    with pytest.raises(Problem) as refusal:
        shares.take(PERSON)
    clock.advance(timedelta(seconds=1))

    assert (refusal.value.status, refusal.value.code) == (429, "rate_limited")
    assert refusal.value.headers == {
        "retry-after": "1",
        "ratelimit-policy": '"requests";q=20;w=10',
        "ratelimit": '"requests";r=0;t=10',
    }
    ask(shares, PERSON, 2)


def test_nobodys_quota_is_anothers() -> None:
    shares = Shares(VirtualClock(NOON), QUOTAS)
    ask(shares, PERSON, 20)

    ask(shares, OTHER, 20)
    ask(shares, SYSTEM, 100)


def test_a_quota_saves_up_for_a_window_and_no_longer() -> None:
    clock = VirtualClock(NOON)
    shares = Shares(clock, QUOTAS)
    clock.advance(timedelta(hours=1))
    ask(shares, PERSON, 20)

    with pytest.raises(Problem):
        shares.take(PERSON)


def test_a_batch_counts_for_each_of_its_events_and_may_overdraw_once() -> None:
    clock = VirtualClock(NOON)
    shares = Shares(clock, QUOTAS)
    ask(shares, SYSTEM, 1)
    shares.spend(SYSTEM, 119)

    with pytest.raises(Problem) as refusal:
        shares.take(SYSTEM)
    clock.advance(timedelta(seconds=2, milliseconds=100))

    assert refusal.value.headers["retry-after"] == "3"
    ask(shares, SYSTEM, 1)


def test_so_many_callers_are_remembered_and_their_debts_longest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shares_module, "CALLERS_REMEMBERED_MAX", 2)
    clock = VirtualClock(NOON)
    shares = Shares(clock, QUOTAS)
    shares.spend(SYSTEM, 1_000)
    ask(shares, OTHER, 1)
    clock.advance(timedelta(seconds=WINDOW_SECONDS))
    ask(shares, PERSON, 1)

    assert shares.told(SYSTEM)["ratelimit"] == '"events";r=0;t=90'
    with pytest.raises(Problem):
        shares.take(SYSTEM)


@pytest.mark.parametrize("role", [Role.HANDLER, Role.CHECKER])
async def test_each_answer_tells_the_quota(desk: Desk, role: Role) -> None:
    desk.closed.set()

    answer = await desk.answer(role)

    assert answer.headers["ratelimit-policy"] == '"requests";q=5000;w=10'
    assert answer.headers["ratelimit"] == '"requests";r=4999;t=1'
