"""The page "Alerts": narrowed, sorted, walked by keyboard, opened into reasons, and acted upon."""

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import quote

import pytest
from playwright.async_api import Locator, Page, ViewportSize, expect

from tests.browser.conftest import OpenPage
from tests.support.eventually import eventually
from tests.support.pictures import (
    RED_ALERT,
    RED_CASE,
    alert_line,
    card_groups,
    case_head,
    fact,
    red_explanation,
)
from tests.support.stage import Stage
from tests.support.today_page import PHONE, TodayPage

pytestmark = pytest.mark.asyncio(loop_scope="session")

DESK: ViewportSize = {"width": 1440, "height": 900}
NARROWEST: ViewportSize = {"width": 360, "height": 740}
LINES = [alert_line(place) for place in range(12)]
ACKNOWLEDGE = f"alerts/{RED_ALERT}/acknowledge"
WORDS = "已与承办科室核实，今日内办结"


@pytest.fixture(autouse=True)
def listings(stage: Stage) -> None:
    stage.documents["alerts"] = {"items": LINES, "next_cursor": None}
    stage.documents["alerts/groups"] = card_groups()


def rows(today: TodayPage) -> Locator:
    return today.part("alerts").locator("tbody tr")


def link_of(today: TodayPage, place: int) -> Locator:
    return rows(today).nth(place).get_by_role("link")


def chosen(page: Page, name: str) -> Locator:
    return page.locator(f'[data-filter="{name}"]')


async def news(stage: Stage, case_no: str = RED_CASE) -> None:
    """Let the stream say that something about a card has been recorded."""
    told = fact("supervision.alert.acknowledged", "10:42:30", case_no, "公共场所卫生许可")
    await stage.send("delta", {"latest": [told, *stage.snapshot["latest"]]})


async def test_the_head_leads_from_the_day_to_the_alerts_and_back(open_page: OpenPage) -> None:
    today = await open_page()
    await today.page.get_by_role("link", name="预警", exact=True).click()

    await expect(rows(today)).to_have_count(12)
    await expect(today.page).to_have_title("预警 · casetrack")
    await expect(today.page.locator('[data-page="alerts"]')).to_have_attribute(
        "aria-current", "page"
    )
    await today.page.go_back()
    await expect(today.part("late-next")).to_be_visible()


async def test_a_line_says_what_is_late_whose_it_is_and_how_it_stands(open_page: OpenPage) -> None:
    today = await open_page("/#/alerts")

    first = rows(today).first
    for words in (
        *("红牌", RED_CASE, "承诺审批时限", "西一路街道便民服务中心"),
        *("9月9日 周一", "超期 3 个工作日", "未签收", "09-10 00:00"),
    ):
        await expect(first).to_contain_text(words)
    await expect(rows(today).nth(1)).to_contain_text("剩 1 个工作日")


async def test_what_narrows_the_list_is_asked_of_the_service_and_stands_in_the_address(
    stage: Stage, open_page: OpenPage
) -> None:
    asked = stage.answer("alerts", lambda _: {"items": LINES[:1], "next_cursor": None})
    today = await open_page("/#/alerts")
    page = today.page
    await expect(rows(today)).to_have_count(1)

    await chosen(page, "level").select_option("RED")
    await chosen(page, "standing").select_option("unanswered")
    await chosen(page, "sla").select_option("SLA-04")
    await chosen(page, "organisation").select_option("11610102MB1000050T")
    await chosen(page, "due_from").fill("2024-09-01")
    await chosen(page, "due_to").fill("2024-09-30")
    await chosen(page, "begins").fill(" XC2024 ")
    await chosen(page, "sort").select_option("DUE")
    wanted = {
        "level": "RED",
        "state": "",
        "sla": "SLA-04",
        "organisation": "11610102MB1000050T",
        "due_from": "2024-09-01",
        "due_to": "2024-09-30",
        "begins": "XC2024",
        "sort": "DUE",
        "limit": "50",
    }
    # What is written is asked a moment after what is chosen.
    await eventually(lambda: dict(asked[-1]) | {"state": ""} == wanted)

    assert asked[-1].getlist("state") == ["RAISED", "ESCALATED"]  # type: ignore[attr-defined]  # Starlette's
    await page.reload()
    await expect(chosen(page, "begins")).to_have_value("XC2024")
    await expect(chosen(page, "level")).to_have_value("RED")
    await page.get_by_role("button", name="取消筛选").click()
    await expect(chosen(page, "level")).to_have_value("")
    await expect(page).to_have_url(f"{stage.address}/#/alerts")


