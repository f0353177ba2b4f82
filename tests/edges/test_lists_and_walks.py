"""Walks, problems, agencies, policies and changes of items over HTTP: each from end to end."""

from typing import Any

import pytest

from services.assist.app import Assist
from shared.web.auth import Role
from tests.support.intake_service import Hall
from tests.support.open_service import OpenService, open_service

BUREAU = {"org_code": "11610102MB0000000F", "org_name": "新城区行政审批服务局"}
ITEM = "11610102MB2X00178C4000131016000"
CHANGE = {
    "item_code": ITEM,
    "item_version": 5,
    "changes": [{"field": "promise_day", "old": "10", "new": "7"}],
    "effective_date": "2024-09-20",
    "spec_covered": True,
}
POLICY = {
    "policy_class": "NO_APPLY",
    "issuer": {"org_code": "91610102MA60000070", "org_name": "陕西省某厅"},
    "issued_date": "2024-01-02",
    "guide_ready": False,
}
Way = tuple[Role, str, dict[str, Any], str | None]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def walked(service: OpenService[Any], base: str, way: list[Way]) -> None:
    for role, path, body, refusal in way:
        answer = await service.command(role, f"{base}/{path}", body)
        told = None if answer.status_code == 201 else answer.json()["code"]
        assert told == refusal, (path, answer.text)


async def test_an_item_is_changed_and_published_place_by_place(hall: Hall) -> None:
    revised = await hall.command(Role.LAW_DESK, "/v1/item-changes", CHANGE)
    again = await hall.command(Role.LAW_DESK, "/v1/item-changes", CHANGE)
    way: list[Way] = [
        (Role.LAW_DESK, "places", {"place": "ONLINE"}, None),
        (Role.LAW_DESK, "places", {"place": "ONLINE"}, "place_already_synced"),
        (Role.LAW_DESK, "places", {"place": "PLATFORM"}, None),
    ]

    assert revised.json()["subject"] == f"{ITEM}@5"
    assert again.json()["code"] == "item_already_revised"
    await walked(hall, f"/v1/item-changes/{ITEM}@5", way)
    await walked(
        hall,
        f"/v1/item-changes/{ITEM}@6",
        [(Role.LAW_DESK, "places", {"place": "ONLINE"}, "item_change_unknown")],
    )


async def test_a_list_is_published_version_by_version_and_an_item_stands_in_the_hall(
    hall: Hall,
) -> None:
    version = {"list": "WEEKEND", "version": "2024-1", "item_codes": [ITEM], "places": ["ONLINE"]}
    stationed = {"item_code": ITEM, "status": "STATIONED", "authorised": True}
    lists = [
        await hall.command(Role.LAW_DESK, "/v1/item-lists", version | changed)
        for changed in ({}, {}, {"version": "2024-2", "item_codes": [ITEM, ITEM]}, {"list": "ANY"})
    ]
    placed = [
        await hall.command(Role.DIRECTOR, "/v1/stationings", stationed | changed)
        for changed in ({}, {"status": "EXEMPT"}, {"status": "EXEMPT", "reason": "涉密"})
    ]

    assert (lists[0].json()["subject"], placed[0].json()["subject"]) == ("WEEKEND", ITEM)
    assert [one.json().get("code") for one in lists] == [
        None,
        "list_version_published",
        "item_named_twice",
        "invalid_request",
    ]
    assert [one.json().get("code") for one in placed] == [None, "exemption_unexplained", None]
    assert (await hall.command(Role.HANDLER, "/v1/stationings", stationed)).status_code == 403


async def test_grades_and_rules_of_the_committee_are_revised_version_by_version(
    hall: Hall,
) -> None:
    grade = {"item_code": ITEM, "from": "L4", "to": "L3"}
    version = {"list_version": "2024-2", "changes": [grade], "document": {"doc_type": "LIST"}}
    rules = {"rules_version": "2024-1", "document": {"doc_type": "RULES_OF_PROCEDURE"}}
    grades = [
        await hall.command(Role.SECRETARIAT, "/v1/grading-lists", version | changed)
        for changed in (
            {},
            {},
            {"list_version": "2024-3", "changes": [grade, grade]},
            {"list_version": "2024-3", "changes": [grade | {"to": "L4"}]},
            {"gradinglist": "ANOTHER"},
            {"list_version": "2024-3"},
        )
    ]
    ruled = [await hall.command(Role.SECRETARIAT, "/v1/committee-rules", rules) for _ in range(2)]

    assert (grades[0].json()["subject"], ruled[0].json()["subject"]) == (
        "GRADING_LIST",
        "COMMITTEE_RULES",
    )
    assert [one.json().get("code") for one in grades] == [
        None,
        "grading_version_taken",
        "item_graded_twice",
        "grade_unchanged",
        "invalid_request",
        None,
    ]
    assert ruled[1].json()["code"] == "rules_version_taken"
    assert (await hall.command(Role.LAW_DESK, "/v1/committee-rules", rules)).status_code == 403


async def test_what_assist_keeps_beside_its_tasks(tmp_path_factory: pytest.TempPathFactory) -> None:
    async with open_service(Assist, tmp_path_factory.mktemp("keys"), "assist") as centre:
        walk = await centre.command(
            Role.DIRECTOR,
            "/v1/walkthroughs",
            {
                "leader_org": BUREAU,
                "leader_role": "HEAD",
                "parts": ["FORUM"],
                "item_codes": [ITEM],
                "problems_found": 1,
            },
        )
        problem = {"walk_id": walk.json()["subject"], "kind": "SYSTEM", "owner_org": BUREAU}
        found = await centre.command(Role.SUPERVISOR, "/v1/problems", problem)
        applied = await centre.command(
            Role.WINDOW_CLERK, "/v1/agencies", {"service_codes": ["ZJ-HPBG"]}
        )
        listed = await centre.command(Role.DIRECTOR, "/v1/policies", POLICY)
        named = {**POLICY, "policy_id": listed.json()["subject"]}
        ready = await centre.command(Role.DIRECTOR, "/v1/policies", {**named, "guide_ready": True})
        tomorrow = await centre.command(
            Role.DIRECTOR, "/v1/policies", {**named, "issued_date": "2098-01-01"}
        )
        await walked(
            centre,
            f"/v1/problems/{found.json()['subject']}",
            [
                (Role.HANDLER, "resolution", {}, None),
                (Role.HANDLER, "resolution", {}, "problem_already_resolved"),
            ],
        )
        await walked(
            centre,
            f"/v1/agencies/{applied.json()['subject']}",
            [
                (Role.DIRECTOR, "removal", {"reason": "造假"}, "agency_not_admitted"),
                (Role.HANDLER, "admission", {}, None),
                (Role.HANDLER, "refusal", {"reason": "过期"}, "agency_already_answered"),
                (Role.DIRECTOR, "removal", {"reason": "造假"}, None),
            ],
        )
        events = (await centre.store.load(f"problem-{found.json()['subject']}")).events

    assert (walk.status_code, listed.status_code, ready.json()["version"]) == (201, 201, 2)
    assert tomorrow.json()["code"] == "issued_date_impossible"
    assert events[-1].data.model_dump(exclude_none=True)["walk_id"] == problem["walk_id"]
