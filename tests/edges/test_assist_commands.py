"""Assist over HTTP: the way of a task, and foreign facts about tasks."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from services.assist.app import MESSAGES, Assist
from services.assist.domain.refusals import AssistRejection
from shared.contracts.documents import write
from shared.contracts.naming import Language
from shared.contracts.registry import Owner
from shared.kafka.port import Record
from shared.runtime.catalogue import OWN, Catalogue
from shared.web.auth import Role
from tests.support.foreign_facts import foreign
from tests.support.open_service import OpenService, open_service

REQUEST: dict[str, Any] = {
    "kind": "KEY_PROJECT",
    "mode": "PROXY",
    "party": {"party_token": "party-1", "party_type": "ENTERPRISE"},
    "system": "WINDOW",
    "item_codes": ["000117051000"],
}
AGENT = {"agent_id": "st-0900", "tier": "DISTRICT"}
MANDATE = {"scope": ["000117051000"], "document": {"doc_type": "MANDATE", "doc_no": "2024-1"}}
BLOCK = {"blocker": "SUPERIOR", "reason": "等待市级批复"}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[OpenService[Assist]]:
    async with open_service(Assist, tmp_path_factory.mktemp("keys"), "assist") as centre:
        yield centre


@pytest.fixture
def centre(running: OpenService[Assist]) -> OpenService[Assist]:
    running.forget()
    return running


async def requested(centre: OpenService[Assist]) -> str:
    answer = await centre.command(Role.WINDOW_CLERK, "/v1/tasks", REQUEST)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["subject"])


async def test_acting_for_an_enterprise_goes_from_request_to_rating(
    centre: OpenService[Assist],
) -> None:
    task_id = await requested(centre)
    way: list[tuple[Role, str, dict[str, Any]]] = [
        (Role.ASSIST_AGENT, "acceptance", {}),
        (Role.ASSIST_AGENT, "agents", AGENT),
        (Role.ASSIST_AGENT, "mandates", MANDATE),
        (Role.ASSIST_AGENT, "steps", {"stage": "COORDINATION", "case_no": "XC20240902000017"}),
        (Role.ASSIST_AGENT, "blocks", BLOCK),
        (Role.ASSIST_AGENT, "blocks/endings", {"reason": "已批复"}),
        (Role.ASSIST_AGENT, "completion", {"case_nos": ["XC20240902000017"], "on_time": True}),
        (Role.WINDOW_CLERK, "ratings", {"level": "SATISFIED", "real_name": True}),
    ]

    for version, (role, path, body) in enumerate(way, start=2):
        answer = await centre.command(role, f"/v1/tasks/{task_id}/{path}", body)

        assert (answer.status_code, answer.json()["version"]) == (201, version), answer.text

    history = await centre.store.load(f"assist-{task_id}")
    assert {event.partitionkey for event in history.events} == {task_id}
    assert {event.source for event in history.events} == {"urn:casetrack:610102:assist"}
    assert (await centre.types(f"assist-{task_id}"))[-2:] == ["task.completed", "task.rated"]


async def test_a_refusal_has_a_code_and_speaks_chinese_first(centre: OpenService[Assist]) -> None:
    task_id = await requested(centre)

    answer = await centre.command(
        Role.ASSIST_AGENT, f"/v1/tasks/{task_id}/steps", {"stage": "TRACKING"}
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "task_not_accepted")
    assert answer.json()["detail"] == "任务受理并指派帮办员后方可办理。"


async def test_a_repeated_request_makes_one_task(centre: OpenService[Assist]) -> None:
    first = await centre.command(Role.WINDOW_CLERK, "/v1/tasks", REQUEST, "the-same-key")
    again = await centre.command(Role.WINDOW_CLERK, "/v1/tasks", REQUEST, "the-same-key")

    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"


async def test_only_those_who_assist_may_answer(centre: OpenService[Assist]) -> None:
    task_id = await requested(centre)

    answer = await centre.command(Role.WINDOW_CLERK, f"/v1/tasks/{task_id}/acceptance", {})

    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


async def test_a_foreign_task_is_taken_over_and_then_worked_on(
    centre: OpenService[Assist],
) -> None:
    body = write(foreign("assist.request.submitted"))
    record = Record(Owner.INTAKE.topic, None, body)

    await centre.service.foreign_tasks.handle(record)
    await centre.service.foreign_tasks.handle(record)

    assert await centre.store.pending(10) == []
    task_id = foreign("assist.request.submitted")["subject"]
    answer = await centre.command(Role.ASSIST_AGENT, f"/v1/tasks/{task_id}/acceptance", {})
    assert (answer.status_code, answer.json()["version"]) == (201, 2)


async def test_other_families_are_left_to_their_owners(centre: OpenService[Assist]) -> None:
    for kind in ("intake.application.received", "review.rating.posted"):
        body = write(foreign(kind))

        await centre.service.foreign_tasks.handle(Record(Owner.INTAKE.topic, None, body))

    assert await centre.store.load("review-PJ20240918000052") == await centre.store.load("none")


@pytest.mark.parametrize("language", list(Language))
async def test_every_refusal_has_its_words(language: Language) -> None:
    known = Catalogue.read(OWN, MESSAGES).codes(language)

    assert {refusal.code for refusal in AssistRejection.__subclasses__()} <= known
