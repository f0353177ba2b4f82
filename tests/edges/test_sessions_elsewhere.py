"""Who has signed out at metrics: no service lets that session in, once it has heard of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import jwt
import pytest

from services.assist.app import Assist
from services.intake.app import Intake
from services.metrics.handlers.leaving import Leaving
from services.review.app import Review
from shared.commands.deciding import Desk
from shared.contracts.registry import Owner
from shared.eventstore.memory import MemoryEventStore
from shared.kafka.port import Record
from shared.runtime.ids import SeededIds
from shared.web.auth import Principal, Role, Session
from shared.web.issuer import Bearer
from shared.web.session import HOST_COOKIE
from tests.support.open_service import OpenService, open_service

WANG = Bearer(Role.SUPERVISOR, name="王督察")
ADDRESS = "/docs"
SEEN, OVER = (200, None), (401, "token_expired")

Hear = Callable[[Record], Awaitable[None]]
SERVICES: dict[str, tuple[Callable[..., Any], Callable[[Any], Hear]]] = {
    "intake": (partial(Intake, trial=True), lambda service: service.inbox.handle),
    "assist": (Assist, lambda service: service.foreign_tasks.handle),
    "review": (Review, lambda service: service.ratings.handle),
}


@dataclass
class Elsewhere:
    """A service that is not metrics, and metrics' desk, where sessions end."""

    opened: OpenService[Any]
    hear: Hear
    supervision: MemoryEventStore
    leaving: Leaving
    heard: int = 0

    def session(self, epoch: int = 0) -> str:
        issuer = self.opened.issuer
        return issuer.session(WANG, issuer.begun(epoch))

    async def asks(self, token: str) -> tuple[int, str | None]:
        cookie = {"cookie": f"{HOST_COOKIE}={token}"}
        answer = await self.opened.client.get(ADDRESS, headers=cookie)
        return answer.status_code, answer.json()["code"] if answer.is_error else None

    async def listen(self) -> None:
        """Hear what supervision has published since, each of it twice, as Kafka may send it."""
        published = self.supervision.published(0, 100)[self.heard :]
        self.heard += len(published)
        for one in published:
            record = Record(Owner.SUPERVISION.topic, b"sessions", one.body)
            await self.hear(record)
            await self.hear(record)


@pytest.fixture(params=SERVICES)
async def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Elsewhere]:
    make, hears = SERVICES[request.param]
    async with open_service(make, tmp_path, request.param) as opened:
        supervision, source = MemoryEventStore(), "urn:casetrack:610102:supervision"
        leaving = Leaving(Desk(supervision, opened.clock, SeededIds(7), source))
        yield Elsewhere(opened, hears(opened.service), supervision, leaving)


def bearer_of(token: str) -> Principal:
    claims = jwt.decode(token, options={"verify_signature": False})
    session = Session(claims["jti"], epoch=claims["epoch"])
    return Principal(WANG.subject, frozenset({WANG.role}), "", "", session=session)


async def test_a_session_that_was_left_opens_nothing_elsewhere(elsewhere: Elsewhere) -> None:
    left, kept = elsewhere.session(), elsewhere.session()
    await elsewhere.leaving.end(bearer_of(left))
    before = await elsewhere.asks(left)
    await elsewhere.listen()

    assert (before, await elsewhere.asks(left)) == (SEEN, OVER)
    assert await elsewhere.asks(kept) == SEEN


async def test_who_is_sent_out_is_sent_out_everywhere_and_may_come_in_again(
    elsewhere: Elsewhere,
) -> None:
    sessions = [elsewhere.session(), elsewhere.session()]
    for _ in range(2):
        await elsewhere.leaving.end_all(WANG.subject, bearer_of(sessions[0]))
    await elsewhere.listen()

    assert [await elsewhere.asks(one) for one in sessions] == [OVER, OVER]
    assert await elsewhere.asks(elsewhere.session(epoch=2)) == SEEN


async def test_who_hears_of_the_second_time_alone_knows_of_the_first(elsewhere: Elsewhere) -> None:
    begun = elsewhere.session(epoch=1)
    for _ in range(2):
        await elsewhere.leaving.end_all(WANG.subject, bearer_of(begun))
    elsewhere.heard = 1
    await elsewhere.listen()

    assert await elsewhere.asks(begun) == OVER


async def test_a_session_acts_where_its_end_is_heard_of(elsewhere: Elsewhere) -> None:
    cookie = {"cookie": f"{HOST_COOKIE}={elsewhere.session()}", "origin": "http://service"}
    answer = await elsewhere.opened.client.post("/v1/nothing", headers=cookie)

    assert answer.status_code == httpx2.codes.NOT_FOUND


async def test_an_end_that_is_said_again_is_said_once(elsewhere: Elsewhere) -> None:
    leaver = bearer_of(elsewhere.session())
    for _ in range(3):
        await elsewhere.leaving.end(leaver)

    assert len(elsewhere.supervision.published(0, 100)) == 1