async def test_cards_whose_organisation_nobody_has_named_can_be_asked_for(
    stage: Stage, open_page: OpenPage
) -> None:
    asked = stage.answer("alerts", lambda _: {"items": [], "next_cursor": None})
    today = await open_page("/#/alerts")

    await chosen(today.page, "organisation").select_option(label="未写明机构（1）")

    await expect(today.part("alerts")).to_contain_text("没有符合条件的预警")
    await eventually(lambda: asked[-1].get("organisation") == "")


async def test_nonsense_in_an_address_narrows_nothing(stage: Stage, open_page: OpenPage) -> None:
    asked = stage.answer("alerts", lambda _: {"items": LINES, "next_cursor": None})

    today = await open_page("/#/alerts?level=BLUE&standing=x&due_from=soon&sort=UP&case=%E4")

    await expect(rows(today)).to_have_count(12)
    assert dict(asked[0]) == {"sort": "NEWEST", "limit": "50"}


async def test_a_quiet_bureau_is_told_what_would_appear_here(
    stage: Stage, open_page: OpenPage
) -> None:
    stage.documents["alerts"] = {"items": [], "next_cursor": None}

    today = await open_page("/#/alerts")

    await expect(today.part("alerts")).to_contain_text("没有未解除的预警")


async def test_the_list_goes_on_behind_its_cursor_where_the_keyboard_was(
    stage: Stage, open_page: OpenPage
) -> None:
    pages: Mapping[str | None, Any] = {
        None: {"items": LINES[:6], "next_cursor": "second"},
        "second": {"items": LINES[6:], "next_cursor": None},
    }
    asked = stage.answer("alerts", lambda query: pages[query.get("cursor")])
    today = await open_page("/#/alerts")
    await expect(today.part("alerts").locator(".count")).to_have_text("6+")

    await today.page.get_by_role("button", name="再看一页").press("Enter")

    await expect(rows(today)).to_have_count(12)
    await expect(link_of(today, 6)).to_be_focused()
    assert [query.get("cursor") for query in asked] == [None, "second"]


async def test_a_list_that_is_not_answered_can_be_asked_again(
    stage: Stage, open_page: OpenPage
) -> None:
    listed = stage.documents.pop("alerts")
    today = await open_page("/#/alerts")
    await expect(today.part("alerts").get_by_role("alert")).to_contain_text("没有读到预警")

    stage.documents["alerts"] = listed
    await today.page.get_by_role("button", name="再读一次").click()

    await expect(rows(today)).to_have_count(12)


async def test_the_keyboard_walks_the_list_opens_a_reason_and_comes_back(
    open_page: OpenPage,
) -> None:
    today = await open_page("/#/alerts")
    keyboard = today.page.keyboard
    await expect(rows(today)).to_have_count(12)

    await keyboard.press("j")
    await expect(link_of(today, 0)).to_be_focused()
    for key, place in (("j", 1), ("ArrowDown", 2), ("k", 1), ("ArrowUp", 0), ("k", 0), ("End", 11)):
        await keyboard.press(key)
        await expect(link_of(today, place)).to_be_focused()
    await keyboard.press("Home")
    await keyboard.press("Enter")
    await expect(today.drawer()).to_contain_text("为什么是红牌")
    await expect(today.drawer()).to_contain_text("8月26日受理，第二日起算")
    await keyboard.press("Escape")

    await expect(today.drawer()).to_be_hidden()
    await expect(link_of(today, 0)).to_be_focused()


