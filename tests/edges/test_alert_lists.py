"""Cards are listed by what is looked for, in either order, and say what can be done about them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from shared.runtime.ids import SeededIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer
from tests.support.memory_api import reader_over
from tests.support.metrics_store import opened, received
from tests.support.organisations import BUREAU, COMMUNITY, FOOD, MARKET, STREET

pytestmark = pytest.mark.asyncio(loop_scope="module")

OF = {"XC1": STREET, "XC2": COMMUNITY, "XC21": MARKET, "XD4": FOOD, "XC5": BUREAU, "XC6": STREET}
"""Receipts of one day after the other, that nobody has accepted: a red card each."""
SUPERVISOR = Bearer(Role.SUPERVISOR)


@dataclass
class Office:
    """The API over six red cards."""

    client: httpx2.AsyncClient
    issuer: LocalIssuer

    async def ask(self, address: str, bearer: Bearer = SUPERVISOR) -> httpx2.Response:
        headers = {"authorization": f"Bearer {self.issuer.issue(bearer)}"}
        return await self.client.get(address, headers=headers)

    async def read(self, address: str, bearer: Bearer = SUPERVISOR) -> Any:  # noqa: ANN401 - any JSON
        answer = await self.ask(address, bearer)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def cases(self, query: str = "", bearer: Bearer = SUPERVISOR) -> list[str]:
        return [
            line["case_no"] for line in (await self.read(f"/v1/alerts{query}", bearer))["items"]
        ]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    folder: Path = tmp_path_factory.mktemp("keys")
    async with opened("memory") as store:
        issuer = LocalIssuer.open(folder, store.clock, SeededIds(1))
        transport = httpx2.ASGITransport(reader_over(store, folder).web)
        async with httpx2.AsyncClient(transport=transport, base_url="http://metrics") as client:
            await store.fold(
                *(
                    received(no, f"2024-09-{day:02}", code)
                    for day, (no, code) in enumerate(OF.items(), 2)
                )
            )
            await store.tick()
            yield Office(client, issuer)


async def test_the_newest_come_first_unless_those_that_are_due_first_are_asked_for(
    office: Office,
) -> None:
    newest = await office.read("/v1/alerts?level=RED")
    due = await office.read("/v1/alerts?level=RED&sort=DUE")
    raised = [line["raised_at"] for line in newest["items"]]
    days = [line["due"] for line in due["items"]]

    assert raised == sorted(raised, reverse=True)
    assert days == sorted(days)
    assert raised != [line["raised_at"] for line in due["items"]]


@pytest.mark.parametrize("sort", ["NEWEST", "DUE"])
async def test_a_cursor_goes_on_in_its_own_order_and_in_no_other(office: Office, sort: str) -> None:
    whole = (await office.read(f"/v1/alerts?sort={sort}"))["items"]
    seen: list[Any] = []
    address, cursor = f"/v1/alerts?sort={sort}&limit=2", ""
    while address:
        page = await office.read(address)
        seen += page["items"]
        cursor = page["next_cursor"] or cursor
        address = f"/v1/alerts?sort={sort}&limit=2&cursor={cursor}" if page["next_cursor"] else ""
    other = "DUE" if sort == "NEWEST" else "NEWEST"
    refused = await office.ask(f"/v1/alerts?sort={other}&cursor={cursor}")

    assert seen == whole
    assert (refused.status_code, refused.json()["code"]) == (422, "cursor_invalid")


async def test_a_case_is_found_by_how_its_number_begins(office: Office) -> None:
    assert set(await office.cases("?begins=XC2")) == {"XC2", "XC21"}
    assert await office.cases("?begins=XD4") == ["XD4"]
    assert await office.cases("?begins=C2") == []
    assert await office.cases("?begins=%25") == []


async def test_cards_are_narrowed_to_an_organisation_a_limit_and_days(office: Office) -> None:
    lines = (await office.read("/v1/alerts?sort=DUE"))["items"]
    first, last = lines[0]["due"], lines[-1]["due"]

    assert set(await office.cases(f"?organisation={STREET}")) == {"XC1", "XC6"}
    assert await office.cases("?sla=SLA-04") == []
    assert set(await office.cases("?sla=SLA-01")) == set(OF)
    assert await office.cases(f"?due_to={first}") == [lines[0]["case_no"]]
    assert lines[0]["case_no"] not in await office.cases(f"?due_from={lines[1]['due']}")
    assert await office.cases(f"?due_from={last}&due_to={first}") == []


async def test_nobody_finds_the_cards_of_others_whatever_is_asked(office: Office) -> None:
    at_the_street = Bearer(Role.SUPERVISOR, STREET)

    assert set(await office.cases("?sort=DUE", at_the_street)) == {"XC1", "XC2", "XC6"}
    assert await office.cases(f"?organisation={MARKET}", at_the_street) == []
    assert await office.cases("?begins=XD", at_the_street) == []


async def test_a_line_says_what_is_late_whose_it_is_and_by_how_much(office: Office) -> None:
    (line,) = (await office.read("/v1/alerts?case_no=XC1"))["items"]

    assert line["name"] == {"zh-CN": "接收材料审核", "en": "intake decision"}
    assert line["org_code"] == STREET
    assert line["org_name"] == "西安市新城区西一路街道便民服务中心"
    assert (line["unit"], line["paused"]) == ("WD", False)
    assert line["remaining"] < 0


async def test_cards_are_counted_by_limit_and_by_organisation(office: Office) -> None:
    groups = await office.read("/v1/alerts/groups")
    own = await office.read("/v1/alerts/groups", Bearer(Role.SUPERVISOR, STREET))

    assert [(one["code"], one["levels"]) for one in groups["rules"]] == [("SLA-01", {"RED": 6})]
    assert groups["rules"][0]["name"]["en"] == "intake decision"
    assert groups["organisations"][0] == {
        "code": STREET,
        "name": dict.fromkeys(("zh-CN", "en"), "西安市新城区西一路街道便民服务中心"),
        "levels": {"RED": 2},
    }
    assert {one["code"] for one in own["organisations"]} == {STREET, COMMUNITY}


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        (Role.SUPERVISOR, ["ACKNOWLEDGE", "ESCALATE", "ORDER", "REVOKE"]),
        (Role.DIRECTOR, ["ACKNOWLEDGE", "ESCALATE", "ORDER", "REVOKE"]),
        (Role.AUDITOR, []),
        (Role.WINDOW_CLERK, ["ACKNOWLEDGE"]),
    ],
)
async def test_a_card_says_what_its_reader_can_do_about_it(
    office: Office, role: Role, actions: list[str]
) -> None:
    (line,) = (await office.read("/v1/alerts?case_no=XC5", Bearer(role)))["items"]
    card = await office.read(f"/v1/alerts/{line['alert_id']}", Bearer(role))

    assert line["actions"] == card["actions"] == actions


async def test_what_was_done_cannot_be_done_again(office: Office) -> None:
    (line,) = (await office.read("/v1/alerts?case_no=XC6"))["items"]
    headers = {"authorization": f"Bearer {office.issuer.issue(SUPERVISOR)}"}
    await office.client.post(f"/v1/alerts/{line['alert_id']}/acknowledge", headers=headers)

    (after,) = (await office.read("/v1/alerts?case_no=XC6"))["items"]

    assert (after["state"], after["actions"]) == ("ACKNOWLEDGED", ["ORDER", "REVOKE"])
