"""Key projects, the roster, the home-service list and visits over HTTP: each from end to end."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from services.assist.app import Assist
from shared.web.auth import Role
from tests.support.open_service import OpenService, open_service

ITEM = "11610102MB2X00178C4000131016000"
PROJECT: dict[str, Any] = {
    "level": "DISTRICT",
    "four_ones": {"one_1": "一个项目"},
    "steward": "st-0501",
    "joint_level": "DISTRICT",
    "pre_review": False,
}
FOUR = {f"one_{number}": "齐" for number in range(1, 5)}
LAND = {"milestone": "用地规划许可", "planned": "2024-01-05", "actual": "2024-01-02"}
AGENT: dict[str, Any] = {
    "agent_id": "st-0501",
    "tier": "STREET",
    "resource": "GRID",
    "active": True,
}
VISIT = {"track": "PROJECT_SUPPORT", "place": "某产业园", "participants": 12, "needs_raised": 1}

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


async def codes(
    centre: OpenService[Assist], role: Role, path: str, *bodies: dict[str, Any]
) -> list[str | None]:
    answers = [await centre.command(role, path, body) for body in bodies]
    return [answer.json().get("code") for answer in answers]


async def test_a_project_is_enrolled_completed_and_reaches_its_milestones(
    centre: OpenService[Assist],
) -> None:
    enrolled = await centre.command(Role.DIRECTOR, "/v1/projects", PROJECT)
    project = enrolled.json()["subject"]
    completed = await centre.command(
        Role.ASSIST_AGENT, "/v1/projects", PROJECT | {"project_id": project, "four_ones": FOUR}
    )
    told = await codes(
        centre,
        Role.ASSIST_AGENT,
        f"/v1/projects/{project}/milestones",
        LAND,
        LAND,
        LAND | {"milestone": "施工许可", "actual": "2098-01-01"},
        LAND | {"milestone": "施工许可", "planned": "1970-01-01"},
        LAND | {"milestone": "节" * 61},
    )

    assert project.startswith("XM")
    assert (completed.json()["subject"], completed.json()["version"]) == (project, 2)
    assert told == [
        None,
        "milestone_already_reached",
        "actual_date_impossible",
        "invalid_request",
        "invalid_request",
    ]
    assert (await centre.store.load(f"project-{project}")).version == 3


async def test_the_number_of_a_new_project_is_ours_and_nobody_names_one_that_others_have(
    centre: OpenService[Assist],
) -> None:
    task = await centre.command(
        Role.WINDOW_CLERK,
        "/v1/tasks",
        {
            "kind": "KEY_PROJECT",
            "mode": "HELP",
            "party": {"party_token": "party-1", "party_type": "ENTERPRISE"},
            "system": "WINDOW",
            "item_codes": [ITEM],
        },
    )
    named = {"project_id": task.json()["subject"]}
    refused = await codes(centre, Role.DIRECTOR, "/v1/projects", PROJECT | named)
    unknown = await codes(centre, Role.DIRECTOR, "/v1/projects/XM1/milestones", LAND)
    numbered = await codes(centre, Role.DIRECTOR, "/v1/outreach", VISIT | {"outreach_id": "WJ1"})

    assert (refused, unknown) == (["project_unknown"], ["project_unknown"])
    assert numbered == ["invalid_request"]


async def test_an_agent_is_registered_and_registered_anew(centre: OpenService[Assist]) -> None:
    registered = [
        await centre.command(Role.DIRECTOR, "/v1/agents", AGENT | changed)
        for changed in ({}, {"tier": "COMMUNITY", "resource": "PROPERTY"}, {"active": False})
    ]
    refused = await centre.command(Role.ASSIST_AGENT, "/v1/agents", AGENT)
    long = await codes(
        centre,
        Role.DIRECTOR,
        "/v1/agents",
        AGENT | {"agent_id": "s" * 256},
        AGENT | {"agent_id": "s" * 257},
    )

    assert {one.json()["subject"] for one in registered} == {"DBY-3894b0ba9da625d1"}
    assert [one.json()["version"] for one in registered] == [1, 2, 3]
    assert refused.status_code == 403
    assert long == [None, "invalid_request"]


async def test_the_home_service_list_is_one_list_version_by_version(
    centre: OpenService[Assist],
) -> None:
    version = {"list_version": "2024-1", "item_codes": [ITEM]}
    told = await codes(
        centre,
        Role.LAW_DESK,
        "/v1/service-lists",
        version,
        version,
        {"list_version": "2024-2", "item_codes": [ITEM, ITEM]},
        {"list_version": "2024-2", "item_codes": []},
        {"list_version": "2024-2", "item_codes": [ITEM]},
    )
    refused = await centre.command(Role.ASSIST_AGENT, "/v1/service-lists", version)

    assert told == [
        None,
        "service_list_version_published",
        "service_named_twice",
        "invalid_request",
        None,
    ]
    assert (await centre.store.load("servicelist-HOME_SERVICE")).version == 2
    assert refused.status_code == 403


async def test_a_visit_is_held_and_a_need_that_is_raised_on_it_is_met_once(
    centre: OpenService[Assist],
) -> None:
    held = await centre.command(Role.ASSIST_AGENT, "/v1/outreach", VISIT)
    need = {"outreach_id": held.json()["subject"], "kind": "延时服务"}
    raised = await centre.command(Role.HANDLER, "/v1/needs", need)
    met = await codes(
        centre, Role.HANDLER, f"/v1/needs/{raised.json()['subject']}/resolution", {}, {}
    )
    unknown = await codes(centre, Role.HANDLER, "/v1/needs/XQ1/resolution", {})
    odd = await codes(
        centre, Role.DIRECTOR, "/v1/outreach", VISIT | {"track": "ANY"}, VISIT | {"place": ""}
    )
    (_, last) = (await centre.store.load(raised.json()["stream"])).events

    assert (held.json()["subject"][:2], raised.json()["subject"][:2]) == ("WJ", "XQ")
    assert met == [None, "need_already_resolved"]
    assert (unknown, odd) == (["need_unknown"], ["invalid_request"] * 2)
    assert last.data.model_dump() == need | {
        "need_id": raised.json()["subject"],
        "resolved_date": centre.clock.now().date(),
    }
