"""What people report of the plan, over HTTP: by whom, for whom, corrected, and what is declined."""

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from shared.web.auth import Role
from tests.support.late_cases import BERT, Bureau, bureau_over
from tests.support.organisations import BUREAU, MARKET, STREET, org

REPORTS = "/v1/plan/reports"
CLASSES = {"indicator": "K22.1", "part": "MICRO_CLASS", "quantity": 1.5}
SAID = count()


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with bureau_over(tmp_path) as made:
        yield made


async def report(bureau: Bureau, body: object = CLASSES, **who: Any) -> tuple[int, Any]:  # noqa: ANN401 - handed on
    return await bureau.ask(
        "POST", REPORTS, body, **{"key": f"what-was-counted-{next(SAID)}", **who}
    )


async def correct(bureau: Bureau, number: str, body: object, **who: Any) -> tuple[int, Any]:  # noqa: ANN401 - handed on
    address = f"{REPORTS}/{number}/corrections"
    return await bureau.ask("POST", address, body, key=f"what-was-counted-{next(SAID)}", **who)


async def figure(bureau: Bureau, *reports: str, **who: Any) -> Any:  # noqa: ANN401 - any JSON
    """Fold what was said in *reports*, and return what the plan says of the classes then."""
    for name in reports:
        history = await bureau.store.words.load(f"report-{name}")
        await bureau.store.fold(*history.events)
    _, item = await bureau.ask("GET", "/v1/plan/22", **who)
    return next(one for one in item["figures"] if one["kpi_id"] == "K22.1.micro_class")


async def test_a_report_counts_for_its_figure_on_its_day_and_for_its_organisation(
    bureau: Bureau,
) -> None:
    today = bureau.store.clock.now().date()
    status, told = await report(bureau, CLASSES | {"note": "综合窗口", "evidence": []})
    own = await report(
        bureau,
        CLASSES | {"quantity": 2, "day": f"{today - timedelta(days=1)}"},
        role=Role.WINDOW_CLERK,
        org=STREET,
    )
    names = [told["subject"], own[1]["subject"]]

    assert (status, own[0]) == (201, 201)
    assert names[0].startswith("JD")
    shown = await figure(bureau, *names)
    assert (shown["value"], shown["numerator"], shown["target"]["yearly"]) == (3.5, 350, True)
    assert (await figure(bureau, role=Role.WINDOW_CLERK, org=STREET))["value"] == 2
    assert (await figure(bureau, role=Role.WINDOW_CLERK, org=MARKET))["value"] == 0


async def test_a_correction_takes_the_place_of_what_was_wrong(bureau: Bureau) -> None:
    _, told = await report(bureau)
    name = told["subject"]
    first = await correct(bureau, name, {"quantity": 4})
    second = await correct(bureau, name, {"quantity": 0.25, "note": "误记"}, name=BERT)
    history = await bureau.store.words.load(f"report-{name}")
    said = [event.data.model_dump(mode="json") for event in history.events]

    assert (first[1]["version"], second[1]["version"]) == (2, 3)
    assert (await figure(bureau, name))["value"] == 0.25
    assert {one["indicator"] for one in said} == {"K22.1"}
    assert [one["corrects"] for one in said] == [None, name, name]
    assert len({one["report_id"] for one in said}) == 3


async def test_what_was_reported_is_listed_as_corrected_and_page_by_page(bureau: Bureau) -> None:
    names = []
    for day in ("2024-09-02", "2024-09-04", "2024-09-03"):
        _, told = await report(bureau, CLASSES | {"day": day, "org": org(STREET).model_dump()})
        names.append(told["subject"])
    await correct(bureau, names[0], {"quantity": 7})
    await figure(bureau, *names)
    days = "from=2024-09-01&to=2024-09-30"
    _, first = await bureau.ask("GET", f"{REPORTS}?{days}&limit=2")
    _, second = await bureau.ask("GET", f"{REPORTS}?{days}&cursor={first['next_cursor']}")
    _, others = await bureau.ask("GET", f"{REPORTS}?{days}", role=Role.WINDOW_CLERK, org=MARKET)

    assert [one["report"] for one in first["items"]] == [names[1], names[2]]
    assert second["items"] == [
        {
            "report": names[0],
            "indicator": "K22.1",
            "part": "MICRO_CLASS",
            "quantity": 7,
            "on": "2024-09-02",
            "org_code": STREET,
            "target": None,
        }
    ]
    assert (second["next_cursor"], others["items"]) == (None, [])


async def test_the_same_report_sent_twice_is_one(bureau: Bureau) -> None:
    first = await report(bureau, key="the-first-micro-class")
    again = await report(bureau, key="the-first-micro-class")

    assert first == again
    assert (await figure(bureau, first[1]["subject"]))["value"] == 1.5


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"indicator": "K23.2"}, 422, "indicator_not_reported"),
        ({"part": "SINGING"}, 422, "part_unknown"),
        ({"day": "2098-01-01"}, 422, "report_day_impossible"),
        ({"day": "1899-12-30"}, 422, "invalid_request"),
        ({"quantity": -1}, 422, "invalid_request"),
        ({"quantity": 0.001}, 422, "invalid_request"),
        ({"quantity": 1e300}, 422, "invalid_request"),
        ({"quantity": "many"}, 422, "invalid_request"),
        ({"report": "XC20240902000017"}, 422, "invalid_request"),
        ({"note": "本人身份证 11010519491231002X"}, 422, "personal_data"),
    ],
)
async def test_what_cannot_be_is_declined(
    bureau: Bureau, changed: dict[str, Any], status: int, code: str
) -> None:
    assert await report(bureau, CLASSES | changed) == (status, code)


async def test_nobody_corrects_what_was_not_reported_or_is_to_come(bureau: Bureau) -> None:
    _, told = await report(bureau)

    assert await correct(bureau, "JD-none", {"quantity": 1}) == (409, "report_unknown")
    assert await correct(bureau, told["subject"], {"quantity": 1, "day": "2098-01-01"}) == (
        422,
        "report_day_impossible",
    )


async def test_who_reports_for_whom(bureau: Bureau) -> None:
    of_street = CLASSES | {"org": org(STREET).model_dump()}
    _, told = await report(bureau, of_street)
    name = told["subject"]
    clerk = {"role": Role.WINDOW_CLERK}

    assert await report(bureau, of_street, org=MARKET, **clerk) == (403, "organisation_is_another")
    assert (await report(bureau, of_street, org=STREET, **clerk))[0] == 201
    assert await correct(bureau, name, {"quantity": 2}, org=MARKET, **clerk) == (
        403,
        "organisation_is_another",
    )
    assert (await correct(bureau, name, {"quantity": 2}, org=BUREAU))[0] == 201
    assert await report(bureau, role=Role.AUDITOR) == (403, "not_permitted")


@pytest.mark.parametrize(
    ("role", "may"), [(Role.SUPERVISOR, True), (Role.WINDOW_CLERK, True), (Role.AUDITOR, False)]
)
async def test_the_plan_says_what_people_count_and_whether_its_reader_may_report(
    bureau: Bureau, role: Role, *, may: bool
) -> None:
    _, plan = await bureau.ask("GET", "/v1/plan", role=role)
    told = {one["kpi_id"]: one["counted_as"] for item in plan["items"] for one in item["figures"]}

    assert plan["reports"] is may
    assert told["K22.1.micro_class"] == {"indicator": "K22.1", "part": "MICRO_CLASS"}
    assert (told["K23.3"], told["K23.2"]) == (None, None)
