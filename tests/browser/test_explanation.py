"""A red card answers why: the sentence, the day strip, the same as a table, and its sources."""

import re
from contextlib import suppress

import pytest
from playwright.async_api import TimeoutError as NotFoundInTime
from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.support.pictures import (
    RED_ALERT,
    RED_CASE,
    SAVEABLE_CASE,
    forgotten_explanation,
    unending_explanation,
)
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

AGAIN_MS = 3_000

STRIP = {
    "2024-09-02": "start",
    "2024-09-03": "elapsed",
    "2024-09-05": "stopped",
    "2024-09-06": "stopped",
    "2024-09-07": "off",
    "2024-09-12": "elapsed",
    "2024-09-13": "upcoming",
    "2024-09-14": "upcoming",
    "2024-09-16": "off",
    "2024-09-19": "upcoming",
}


async def test_a_red_card_opens_its_explanation(open_page: OpenPage) -> None:
    today = await open_page()

    await today.red_card(RED_ALERT).click()

    drawer = today.drawer()
    await expect(drawer.get_by_role("heading", name="为什么是红牌")).to_be_visible()
    await expect(drawer).to_contain_text(f"{RED_CASE} · 公共场所卫生许可")
    await expect(drawer).to_contain_text("8月26日受理，第二日起算")
    await expect(today.day("2024-09-09")).to_have_class(re.compile("due"))
    await expect(today.day("2024-09-10")).to_have_attribute("data-fill", "late")
    await expect(today.day("2024-09-12")).to_contain_text("超期第 3 日")


async def test_the_strip_shows_each_day_as_what_it_is(open_page: OpenPage) -> None:
    today = await open_page(f"/#/cases/{SAVEABLE_CASE}")

    for date, fill in STRIP.items():
        await expect(today.day(date)).to_have_attribute("data-fill", fill)
    await expect(today.day("2024-09-14")).to_have_class(re.compile("make-up"))
    await expect(today.day("2024-09-19")).to_contain_text("计入，第 10 日")


async def test_hovering_a_day_tells_its_reason_its_law_and_its_event(open_page: OpenPage) -> None:
    today = await open_page(f"/#/cases/{SAVEABLE_CASE}")

    await today.day("2024-09-05").hover()

    told = today.part("read-out")
    await expect(told).to_contain_text("停表（检验）")
    await expect(told).to_contain_text("行政许可法 第四十五条")
    await expect(told).to_contain_text("evt-hold")


async def test_the_keyboard_goes_from_the_card_through_the_days_and_back(
    open_page: OpenPage,
) -> None:
    today = await open_page()
    keyboard = today.page.keyboard
    card = today.red_card(RED_ALERT).get_by_role("link")
    await card.focus()
    await keyboard.press("Enter")
    await expect(today.drawer()).to_contain_class("open")
    await today.has_focus_in(today.drawer())
    due = today.day("2024-09-09")
    await expect(due).to_have_attribute("tabindex", "0")
    await due.focus()

    await keyboard.press("ArrowRight")
    await expect(today.day("2024-09-10")).to_be_focused()
    await keyboard.press("Home")
    await expect(today.day("2024-08-26")).to_be_focused()
    await expect(today.part("read-out")).to_contain_text("起算依据日")
    await keyboard.press("Escape")

    await expect(today.drawer()).to_be_hidden()
    await expect(card).to_be_focused()


async def test_the_table_says_the_same_as_the_strip(open_page: OpenPage) -> None:
    today = await open_page(f"/#/cases/{SAVEABLE_CASE}")
    rows = today.matter().locator("tbody tr")

    await expect(rows).to_have_count(18)
    await expect(rows.nth(12)).to_contain_text("9月14日")
    await expect(rows.nth(12)).to_contain_text("调休上班日")
    await expect(rows.nth(14)).to_contain_text("中秋节")


async def test_a_long_stretch_past_the_limit_is_told_in_one_line(
    stage: Stage, open_page: OpenPage
) -> None:
    stage.documents[f"cases/{SAVEABLE_CASE}/clocks"] = {"items": [forgotten_explanation()]}
    today = await open_page(f"/#/cases/{SAVEABLE_CASE}")
    matter = today.matter()
    rows = matter.locator("tbody tr")

    told = "2023年10月2日 周一至8月25日 周日，连续 329 天均已超过时限"
    await expect(matter.get_by_role("group")).to_contain_text(told)
    await expect(rows.filter(has_text=told)).to_have_count(1)
    await expect(today.day("2024-02-01")).to_have_count(0)
    await expect(today.day("2024-09-12")).to_contain_text("今日")

    await matter.get_by_role("button", name="逐日显示").first.click()
    await expect(today.day("2024-02-01")).to_have_attribute("data-fill", "late")
    await expect(rows).to_have_count(382)