async def test_a_card_is_acknowledged_with_a_note_by_keyboard_alone(
    stage: Stage, open_page: OpenPage
) -> None:
    today = await open_page("/#/alerts")
    keyboard = today.page.keyboard
    await expect(rows(today)).to_have_count(12)
    await keyboard.press("j")
    await keyboard.press("a")
    note = today.part("acting").get_by_label("说明")
    await expect(note).to_be_focused()

    await keyboard.type(WORDS)
    await keyboard.press("Control+Enter")
    await expect(today.part("acting").get_by_role("status")).to_be_focused()

    ((path, body, key),) = stage.commands
    assert (path, body) == (ACKNOWLEDGE, {"note": WORDS})
    assert len(key) >= 16
    # Told, and yet the row is as the service last said: nothing is foreseen.
    await expect(rows(today).first).to_contain_text("未签收")
    seen = {"state": "ACKNOWLEDGED", "actions": []}
    stage.documents["alerts"] = {"items": [alert_line(0, **seen), *LINES[1:]], "next_cursor": None}
    stage.documents[f"alerts/{RED_ALERT}"] = red_explanation() | seen
    await news(stage)
    await expect(rows(today).first).to_contain_text("已签收")
    await expect(today.part("card")).to_contain_text("已签收")
    await keyboard.press("Escape")
    await expect(link_of(today, 0)).to_be_focused()


async def test_what_was_written_is_kept_where_it_was_not_recorded(
    stage: Stage, open_page: OpenPage
) -> None:
    refusal = {
        "title": "无需签收",
        "detail": "该预警已解除或已撤销。",
        "code": "alert_not_standing",
    }
    stage.replies[ACKNOWLEDGE] = (409, refusal)
    today = await open_page("/#/alerts")
    keyboard = today.page.keyboard
    await expect(rows(today)).to_have_count(12)
    await keyboard.press("j")
    await keyboard.press("a")
    await expect(today.part("acting").get_by_label("说明")).to_be_focused()
    await keyboard.type(WORDS)
    await keyboard.press("Control+Enter")

    await expect(today.part("acting").get_by_role("alert")).to_contain_text("该预警已解除或已撤销")
    await expect(today.part("acting").get_by_role("alert")).to_be_focused()
    await keyboard.press("Escape")
    await expect(today.drawer()).to_be_visible()
    await expect(today.part("acting").get_by_role("button")).to_be_focused()
    await keyboard.press("Escape")
    await expect(today.drawer()).to_be_hidden()
    await keyboard.press("a")

    await expect(today.part("acting").get_by_label("说明")).to_have_value(WORDS)


async def test_a_command_that_got_no_answer_is_sent_again_as_the_same_one(
    stage: Stage, open_page: OpenPage
) -> None:
    stage.replies[ACKNOWLEDGE] = (503, {"title": "暂时无法答复", "detail": "请稍后重试。"})
    today = await open_page("/#/alerts")
    await expect(rows(today)).to_have_count(12)
    await today.page.keyboard.press("j")
    await today.page.keyboard.press("a")
    send = today.part("acting").get_by_role("button", name="签收", exact=True)
    await send.click()
    await expect(today.part("acting").get_by_role("alert")).to_contain_text("暂时无法答复")
    stage.replies.clear()

    await send.click()

    await expect(today.part("acting").get_by_role("status")).to_contain_text("已签收")
    (_, _, first), (_, _, second) = stage.commands
    assert first == second


