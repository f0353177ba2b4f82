"""The bureau's own targets over HTTP: set, set anew, given up, and brought nearer by reports."""

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from shared.web.auth import Role
from tests.support.late_cases import Bureau, bureau_over
from tests.support.organisations import BUREAU, MARKET, STREET, org

TARGETS, REPORTS = "/v1/plan/targets", "/v1/plan/reports"
HALL = {
    "plan_item": 9,
    "name": "大厅功能分区改造",
    "unit": "个节点",
    "value": 2,
    "due": "2024-12-31",
}
DONE = {"indicator": "K09.2", "part": "MILESTONE", "quantity": 1, "day": "2024-09-03"}
SAID = count()


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with bureau_over(tmp_path) as made:
        yield made


async def say(bureau: Bureau, address: str, body: object, **who: Any) -> tuple[int, Any]:  # noqa: ANN401 - handed on
    asked = {"key": f"what-is-aimed-at-{next(SAID)}", "role": Role.DIRECTOR, **who}
    return await bureau.ask("POST", address, body, **asked)


async def begun(bureau: Bureau, **changed: Any) -> str:  # noqa: ANN401 - words of a target
    """Set a target, and return its number."""
    _, told = await say(bureau, TARGETS, HALL | changed)
    return str(told["subject"])


async def fold(bureau: Bureau, *streams: str) -> None:
    for stream in streams:
        history = await bureau.store.words.load(stream)
        await bureau.store.fold(*history.events)


async def listed(bureau: Bureau, words: str = "to=2024-10-08", **who: Any) -> Any:  # noqa: ANN401 - any JSON
    _, told = await bureau.ask("GET", f"{TARGETS}?{words}", **who)
    return told["items"]


async def test_a_target_stands_with_its_item_and_with_what_is_reported_against_it(
    bureau: Bureau,
) -> None:
    status, told = await say(bureau, TARGETS, HALL)
    name = told["subject"]
    _, reported = await say(bureau, REPORTS, DONE | {"target_id": name})
    await fold(bureau, f"target-{name}", f"report-{reported['subject']}")
    _, item = await bureau.ask("GET", "/v1/plan/9?to=2024-10-08")
    _, plan = await bureau.ask("GET", "/v1/plan?to=2024-10-08", role=Role.DIRECTOR)
    _, reports = await bureau.ask("GET", f"{REPORTS}?from=2024-09-03&to=2024-09-03")

    assert (status, name[:2]) == (201, "MB")
    assert item["targets"] == [
        {
            "target": name,
            "item": 9,
            "name": "大厅功能分区改造",
            "unit": "个节点",
            "value": 2,
            "due": "2024-12-31",
            "reported": 1,
            "expected": 0,
            "reached_on": None,
            "level": None,
            "org_code": BUREAU,
        }
    ]
    assert plan["items"][9] == item
    assert [item["targets"] for item in plan["items"] if item["item"] != 9] == [[]] * 25
    assert await listed(bureau) == item["targets"]
    assert {one["kpi_id"]: one["value"] for one in item["figures"]}["K09.2.milestone"] == 1
    assert [one["target"] for one in reports["items"]] == [name]


async def test_a_target_is_judged_on_its_day_by_what_was_reported_until_then(
    bureau: Bureau,
) -> None:
    name = await begun(bureau, plan_item=8, value=1, due="2024-09-02")
    consulted = {"indicator": "K08.4", "part": "CONSULTATION", "target_id": name}
    _, reported = await say(bureau, REPORTS, DONE | consulted)
    await fold(bureau, f"target-{name}", f"report-{reported['subject']}")

    def of(plan: Any) -> tuple[Any, ...]:  # noqa: ANN401 - any JSON
        (target,) = plan["items"][8]["targets"]
        rate = next(one for one in plan["items"][0]["figures"] if one["kpi_id"] == "K00.1.all")
        return (
            plan["items"][8]["level"],
            *(target[word] for word in ("expected", "reported", "reached_on", "level")),
            (rate["numerator"], rate["denominator"]),
        )

    told = [of((await bureau.ask("GET", f"/v1/plan?to=2024-09-0{day}"))[1]) for day in (1, 2, 3)]

    assert told == [
        (None, 0, 0, None, None, (0, 0)),
        ("RED", 1, 0, None, "RED", (0, 1)),
        (None, 1, 1, "2024-09-03", None, (0, 1)),
    ]


