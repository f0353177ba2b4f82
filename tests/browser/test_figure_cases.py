"""A click on a figure shows the cases behind it, page by page, and leads on to their reasons."""

from typing import Any, Literal

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.support.pictures import NOW, RED_ALERT, RED_CASE, SAVEABLE_CASE, picture
from tests.support.stage import Stage
from tests.support.today_page import PHONE

pytestmark = pytest.mark.asyncio(loop_scope="session")

NUMBERS = [f"XC2024091200{n:04}" for n in range(3)]


def case(number: str, **changes: object) -> dict[str, Any]:
    """Return one line of a list of cases."""
    line: dict[str, Any] = {
        "case_no": number,
        "item_name": "食品经营许可",
        "open": True,
        "phase": "EXAMINING",
        "level": None,
        "due": {"STATUTORY": "2024-09-30", "COMMITTED": "2024-09-12"},
    }
    return line | changes


def card() -> dict[str, Any]:
    """Return one line of a list of cards."""
    return {
        "alert_id": RED_ALERT,
        "case_no": RED_CASE,
        "item_name": "公共场所卫生许可",
        "level": "RED",
        "basis": "COMMITTED",
        "due": "2024-09-09",
    }


@pytest.fixture(autouse=True)
def listings(stage: Stage) -> None:
    stage.documents["cases"] = {"items": [case(SAVEABLE_CASE), case(NUMBERS[0], level="YELLOW")]}
    stage.documents["alerts"] = {"items": [card()]}


async def test_a_click_on_a_figure_lists_its_cases(open_page: OpenPage) -> None:
    today = await open_page()

    await today.tile("due_today").click()

    drawer = today.page.locator(".figure-cases")
    await expect(drawer.get_by_role("heading")).to_contain_text("今日到期 31")
    await expect(drawer.locator("tbody tr")).to_have_count(2)
    await expect(drawer.locator("tbody tr").first).to_contain_text("审查中")
    await expect(drawer.locator("tbody tr").first).to_contain_text("9月12日")


async def test_an_english_reader_gets_the_list_in_english(open_page: OpenPage) -> None:
    today = await open_page()
    await today.speak_english()

    await today.tile("due_today").click()

    drawer = today.page.locator(".figure-cases")
    await expect(drawer.get_by_role("heading")).to_contain_text("Due today 31")
    await expect(drawer.locator("tbody tr").first).to_contain_text("under examination")


async def test_the_list_goes_on_behind_its_cursor(stage: Stage, open_page: OpenPage) -> None:
    today = await open_page()
    pages: dict[str | None, dict[str, Any]] = {
        None: {"items": [case(NUMBERS[0])], "next_cursor": "second"},
        "second": {"items": [], "next_cursor": "third"},
        "third": {"items": [case(NUMBERS[1])]},
    }
    asked = stage.answer("kpis/L01/cases", lambda query: pages[query.get("cursor")])

    await today.tile("open").click()
    drawer = today.page.locator(".figure-cases")
    await drawer.get_by_role("button", name="再看一页").click()

    await expect(drawer.locator("tbody tr")).to_have_count(2)
    await expect(drawer.get_by_role("button", name="再看一页")).to_have_count(0)
    assert [query.get("cursor") for query in asked] == [None, "second", "third"]


async def test_todays_figure_asks_for_today_alone(stage: Stage, open_page: OpenPage) -> None:
    today = await open_page()
    asked = stage.answer("kpis/L03.received/cases", lambda _: {"items": []})

    await today.tile("received_today").click()

    drawer = today.page.locator(".figure-cases")
    await expect(drawer).to_contain_text("现在没有“今日收件”的办件")
    assert (asked[0]["from"], asked[0]["to"]) == ("2024-09-12", "2024-09-12")


async def test_the_keyboard_goes_from_a_figure_to_a_reason_and_back(open_page: OpenPage) -> None:
    today = await open_page()
    keyboard = today.page.keyboard
    tile = today.page.locator('[data-tile="red"] a')
    await tile.focus()
    await keyboard.press("Enter")
    cards = today.page.get_by_role("dialog", name="红牌 2 截至 10:42:07")
    await cards.get_by_role("link", name=RED_CASE).focus()

    await keyboard.press("Enter")
    await expect(today.drawer()).to_contain_text("应于9月9日办结")
    await keyboard.press("Escape")
    await expect(today.drawer()).to_be_hidden()
    await expect(cards.get_by_role("link", name=RED_CASE)).to_be_visible()
    await keyboard.press("Escape")

    await expect(cards).to_be_hidden()
    await expect(tile).to_be_focused()


async def test_a_list_that_is_not_answered_can_be_asked_again(
    stage: Stage, open_page: OpenPage
) -> None:
    listed = stage.documents.pop("cases")
    today = await open_page()
    await today.tile("due_today").click()
    drawer = today.page.locator(".figure-cases")
    await expect(drawer.get_by_role("alert")).to_contain_text("没有读到办件")

    stage.documents["cases"] = listed
    await drawer.get_by_role("button", name="再读一次").click()

    await expect(drawer.locator("tbody tr")).to_have_count(2)


async def test_the_head_counts_every_red_card_and_leads_to_those_not_shown(
    stage: Stage, open_page: OpenPage
) -> None:
    stage.snapshot = picture(now=NOW | {"red": 87})

    today = await open_page()

    await expect(today.part("red").locator(".count")).to_have_text("87")
    await today.part("red").get_by_role("link", name="查看全部 87 张").click()
    await expect(today.page.locator(".figure-cases")).to_contain_text("红牌 87")


async def test_a_case_without_a_deadline_is_not_called_in_time(
    stage: Stage, open_page: OpenPage
) -> None:
    stage.documents["cases"] = {"items": [case(NUMBERS[0]), case(NUMBERS[1], due={})]}
    today = await open_page()

    await today.tile("due_today").click()

    rows = today.page.locator(".figure-cases tbody tr")
    await expect(rows.first).to_contain_text("期内")
    await expect(rows.last).not_to_contain_text("期内")


async def test_a_date_of_another_year_names_its_year(stage: Stage, open_page: OpenPage) -> None:
    stage.documents["alerts"] = {"items": [card() | {"due": "2013-01-04"}]}
    today = await open_page()

    await today.tile("red").click()

    row = today.page.locator(".figure-cases tbody tr")
    await expect(row).to_contain_text("2013年1月4日 周五")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_a_phone_shows_the_list_without_scrolling_sideways(
    stage: Stage, open_page: OpenPage, language: str
) -> None:
    name = "Omgevingsvergunning（环境与建设许可，收件阶段）"
    stage.documents["alerts"] = {"items": [card() | {"due": "2013-01-04", "item_name": name}]}
    today = await open_page(viewport=PHONE)
    if language == "en":
        await today.speak_english()

    await today.tile("red").click()
    await expect(today.page.locator(".figure-cases tbody tr")).to_have_count(1)

    await today.fits()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_serious_in_the_list(
    open_page: OpenPage, language: str, theme: Literal["light", "dark"]
) -> None:
    today = await open_page(color_scheme=theme, reduced_motion="reduce")
    await today.is_live()
    if language == "en":
        await today.speak_english()

    await today.tile("due_today").click()
    await expect(today.page.locator(".figure-cases tbody tr")).to_have_count(2)

    assert await today.violations() == []
    await today.fits()
