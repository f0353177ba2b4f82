"""The page "Plan": the year's goals and own targets, what each has come to, what is behind it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Locator, ViewportSize, expect

from services.metrics.domain.plan import PLAN
from services.metrics.handlers.kpis import FigureQuery, Kpis
from services.metrics.handlers.plan import PlanReadings
from shared.policy.rules import Editions
from tests.browser.conftest import OpenPage
from tests.support.figure_stories import STORIES
from tests.support.metrics_store import RULES, opened
from tests.support.pictures import SAVEABLE_CASE, document
from tests.support.plan_stories import PLANNED
from tests.support.report_stories import REPORTED
from tests.support.stage import Stage
from tests.support.today_page import PHONE, TodayPage
from tests.support.way_of_a_case import event

pytestmark = pytest.mark.asyncio(loop_scope="session")

TOLD = [
    *STORIES["a key project"],
    *PLANNED["two walks of one street"],
    *REPORTED["a target that is reached late"],
]
TARGET = "t1"
WALKED = "kpis/K21.1/cases"
WINDOWS: Mapping[str, ViewportSize] = {"desk": {"width": 1440, "height": 900}, "phone": PHONE}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def plan() -> dict[str, Any]:
    """Return the plan as the service tells it, of some facts of 2024."""
    async with opened("memory") as store:
        told = [
            event(fact.data, number).model_copy(update={"partitionkey": fact.partitionkey})
            for number, fact in enumerate(TOLD)
        ]
        await store.fold(*told)
        rules = Editions(RULES)
        readings = PlanReadings(Kpis(store.readings, rules, store.clock), rules, store.clock)
        return document(await readings.listed(FigureQuery(until=date(2024, 12, 30))))


@pytest.fixture(autouse=True)
def listings(stage: Stage, plan: dict[str, Any]) -> None:
    stage.documents["plan"] = plan
    line = {
        "case_no": SAVEABLE_CASE,
        "item_name": "食品经营许可",
        "open": True,
        "phase": "EXAMINING",
        "level": None,
        "due": {},
    }
    stage.documents[WALKED] = {"items": [line], "next_cursor": None}


def item(today: TodayPage, number: int) -> Locator:
    return today.page.locator(f'[data-item="{number}"]')


def figure(today: TodayPage, name: str) -> Locator:
    return today.page.locator(f'[data-figure="{name}"]')


async def test_the_head_leads_to_every_item_of_the_plan(open_page: OpenPage) -> None:
    today = await open_page()
    await today.page.get_by_role("link", name="计划", exact=True).click()

    await expect(today.page.locator("[data-item]")).to_have_count(len(PLAN))
    await expect(today.page.locator("main")).to_contain_text("2024-01-01 至 2024-12-30")
    await expect(item(today, 19)).to_contain_text("五进五送")
    await expect(item(today, 22)).to_contain_text("专业窗口服务队伍")
    await expect(today.page).to_have_title("计划 · casetrack")


async def test_a_count_that_falls_behind_says_so_with_its_pace(open_page: OpenPage) -> None:
    today = await open_page("/#/plan")
    cells = figure(today, "K04.1").locator("td")

    await expect(cells).to_have_text(["代办重点项目数 K04.1", "", "1", "≥ 15", "14.9", "■ 红牌"])
    await expect(item(today, 4).locator("tr.item")).to_contain_text("红牌")
    await expect(figure(today, "K21.1")).to_contain_text("1 / 2")


async def test_a_number_leads_to_the_cases_behind_it_and_back_to_the_plan(
    open_page: OpenPage, stage: Stage
) -> None:
    asked = stage.answer(WALKED, lambda _: stage.documents[WALKED])
    today = await open_page("/#/plan")
    await figure(today, "K21.1").get_by_role("link").click()

    drawer = today.page.locator(".figure-cases")
    await expect(drawer.get_by_role("heading")).to_contain_text("“六个一”完整率 50%")
    await expect(drawer.get_by_role("link", name=SAVEABLE_CASE)).to_be_visible()
    assert {name: asked[0][name] for name in ("from", "to")} == {
        "from": "2024-01-01",
        "to": "2024-12-30",
    }
    await today.page.keyboard.press("Escape")
    await expect(today.page).to_have_url(stage.address + "/#/plan")
    await expect(drawer).to_be_hidden()


async def test_a_number_can_be_linked_to_and_an_unknown_one_leads_to_the_plan(
    open_page: OpenPage, stage: Stage
) -> None:
    linked = await open_page("/#/plan/K21.1")
    await expect(linked.page.locator(".figure-cases").get_by_role("heading")).to_contain_text("50%")

    unknown = await open_page("/#/plan/K99.9")
    await expect(unknown.page).to_have_url(stage.address + "/#/plan")


async def test_a_plan_that_cannot_be_read_is_asked_for_again(
    open_page: OpenPage, stage: Stage, plan: dict[str, Any]
) -> None:
    del stage.documents["plan"]
    today = await open_page("/#/plan")
    await expect(today.page.get_by_role("alert")).to_contain_text("年度计划暂时无法读取")

    stage.documents["plan"] = plan
    await today.page.get_by_role("button", name="再读一次").click()

    await expect(item(today, 25)).to_be_visible()


def form(today: TodayPage, part: str = "report") -> Locator:
    return today.part(part)


async def opened_form(today: TodayPage) -> Locator:
    button = figure(today, "K22.1.micro_class").get_by_role("button", name="填报：业务“微课堂”次数")
    await button.click()
    await today.has_focus_in(form(today))
    return button


async def test_what_people_count_is_reported_on_the_page(
    open_page: OpenPage, stage: Stage, plan: dict[str, Any]
) -> None:
    stage.documents["plan"] = plan | {"reports": True}
    today = await open_page("/#/plan")
    await opened_form(today)
    await today.page.keyboard.type("1.5")
    await form(today).get_by_label("说明").fill("综合窗口")
    await today.page.keyboard.press("Enter")

    await expect(form(today).get_by_role("status")).to_contain_text("已填报")
    ((path, body, key),) = stage.commands
    assert path == "plan/reports"
    assert body == {
        "indicator": "K22.1",
        "part": "MICRO_CLASS",
        "quantity": "1.5",
        "day": "2024-12-30",
        "note": "综合窗口",
    }
    assert key


async def test_what_is_refused_is_told_in_the_form_and_what_is_missing_before_it_is_sent(
    open_page: OpenPage, stage: Stage, plan: dict[str, Any]
) -> None:
    stage.documents["plan"] = plan | {"reports": True}
    refused = {"title": "日期不合理", "detail": "尚未到来。", "field": "day", "code": "x"}
    stage.replies["plan/reports"] = (422, refused)
    today = await open_page("/#/plan")
    button = await opened_form(today)
    await form(today).get_by_role("button", name="填报", exact=True).click()
    assert stage.commands == []

    await form(today).get_by_label("数量").fill("2")
    await today.page.keyboard.press("Enter")
    await expect(form(today).get_by_role("alert")).to_contain_text("尚未到来")
    await today.page.keyboard.press("Escape")
    await expect(form(today)).to_be_hidden()
    await today.has_focus_in(button)
    await button.click()
    await expect(form(today).get_by_label("数量")).to_have_value("2")


async def test_nobody_is_offered_what_only_others_report(open_page: OpenPage) -> None:
    today = await open_page("/#/plan")

    await expect(figure(today, "K22.1.micro_class")).to_be_visible()
    await expect(today.page.get_by_role("button", name="填报")).to_have_count(0)


async def test_a_target_of_our_own_stands_below_the_figures_of_its_item(
    open_page: OpenPage,
) -> None:
    today = await open_page("/#/plan")
    cells = today.page.locator(f'[data-target="{TARGET}"] td')

    await expect(cells).to_have_text(
        [
            "大厅功能分区改造 2024-10-31 前",
            "2024-11-01 完成",
            "2 个节点",
            "≥ 2 个节点",
            "2 个节点",
            "",
        ]
    )
    await expect(figure(today, "K09.2")).to_contain_text("0 / 1")
    await expect(today.page.get_by_role("button", name="设定目标")).to_have_count(0)
    await expect(today.page.get_by_role("button", name="调整")).to_have_count(0)


async def test_a_target_is_set_on_the_page_of_an_item_of_which_people_report(
    open_page: OpenPage, stage: Stage, plan: dict[str, Any]
) -> None:
    stage.documents["plan"] = plan | {"sets_targets": True}
    today = await open_page("/#/plan")
    await expect(item(today, 4).get_by_role("button", name="设定目标")).to_have_count(0)
    await item(today, 9).get_by_role("button", name="设定目标：办公场所标准化").click()
    await today.has_focus_in(form(today, "target"))
    await today.page.keyboard.type("大厅导视标识更新")
    await form(today, "target").get_by_label("数值").fill("3")
    await today.page.keyboard.press("Enter")
    await expect(form(today, "target").get_by_role("alert")).to_contain_text("请填写：单位")
    assert stage.commands == []

    await form(today, "target").get_by_label("单位").fill("个节点")
    await form(today, "target").get_by_label("到期日").fill("2024-12-31")
    await form(today, "target").get_by_role("button", name="设定目标", exact=True).click()
    await expect(form(today, "target").get_by_role("status")).to_contain_text("已设定")
    ((path, body, _),) = stage.commands
    assert path == "plan/targets"
    assert body == {
        "plan_item": 9,
        "name": "大厅导视标识更新",
        "value": "3",
        "unit": "个节点",
        "due": "2024-12-31",
    }
    await form(today, "target").get_by_role("button", name="关闭").click()
    await today.has_focus_in(item(today, 9).get_by_role("button", name="设定目标"))


async def test_a_target_is_set_anew_from_what_it_was(
    open_page: OpenPage, stage: Stage, plan: dict[str, Any]
) -> None:
    stage.documents["plan"] = plan | {"sets_targets": True}
    today = await open_page("/#/plan")
    await today.page.get_by_role("button", name="调整目标：大厅功能分区改造").click()
    await expect(form(today, "target").get_by_label("到期日")).to_have_value("2024-10-31")
    await form(today, "target").get_by_label("数值").fill("4")
    await today.page.keyboard.press("Enter")

    await expect(form(today, "target").get_by_role("status")).to_contain_text("已设定")
    ((path, body, _),) = stage.commands
    assert path == f"plan/targets/{TARGET}/revisions"
    assert body == {
        "name": "大厅功能分区改造",
        "value": "4",
        "unit": "个节点",
        "due": "2024-10-31",
    }


async def test_a_report_may_name_the_target_that_it_brings_nearer(
    open_page: OpenPage, stage: Stage, plan: dict[str, Any]
) -> None:
    stage.documents["plan"] = plan | {"reports": True}
    today = await open_page("/#/plan")
    await figure(today, "K09.2.milestone").get_by_role("button", name="填报").click()
    await today.page.keyboard.type("1")
    await form(today).get_by_label("对应目标").select_option("大厅功能分区改造")
    await form(today).get_by_role("button", name="填报", exact=True).click()

    await expect(form(today).get_by_role("status")).to_contain_text("已填报")
    ((_, body, _),) = stage.commands
    assert body == {
        "indicator": "K09.2",
        "part": "MILESTONE",
        "quantity": "1",
        "day": "2024-12-30",
        "target_id": TARGET,
    }


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("device", WINDOWS)
async def test_everybody_can_use_it(
    open_page: OpenPage,
    stage: Stage,
    plan: dict[str, Any],
    language: str,
    theme: Literal["light", "dark"],
    device: str,
) -> None:
    stage.documents["plan"] = plan | {"reports": True, "sets_targets": True}
    today = await open_page("/#/plan", color_scheme=theme, viewport=WINDOWS[device])
    if language == "en":
        await today.speak_english()
    await expect(item(today, 25)).to_be_visible()
    await today.page.locator('[data-opens="K22.1.micro_class"]').click()
    await expect(form(today)).to_be_visible()
    await today.page.locator(f'[data-opens="{TARGET}"]').click()
    await expect(form(today, "target")).to_be_visible()

    assert await today.violations() == []
    await today.fits()
