"""Who asks for events hears how far a change of the rules is; who leaves ends the work."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from deploy.command.asking import Asking, MetricsRefuses, MetricsUnreachable
from deploy.command.server_events import Unfinished
from services.metrics.app.serving import Reader
from services.metrics.domain.dossier import Dossier
from services.metrics.ports.judgements import JudgedDossier, Judgements
from services.metrics.views.rules import RulesChanged, RulesProgress, Stage
from shared.commands.rules_in_force import RulesInForce
from shared.eventstore.port import StoreUnavailable
from shared.runtime.ids import SeededIds
from shared.web.auth import Role
from shared.web.gate import AuthSettings
from shared.web.issuer import Bearer, LocalIssuer
from shared.web.server import serve
from tests.support.facts import SUPERVISION
from tests.support.memory_api import NothingDelivered
from tests.support.metrics_store import opened
from tests.support.notices import notice
from tests.support.ports import free_port
from tests.support.read_api import MorningClock

NOON = datetime(2026, 12, 11, 4, tzinfo=UTC)
DOSSIERS = 5
SECONDS_MAX = 30.0
CALENDAR = "/v1/rules/calendar"


@dataclass
class InTurn(Judgements):
    """Dossiers of which nothing is known, two a step; the lanes need a while."""

    behind: list[int] = field(default_factory=list)
    """How many lanes are, from look to look; none after these."""
    fails: bool = False
    stands: asyncio.Event | None = None
    """Where there is one, the second step does not come, and says so."""
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def dossiers(self) -> int:
        return DOSSIERS

    async def following(self, key: str, dossiers_max: int) -> Sequence[JudgedDossier]:  # noqa: ARG002
        if key and self.fails:
            raise StoreUnavailable("away")
        if key and self.stands:
            self.stands.set()
            try:
                await asyncio.Event().wait()
            finally:
                self.ended.set()
        keys = [f"XC{number}" for number in range(DOSSIERS)]
        return [JudgedDossier(Dossier(key=one), 0, {}) for one in keys if one > key][:2]

    async def lanes_behind(self, edition: int) -> int:  # noqa: ARG002
        return self.behind.pop(0) if self.behind else 0


@asynccontextmanager
async def served(
    judgements: Judgements, folder: Path, *, second_person: bool = False
) -> AsyncIterator[httpx2.AsyncClient]:
    """Give a client of the law desk, of an API in memory."""
    clock, stopping, serving = MorningClock(NOON), asyncio.Event(), asyncio.Event()
    issuer = LocalIssuer.open(folder, clock, SeededIds(1))
    async with opened("memory") as store, asyncio.TaskGroup() as tasks:
        web = Reader(
            readings=store.readings,
            glances=store.glances,
            deadlines=store.deadlines,
            clock_rounds=store.clock_rounds,
            orders=store.orders,
            rules=RulesInForce(store.supervision),
            supervision=store.words,
            chronicles=store.chronicles,
            judgements=judgements,
            deliveries=NothingDelivered(),
            auth=AuthSettings(jwks=str(folder / "jwks.json")),
            clock=clock,
            ids=SeededIds(2),
            source=SUPERVISION,
            second_person=second_person,
        ).web
        port = free_port()
        tasks.create_task(serve(web, port=port, stopping=stopping, serving=serving))
        await serving.wait()
        token = issuer.issue(Bearer(Role.LAW_DESK))
        async with httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            headers={"authorization": f"Bearer {token}", "accept": "text/event-stream"},
            timeout=30,
            trust_env=False,
        ) as client:
            yield client
        stopping.set()


def told(body: str) -> list[tuple[str, Any]]:
    event = Unfinished()
    messages = [message for line in body.split("\n") if (message := event.take(line))]
    return [(message.event, json.loads(message.data)) for message in messages]


def foreseen(done: int) -> tuple[str, Any]:
    return "progress", {"stage": "FORESEEING", "done": done, "of": DOSSIERS}


FORESEEN = [foreseen(done) for done in (0, 2, 4, 5)]


async def test_a_preview_tells_how_far_it_is_and_ends_as_the_plain_answer(tmp_path: Path) -> None:
    async with served(InTurn(), tmp_path) as client:
        plain = await client.post(
            CALENDAR, json=notice(), params={"preview": "true"}, headers={"accept": "*/*"}
        )
        streamed = await client.post(CALENDAR, json=notice(), params={"preview": "true"})

    assert streamed.headers["content-type"].startswith("text/event-stream")
    assert told(streamed.text) == [*FORESEEN, ("result", plain.json())]


async def test_publishing_tells_of_the_lanes_too(tmp_path: Path) -> None:
    async with served(InTurn(behind=[3, 1]), tmp_path) as client:
        streamed = await client.post(CALENDAR, json=notice())

    lanes = [("progress", {"stage": "FOLDING", "done": n, "of": 3}) for n in (0, 2)]
    *course, (last, document) = told(streamed.text)
    assert course == [*FORESEEN, *lanes]
    assert (last, document["folded"], document["edition"]) == ("result", True, 1)


async def test_what_is_refused_is_a_problem_before_anything_is_told(tmp_path: Path) -> None:
    async with served(InTurn(), tmp_path) as client:
        refused = await client.post(CALENDAR, json=notice(days=[]), params={"preview": "true"})

    assert (refused.status_code, refused.json()["code"]) == (422, "notice_partial")
    assert refused.headers["content-type"] == "application/problem+json"


async def test_what_fails_on_the_way_is_told_as_a_problem(tmp_path: Path) -> None:
    async with served(InTurn(fails=True), tmp_path) as client:
        streamed = await client.post(CALENDAR, json=notice(), params={"preview": "true"})

    *course, (last, problem) = told(streamed.text)
    assert course == FORESEEN[:2]
    assert (last, problem["status"], problem["code"]) == ("problem", 503, "store_unavailable")


async def test_a_reader_that_leaves_ends_the_work_and_publishes_nothing(tmp_path: Path) -> None:
    judgements = InTurn(stands=asyncio.Event())
    async with served(judgements, tmp_path) as client:
        async with client.stream("POST", CALENDAR, json=notice()):
            assert judgements.stands is not None
            await asyncio.wait_for(judgements.stands.wait(), SECONDS_MAX)
        await asyncio.wait_for(judgements.ended.wait(), SECONDS_MAX)
        rules = await client.get("/v1/rules", headers={"accept": "*/*"})

    assert rules.json()["newest"] == 0


def asking(*frames: tuple[str, object]) -> Asking:
    """Return a conversation with an API that tells *frames*."""
    body = "".join(f"event: {name}\ndata: {json.dumps(said)}\n\n" for name, said in frames)
    transport = httpx2.MockTransport(
        lambda _: httpx2.Response(200, text=body, headers={"content-type": "text/event-stream"})
    )
    return Asking(httpx2.Client(transport=transport, base_url="http://metrics"))


def test_the_command_hears_the_course_until_the_answer_breaks_off() -> None:
    heard: list[RulesProgress] = []
    with pytest.raises(MetricsUnreachable):
        asking(FORESEEN[1]).watch(RulesChanged, CALENDAR, None, (RulesProgress, heard.append))

    assert heard == [RulesProgress(Stage.FORESEEING, 2, DOSSIERS)]


def test_the_command_tells_a_problem_that_came_late_in_its_own_words() -> None:
    problem = {"title": "The store is away.", "detail": "Try again."}
    with pytest.raises(MetricsRefuses) as refused:
        asking(("problem", problem)).watch(
            RulesChanged, CALENDAR, None, (RulesProgress, lambda _: None)
        )

    assert refused.value.values == problem