async def test_a_target_is_set_anew_and_given_up(bureau: Bureau) -> None:
    name = await begun(bureau)
    revisions = f"{TARGETS}/{name}/revisions"
    _, first = await say(bureau, revisions, {"value": 6, "due": "2024-11-30"})
    await fold(bureau, f"target-{name}")
    revised = await listed(bureau)
    _, second = await say(bureau, revisions, {"value": 0})
    await fold(bureau, f"target-{name}")

    assert [first["version"], second["version"]] == [2, 3]
    assert [(one["value"], one["due"], one["name"]) for one in revised] == [
        (6, "2024-11-30", HALL["name"])
    ]
    assert await listed(bureau) == []


async def test_targets_are_those_of_a_year_due_last_first_and_page_by_page(bureau: Bureau) -> None:
    days = ("2024-06-30", "2025-01-01", "2024-12-31", "2024-03-31")
    for day in days:
        await fold(bureau, f"target-{await begun(bureau, due=day)}")
    _, first = await bureau.ask("GET", f"{TARGETS}?to=2024-10-08&limit=2")
    rest = await listed(bureau, f"to=2024-10-08&cursor={first['next_cursor']}")
    _, item = await bureau.ask("GET", "/v1/plan/9?to=2024-10-08")

    assert [one["due"] for one in (*first["items"], *rest)] == [
        "2024-12-31",
        "2024-06-30",
        "2024-03-31",
    ]
    assert [one["due"] for one in item["targets"]] == ["2024-03-31", "2024-06-30", "2024-12-31"]
    assert [one["due"] for one in await listed(bureau, "to=2025-01-01")] == ["2025-01-01"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"plan_item": 4}, "item_not_reported"),
        ({"plan_item": 26}, "item_not_reported"),
        ({"plan_item": -1}, "invalid_request"),
        ({"value": 0}, "invalid_request"),
        ({"value": 0.001}, "invalid_request"),
        ({"due": "1899-12-30"}, "invalid_request"),
        ({"name": ""}, "invalid_request"),
        ({"target_id": "XC20240902000017"}, "invalid_request"),
        ({"name": "11010519491231002X"}, "personal_data"),
    ],
)
async def test_what_cannot_be_aimed_at_is_declined(
    bureau: Bureau, changed: dict[str, Any], code: str
) -> None:
    assert await say(bureau, TARGETS, HALL | changed) == (422, code)


async def test_nobody_sets_anew_or_comes_nearer_to_what_was_never_set(bureau: Bureau) -> None:
    name = await begun(bureau)
    against = {"target_id": name, "indicator": "K22.1", "part": "MICRO_CLASS"}

    assert await say(bureau, f"{TARGETS}/MB-none/revisions", {"value": 1}) == (
        409,
        "target_unknown",
    )
    assert await say(bureau, REPORTS, DONE | {"target_id": "MB-none"}) == (422, "target_not_set")
    assert await say(bureau, REPORTS, DONE | against) == (422, "target_of_another")
    assert await say(
        bureau, REPORTS, DONE | {"target_id": name, "org": org(STREET).model_dump()}
    ) == (422, "target_of_another")


async def test_who_sets_targets_and_whose_are_seen(bureau: Bureau) -> None:
    own = await begun(bureau)
    of_street = await begun(bureau, org=org(STREET).model_dump())
    clerk = {"role": Role.WINDOW_CLERK, "org": STREET}
    revision = (f"{TARGETS}/{of_street}/revisions", {"value": 3})
    status, reported = await say(bureau, REPORTS, DONE | {"target_id": of_street}, **clerk)
    await fold(bureau, f"target-{own}", f"target-{of_street}", f"report-{reported['subject']}")

    assert status == 201
    assert await say(bureau, REPORTS, DONE | {"target_id": own}, **clerk) == (
        403,
        "organisation_is_another",
    )
    assert await say(bureau, TARGETS, HALL, role=Role.SUPERVISOR) == (403, "not_permitted")
    assert await say(bureau, *revision, org=MARKET) == (403, "organisation_is_another")
    assert [one["target"] for one in await listed(bureau, **clerk)] == [of_street]
    assert {one["target"] for one in await listed(bureau)} == {own, of_street}
    assert [one["reported"] for one in await listed(bureau, **clerk)] == [1]


@pytest.mark.parametrize(("role", "may"), [(Role.DIRECTOR, True), (Role.SUPERVISOR, False)])
async def test_the_plan_says_whether_its_reader_may_set_targets(
    bureau: Bureau, role: Role, *, may: bool
) -> None:
    _, plan = await bureau.ask("GET", "/v1/plan", role=role)

    assert plan["sets_targets"] is may
