"""Cases are found by what they are and whose they are, each with the deadline that comes next."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from services.metrics.handlers import cases as listing
from shared.contracts.intake.facts import ApplicationWithdrawn
from shared.runtime.ids import SeededIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer
from tests.support import way_of_a_case as way
from tests.support.examples import like_the_example
from tests.support.memory_api import reader_over
from tests.support.metrics_store import FACTS, Store, opened, received
from tests.support.organisations import BUREAU, COMMUNITY, INVENTED, MARKET, STREET

OF = {
    "XC20240902000001": STREET,
    "XC20240902000002": COMMUNITY,
    "XC20240903000001": STREET,
    "XC20240904000001": MARKET,
    "XC20240905000001": INVENTED,
}
SUPERVISOR = Bearer(Role.SUPERVISOR)


@dataclass
class Desk:
    """The API, and readers who ask it."""

    client: httpx2.AsyncClient
    issuer: LocalIssuer
    store: Store

    async def read(self, address: str, bearer: Bearer = SUPERVISOR) -> Any:  # noqa: ANN401 - JSON
        headers = {"authorization": f"Bearer {self.issuer.issue(bearer)}"}
        answer = await self.client.get(address, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def found(self, query: str, bearer: Bearer = SUPERVISOR) -> list[str]:
        page = await self.read(f"/v1/cases?{query}", bearer)
        return [line["case_no"] for line in page["items"]]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened("memory") as store:
        issuer = LocalIssuer.open(tmp_path, store.clock, SeededIds(1))
        transport = httpx2.ASGITransport(reader_over(store, tmp_path).web)
        async with httpx2.AsyncClient(transport=transport, base_url="http://metrics") as client:
            days = {key: f"{key[2:6]}-{key[6:8]}-{key[8:10]}" for key in OF}
            await store.fold(*(received(key, days[key], code) for key, code in OF.items()))
            yield Desk(client, issuer, store)


async def test_a_number_is_found_by_its_beginning(desk: Desk) -> None:
    assert await desk.found("begins=XC20240902") == ["XC20240902000002", "XC20240902000001"]
    assert await desk.found("begins=XC20240902000001") == ["XC20240902000001"]
    assert await desk.found("begins=XC2025") == []
    assert await desk.found("begins=") == sorted(OF, reverse=True)


async def test_no_more_is_gone_through_than_what_begins_like_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "SECTION_ROWS", 1)
    page = await desk.read("/v1/cases?begins=XC20240903&limit=5")

    assert [line["case_no"] for line in page["items"]] == ["XC20240903000001"]
    assert page["next_cursor"] is None


async def test_pages_of_a_beginning_follow_each_other(desk: Desk) -> None:
    first = await desk.read("/v1/cases?begins=XC20240902&limit=1")
    second = await desk.found(f"begins=XC20240902&limit=1&cursor={first['next_cursor']}")
    elsewhere = await desk.found(f"begins=XC20240902&cursor={await greatest_cursor(desk)}")

    assert second == ["XC20240902000001"]
    assert elsewhere == ["XC20240902000002", "XC20240902000001"]


async def greatest_cursor(desk: Desk) -> str:
    """Return the cursor behind the greatest number of all."""
    cursor: str = (await desk.read("/v1/cases?limit=1"))["next_cursor"]
    return cursor


async def test_an_organisations_cases_are_listed_to_who_sees_them(desk: Desk) -> None:
    streets = ["XC20240903000001", "XC20240902000001"]
    market = Bearer(Role.SUPERVISOR, MARKET)

    assert await desk.found(f"organisation={STREET}") == streets
    assert await desk.found(f"organisation={STREET}", Bearer(Role.SUPERVISOR, STREET)) == streets
    assert await desk.found(f"organisation={STREET}", market) == []
    assert await desk.found(f"organisation={INVENTED}") == ["XC20240905000001"]
    assert await desk.found("organisation=") == []


async def test_an_item_is_found_by_a_part_of_its_name_or_of_its_code(desk: Desk) -> None:
    name = (await desk.read("/v1/cases/XC20240902000001"))["item_name"]

    assert len(await desk.found(f"about={name[1:3]}")) == len(OF)
    assert len(await desk.found("about=116101020001")) == len(OF)
    assert await desk.found("about=nothing+of+that") == []


async def test_cases_are_narrowed_by_channel_and_by_whether_something_is_left_to_do(
    desk: Desk,
) -> None:
    channel = (await desk.read("/v1/cases/XC20240902000001"))["channel"]

    assert len(await desk.found(f"channel={channel}")) == len(OF)
    assert await desk.found("channel=HOTLINE") == []
    assert len(await desk.found("open=true")) == len(OF)
    assert await desk.found("open=false") == []
    assert await desk.found("open=true&phase=CLOSED") == []
    assert len(await desk.found("open=true&phase=SUBMITTED")) == len(OF)


async def test_a_case_is_listed_with_whose_it_is_and_what_comes_next(desk: Desk) -> None:
    (line,) = (await desk.read("/v1/cases?begins=XC20240902000001"))["items"]

    assert line["org_code"] == STREET
    assert line["org_name"].endswith("西一路街道便民服务中心")
    deadline = line["deadline"]
    assert (deadline["sla_id"], deadline["clock"], deadline["unit"]) == ("SLA-01", "INTAKE", "WD")
    assert deadline["name"] == {"zh-CN": "接收材料审核", "en": "intake decision"}
    assert deadline["due"] == line["due"]["INTAKE"]
    assert deadline["remaining"] < 0
    assert deadline["due_at"] > deadline["due"]


async def test_of_several_deadlines_the_first_is_told(desk: Desk) -> None:
    await desk.store.fold(*FACTS[:2])
    case = await desk.read(f"/v1/cases/{way.CASE}")

    assert set(case["due"]) > {"COMMITTED", "STATUTORY"}
    assert case["deadline"]["clock"] == "COMMITTED"
    assert case["deadline"]["due"] == case["due"]["COMMITTED"] < case["due"]["STATUTORY"]


async def test_a_deadline_that_stands_still_is_told_where_no_other_runs(desk: Desk) -> None:
    await desk.store.fold(*FACTS[:5])
    deadline = (await desk.read(f"/v1/cases/{way.CASE}"))["deadline"]

    assert (deadline["paused"], deadline["due"], deadline["due_at"]) == (True, None, None)


async def test_of_a_case_for_which_nothing_waits_no_deadline_is_told(desk: Desk) -> None:
    withdrawn = like_the_example(ApplicationWithdrawn, case_no=way.CASE)
    await desk.store.fold(FACTS[0], way.event(withdrawn, 2))

    assert (await desk.read(f"/v1/cases/{way.CASE}"))["deadline"] is None


async def test_organisations_are_listed_by_how_many_cases_are_open_in_them(desk: Desk) -> None:
    told = (await desk.read("/v1/organisations"))["items"]
    below = (await desk.read("/v1/organisations", Bearer(Role.HANDLER, STREET)))["items"]

    assert {(one["code"], one["open"]) for one in told} == {
        (STREET, 2),
        (COMMUNITY, 1),
        (MARKET, 1),
        (INVENTED, 1),
    }
    assert told[0]["code"] == STREET
    assert told[0]["name"]["zh-CN"].endswith("西一路街道便民服务中心")
    assert [one["name"] for one in told if one["code"] == INVENTED] == [None]
    assert [(one["code"], one["open"]) for one in below] == [(STREET, 2)]
    assert BUREAU not in {one["code"] for one in told}