async def test_only_what_may_be_done_is_offered(stage: Stage, open_page: OpenPage) -> None:
    stage.documents["alerts"] = {"items": [alert_line(0, actions=[])], "next_cursor": None}
    stage.documents[f"alerts/{RED_ALERT}"] = red_explanation() | {"actions": []}
    today = await open_page("/#/alerts")
    await expect(rows(today)).to_have_count(1)

    await today.page.keyboard.press("j")
    await today.page.keyboard.press("a")
    await expect(today.drawer()).to_be_hidden()
    await today.page.keyboard.press("Enter")

    await expect(today.drawer()).to_contain_text("为什么是红牌")
    await expect(today.part("acting")).to_have_count(0)


async def test_letters_that_are_written_are_no_commands(open_page: OpenPage) -> None:
    today = await open_page("/#/alerts")
    await expect(rows(today)).to_have_count(12)

    await chosen(today.page, "begins").press_sequentially("jakem/")

    await expect(chosen(today.page, "begins")).to_have_value("jakem/")
    await expect(chosen(today.page, "begins")).to_be_focused()


async def test_a_new_card_waits_while_the_reader_is_in_the_list(
    stage: Stage, open_page: OpenPage
) -> None:
    today = await open_page("/#/alerts")
    await expect(rows(today)).to_have_count(12)
    await today.page.keyboard.press("j")

    stage.documents["alerts"] = {"items": [alert_line(40), *LINES], "next_cursor": None}
    await news(stage, "XC20240912000001")

    button = today.part("alerts").get_by_role("button", name="1 条新消息")
    await expect(button).to_be_visible()
    await expect(link_of(today, 0)).to_be_focused()
    await button.click()
    await expect(rows(today)).to_have_count(13)


async def test_the_matter_of_a_card_is_one_key_away_and_so_is_the_way_back(
    stage: Stage, open_page: OpenPage
) -> None:
    stage.documents[f"cases/{RED_CASE}"] = case_head() | {"case_no": RED_CASE}
    stage.documents[f"cases/{RED_CASE}/clocks"] = {"items": [red_explanation()]}
    stage.documents[f"cases/{RED_CASE}/timeline"] = {"items": []}
    today = await open_page(f"/#/alerts?begins={quote('XC')}")
    await expect(rows(today)).to_have_count(12)
    await today.page.keyboard.press("j")

    await today.page.keyboard.press("m")
    await expect(today.page.get_by_role("heading", name=RED_CASE)).to_be_focused()
    await today.page.keyboard.press("Escape")

    await expect(link_of(today, 0)).to_be_focused()
    await expect(chosen(today.page, "begins")).to_have_value("XC")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_serious_in_the_list_and_its_forms(
    open_page: OpenPage, language: str, theme: Literal["light", "dark"]
) -> None:
    today = await open_page("/#/alerts", color_scheme=theme, viewport=DESK, reduced_motion="reduce")
    await expect(rows(today)).to_have_count(12)
    if language == "en":
        await today.speak_english()
    in_list = await today.violations()
    await today.page.keyboard.press("j")
    await today.page.keyboard.press("a")
    await expect(today.part("acting").get_by_role("textbox")).to_be_focused()

    assert in_list + await today.violations() == []
    await today.fits()


@pytest.mark.parametrize("viewport", [NARROWEST, PHONE])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_a_phone_shows_the_list_and_a_form_without_scrolling_sideways(
    open_page: OpenPage, language: str, viewport: ViewportSize
) -> None:
    today = await open_page("/#/alerts", viewport=viewport)
    await expect(rows(today)).to_have_count(12)
    if language == "en":
        await today.speak_english()
    await today.fits()
    await link_of(today, 0).click()
    await today.part("acting").get_by_role("button").click()
    await expect(today.part("acting").get_by_role("textbox")).to_be_focused()

    await today.fits()


async def test_paper_carries_the_list_without_its_controls(open_page: OpenPage) -> None:
    today = await open_page("/#/alerts")
    await expect(rows(today)).to_have_count(12)

    await today.page.emulate_media(media="print")

    await expect(chosen(today.page, "level")).to_be_hidden()
    await expect(rows(today).first).to_be_visible()
