"""The data set of orders (E-08): the standard's columns, for those who may read the orders."""

import csv
import io
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import httpx2
import pytest

from services.metrics.adapters.memory.readings import MemoryReadings
from services.metrics.api.order_sheet import COLUMNS
from services.metrics.api.sheet import harmless, sheet
from services.metrics.handlers.order_records import OrderRecords
from services.metrics.handlers.orders import OrderQuery, OrderReadings
from services.metrics.ports.readings import AlertExplained
from shared.policy.rules import Editions, shipped
from shared.policy.sla import bureau_policy
from shared.web.auth import Role
from tests.support.late_cases import OF_MARKET, Bureau, bureau_over
from tests.support.organisations import BUREAU, MARKET, STREET
from tests.support.way_of_a_case import RECEIVED

ITEM = RECEIVED.data.model_dump()["case"]["item_code"]
OF_THE_CARD = ("监察编号", "监察规则编号", "预警类型代码", "状态产生时间", "监察结果描述")


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with bureau_over(tmp_path) as made:
        yield made


def rows(answer: httpx2.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


async def ordered(bureau: Bureau, content: str = "请今日内说明原因并办结。", key: str = "") -> str:
    body = {"alert_id": bureau.card, "content": content}
    _, made = await bureau.order(body, key or "order-key-1")
    return str(made["subject"])


async def test_an_order_is_told_in_the_columns_of_the_standard(bureau: Bureau) -> None:
    await ordered(bureau)
    card = await bureau.shown()
    answer = await bureau.table("/v1/orders")
    (row,) = rows(answer)

    assert tuple(row) == COLUMNS
    assert list(row.values()) == [
        OF_MARKET,
        "请今日内说明原因并办结。",
        card["orders"][0]["org_name"],
        "",
        "20241009T080000",
        bureau.card,
        card["sla_id"],
        "RED",
        "20240910T000000",
        card["as_raised"]["sentence"]["zh-CN"],
        card["org_name"],
    ]
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["vary"] == "accept"
    assert "orders.csv" in answer.headers["content-disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")


async def test_who_does_not_ask_for_a_table_gets_the_list(bureau: Bureau) -> None:
    order = await ordered(bureau)
    status, listed = await bureau.ask("GET", "/v1/orders")

    assert (status, [one["order_id"] for one in listed["items"]]) == (200, [order])


async def test_an_order_without_a_card_has_nothing_in_the_columns_of_cards(bureau: Bureau) -> None:
    to_org = {"org_code": MARKET, "org_name": "西安市新城区市场监督管理局"}
    await bureau.order({"content": "请报送整改情况。", "to_org": to_org})
    (row,) = rows(await bureau.table("/v1/orders"))

    assert {row[name] for name in ("办件编号", "事项类型", *OF_THE_CARD)} == {""}
    assert row["机构名称"] == row["责任部门"] == to_org["org_name"]


async def test_the_table_has_the_orders_of_the_own_organisation_alone(bureau: Bureau) -> None:
    await ordered(bureau)
    told = {org: rows(await bureau.table("/v1/orders", org)) for org in (BUREAU, MARKET, STREET)}

    assert told[BUREAU] == told[MARKET] != []
    assert told[STREET] == []


async def test_a_card_that_the_reader_does_not_see_is_not_told_with_the_order(
    bureau: Bureau,
) -> None:
    to_org = {"org_code": STREET, "org_name": "胡家庙街道办事处"}
    await bureau.order({"alert_id": bureau.card, "content": "请协助。", "to_org": to_org})
    (own,) = rows(await bureau.table("/v1/orders", STREET))
    (all_of_it,) = rows(await bureau.table("/v1/orders"))

    assert {own[name] for name in OF_THE_CARD[1:]} == {""}
    assert own["责任部门"] == to_org["org_name"]
    assert all_of_it["预警类型代码"] == "RED"


async def test_nobody_gets_the_table_who_may_not_read_orders(bureau: Bureau) -> None:
    told = await bureau.ask("GET", "/v1/orders", role=Role.LAW_DESK)

    assert told == (403, "not_permitted")


async def test_a_long_table_comes_in_pages_each_with_its_head(bureau: Bureau) -> None:
    for number in range(3):
        await ordered(bureau, f"第{number}次督办", f"order-key-{number}")
    first = await bureau.table("/v1/orders?limit=2")
    second = await bureau.table(first.links["next"]["url"])
    every = [row["督办内容"] for page in (first, second) for row in rows(page)]

    assert sorted(every) == ["第0次督办", "第1次督办", "第2次督办"]
    assert "next" not in second.links


async def test_a_page_asks_for_all_its_cards_at_once(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Collection[str]] = []
    explained = MemoryReadings.explained

    async def counted(
        readings: MemoryReadings, alert_ids: Collection[str]
    ) -> Mapping[str, AlertExplained]:
        asked.append(alert_ids)
        return await explained(readings, alert_ids)

    monkeypatch.setattr(MemoryReadings, "explained", counted)
    for number in range(3):
        await ordered(bureau, f"第{number}次督办", f"order-key-{number}")
    asked.clear()
    told = rows(await bureau.table("/v1/orders"))

    assert [row["监察编号"] for row in told] == [bureau.card] * 3
    assert asked == [[bureau.card] * 3]


async def test_no_word_of_an_order_is_reckoned_out_by_a_spreadsheet(bureau: Bureau) -> None:
    await ordered(bureau, '=HYPERLINK("https://evil.example";"点此,查看")')
    answer = await bureau.table("/v1/orders")

    assert rows(answer)[0]["督办内容"] == '\'=HYPERLINK("https://evil.example";"点此,查看")'


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n说明", "  =1", "\uff1d1", "\uff0b1"]
)
def test_what_begins_like_a_formula_is_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "请说明。", "a=1", "1-2", "邮箱 a@b", "XC20240902000003"])
def test_what_is_text_stays_as_it_is(cell: str) -> None:
    assert harmless(cell) == cell


def test_a_cell_may_hold_lines_commas_and_quotes() -> None:
    told = sheet(("a", "b"), [("1,2", '引"号'), ("一\r\n二", None)]).decode("utf-8-sig")

    assert list(csv.reader(io.StringIO(told, newline=""))) == [
        ["a", "b"],
        ["1,2", '引"号'],
        ["一\r\n二", ""],
    ]


@pytest.mark.parametrize(
    ("guides", "expected"),
    [(None, None), ({ITEM: {"item_type": "01"}}, "01"), ({"116109999999": {}}, None)],
)
async def test_of_what_type_an_item_is_says_its_guide(
    bureau: Bureau, guides: Mapping[str, object] | None, expected: str | None
) -> None:
    await ordered(bureau)
    policies = ((date.min, bureau_policy().amended(guides=guides)),)
    store = bureau.store
    records = OrderRecords(
        OrderReadings(store.orders, store.clock),
        store.readings,
        Editions(replace(shipped(), policies=policies)),
    )
    found = await records.within(None).listed(OrderQuery(), None, 9)

    assert [one.item_type for one in found.items] == [expected]