async def test_where_the_days_end_before_today_the_page_says_so(
    stage: Stage, open_page: OpenPage
) -> None:
    stage.documents[f"cases/{SAVEABLE_CASE}/clocks"] = {"items": [unending_explanation()]}

    today = await open_page(f"/#/cases/{SAVEABLE_CASE}")

    await expect(today.matter()).to_contain_text("2022年8月30日 周二以后不再逐日列出")


async def test_a_deadline_that_passed_without_a_card_is_not_called_in_time(
    stage: Stage, open_page: OpenPage
) -> None:
    stage.documents[f"cases/{SAVEABLE_CASE}/clocks"] = {"items": [forgotten_explanation()]}

    today = await open_page(f"/#/cases/{SAVEABLE_CASE}")

    await expect(today.matter()).to_contain_text("超期252 个工作日")
    await expect(today.matter()).not_to_contain_text("期内")


async def test_a_case_without_a_deadline_says_when_it_will_have_one(
    stage: Stage, open_page: OpenPage
) -> None:
    stage.documents[f"cases/{SAVEABLE_CASE}/clocks"] = {"items": []}

    today = await open_page(f"/#/cases/{SAVEABLE_CASE}")

    await expect(today.matter()).to_contain_text("这个办件还没有时限")
    await expect(today.matter()).to_contain_text("办件经过")


async def test_a_case_shows_its_history(open_page: OpenPage) -> None:
    today = await open_page(f"/#/cases/{SAVEABLE_CASE}")

    await expect(today.matter()).to_contain_text("食品经营许可")
    await expect(today.matter()).to_contain_text("审查中")
    await expect(today.matter()).to_contain_text("办件经过")
    await expect(today.matter().locator("ol li").nth(1)).to_contain_text("09-02 10:12")
    await expect(today.matter().locator("ol li").nth(1)).to_contain_text("受理")


async def test_the_sources_of_a_deadline_are_named(open_page: OpenPage) -> None:
    today = await open_page(f"/#/alerts/{RED_ALERT}")

    for source in ("SLA-04", "09-10 00:00", "38 毫秒", "evt-accepted"):
        await expect(today.drawer()).to_contain_text(source)


async def test_an_unknown_card_and_a_lost_answer_are_told_apart(
    stage: Stage, open_page: OpenPage
) -> None:
    today = await open_page("/#/alerts/0192a6f0-0000")
    await expect(today.drawer()).to_contain_text("没有找到这条预警")

    await today.page.route("**/v1/alerts/**", lambda route: route.abort())
    await today.page.goto(f"{stage.address}/#/alerts/{RED_ALERT}")
    await expect(today.drawer()).to_contain_text("没有读到依据")

    again = today.drawer().get_by_role("button", name="再读一次")
    async with today.page.expect_request("**/v1/alerts/**"):
        await again.click()

    await today.page.unroute("**/v1/alerts/**")
    # The page may have read it again by itself: then there is nothing to press.
    with suppress(NotFoundInTime):
        await again.click(timeout=AGAIN_MS)
    await expect(today.drawer()).to_contain_text("应于9月9日办结")


async def test_the_back_button_closes_the_explanation(open_page: OpenPage) -> None:
    today = await open_page()
    await today.red_card(RED_ALERT).click()
    await expect(today.drawer()).to_be_visible()

    await today.page.go_back()

    await expect(today.drawer()).to_be_hidden()


async def test_paper_carries_the_explanation_alone(open_page: OpenPage) -> None:
    today = await open_page(f"/#/alerts/{RED_ALERT}")
    await expect(today.drawer()).to_contain_text("逐日说明")

    await today.page.emulate_media(media="print")

    await expect(today.part("alerts")).to_be_hidden()
    await expect(today.drawer().get_by_role("button", name="打印")).to_be_hidden()
    await expect(today.drawer()).to_contain_text("应于9月9日办结")
