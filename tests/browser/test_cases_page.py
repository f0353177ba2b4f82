"""The page "Cases": narrowed as one likes, walked by keyboard, and each case one key away."""

from collections.abc import Mapping
from typing import Any, Literal

import pytest
from playwright.async_api import Locator, Page, ViewportSize, expect

from tests.browser.conftest import OpenPage
from tests.support.eventually import eventually
from tests.support.listed import case_line, organisation_lines
from tests.support.pictures import SAVEABLE_CASE, fact
from tests.support.stage import Stage
from tests.support.today_page import PHONE, TodayPage

pytestmark = pytest.mark.asyncio(loop_scope="session")

NARROWEST: ViewportSize = {"width": 360, "height": 740}
WINDOWS: Mapping[str, ViewportSize] = {
    "desk": {"width": 1440, "height": 900},
    "phone": PHONE,
    "narrowest": NARROWEST,
}
LINES = [case_line(place) for place in range(12)]
STREET = "11610102MB1000050T"


@pytest.fixture(autouse=True)
def listings(stage: Stage) -> None:
    stage.documents["cases"] = {"items": LINES, "next_cursor": None}
    stage.documents["organisations"] = {"items": organisation_lines(), "next_cursor": None}


def rows(today: TodayPage) -> Locator:
    return today.part("cases").locator("tbody tr")


def link_of(today: TodayPage, place: int) -> Locator:
    return rows(today).nth(place).get_by_role("link")


def chosen(page: Page, name: str) -> Locator:
    return page.locator(f'[data-filter="{name}"]')


async def test_the_head_leads_to_the_open_cases(stage: Stage, open_page: OpenPage) -> None:
    asked = stage.answer("cases", lambda _: {"items": LINES, "next_cursor": None})
    today = await open_page()
    await today.page.get_by_role("link", name="办件", exact=True).click()

    await expect(rows(today)).to_have_count(12)
    await expect(today.page).to_have_title("办件 · casetrack")
    await expect(today.page.locator('[data-page="cases"]')).to_have_attribute(
        "aria-current", "page"
    )
    assert dict(asked[0]) == {"open": "true", "limit": "50"}


async def test_a_line_says_where_a_case_stands_until_when_and_whose_it_is(
    open_page: OpenPage,
) -> None:
    today = await open_page("/#/cases")

    for words in (
        *("期内", SAVEABLE_CASE, "食品经营许可", "审查中", "承诺审批时限"),
        *("西安市新城区西一路街道便民服务中心", "9月19日 周四", "剩 4 个工作日", "09-02 09:40"),
    ):
        await expect(rows(today).first).to_contain_text(words)


@pytest.mark.parametrize(
    ("deadline", "said"),
    [
        ({"remaining": -3}, ["9月19日 周四", "超期 3 个工作日"]),
        ({"remaining": 0, "due_at": "2024-09-12T18:00:00+08:00"}, ["7 小时 17 分"]),
        ({"remaining": 0, "due_at": "2024-09-12T08:00:00+08:00"}, ["已到期"]),
        ({"paused": True, "due": None, "due_at": None}, ["恢复计时后再定", "停表中"]),
        ({"provisional": True}, ["暂定"]),
    ],
)
async def test_what_is_left_is_said_in_days_then_in_hours_and_not_while_the_clock_stands_still(
    stage: Stage, open_page: OpenPage, deadline: dict[str, object], said: list[str]
) -> None:
    line = case_line(0)
    line["deadline"] |= deadline
    stage.documents["cases"] = {"items": [line], "next_cursor": None}

    today = await open_page("/#/cases")

    for words in said:
        await expect(rows(today).first).to_contain_text(words)


async def test_of_what_is_over_no_deadline_and_no_colour_is_told(
    stage: Stage, open_page: OpenPage
) -> None:
    over = case_line(0, phase="ARCHIVED", open=False, deadline=None, level=None)
    stage.documents["cases"] = {"items": [over], "next_cursor": None}

    today = await open_page("/#/cases?phase=every")

    await expect(rows(today).first).to_contain_text("已归档")
    await expect(rows(today).first.locator(".mark, .left")).to_have_text(["", ""])


async def test_what_narrows_the_list_is_asked_of_the_service_and_stands_in_the_address(
    stage: Stage, open_page: OpenPage
) -> None:
    asked = stage.answer("cases", lambda _: {"items": LINES[:1], "next_cursor": None})
    today = await open_page("/#/cases")
    page = today.page
    await expect(rows(today)).to_have_count(1)

    await chosen(page, "phase").select_option("EXAMINING")
    await chosen(page, "level").select_option("YELLOW")
    await chosen(page, "organisation").select_option(STREET)
    await chosen(page, "channel").select_option("WINDOW")
    await chosen(page, "due").fill("2024-09-19")
    await chosen(page, "about").fill("食品")
    await chosen(page, "begins").fill(" ＸＣ2024 ")
    await chosen(page, "source").fill("urn:casetrack:import:log")
    await chosen(page, "source").press("Enter")
    wanted = {
        "phase": "EXAMINING",
        "level": "YELLOW",
        "organisation": STREET,
        "channel": "WINDOW",
        "due": "2024-09-19",
        "about": "食品",
        "begins": "XC2024",
        "source": "urn:casetrack:import:log",
        "limit": "50",
    }
    # What is written is asked a moment after what is chosen.
    await eventually(lambda: dict(asked[-1]) == wanted)

    await expect(today.part("cases").get_by_role("heading")).to_have_text("审查中")
    await page.reload()
    await expect(chosen(page, "begins")).to_have_value("XC2024")
    await expect(chosen(page, "organisation")).to_have_value(STREET)
    await page.get_by_role("button", name="取消筛选").click()
    await expect(chosen(page, "begins")).to_have_value("")
    await expect(page).to_have_url(f"{stage.address}/#/cases")


async def test_an_organisation_can_be_chosen_by_its_name_and_one_of_an_address_stays(
    stage: Stage, open_page: OpenPage
) -> None:
    today = await open_page("/#/cases?organisation=X")
    await expect(chosen(today.page, "organisation")).to_have_value("X")

    choices = chosen(today.page, "organisation").locator("option")

    await expect(choices).to_have_text(
        ["全部机构", "西安市新城区西一路街道便民服务中心（12）", "X"]
    )
    del stage.documents["organisations"]
    await today.page.reload()
    await expect(rows(today)).to_have_count(12)
    await expect(choices).to_have_text(["全部机构", "X"])


async def test_nonsense_in_an_address_narrows_nothing(stage: Stage, open_page: OpenPage) -> None:
    asked = stage.answer("cases", lambda _: {"items": LINES, "next_cursor": None})

    today = await open_page("/#/cases?phase=LOST&level=BLUE&channel=x&due=soon&case=%E4")

    await expect(rows(today)).to_have_count(12)
    assert dict(asked[0]) == {"open": "true", "limit": "50"}


async def test_an_empty_list_says_what_would_appear_and_how(
    stage: Stage, open_page: OpenPage
) -> None:
    stage.documents["cases"] = {"items": [], "next_cursor": None}
    today = await open_page("/#/cases")
    await expect(today.part("cases")).to_contain_text("没有在办件。收件后几秒内会出现在这里")

    await chosen(today.page, "level").select_option("RED")

    await expect(today.part("cases")).to_contain_text("没有符合条件的办件")


async def test_a_list_that_is_not_answered_can_be_asked_again(
    stage: Stage, open_page: OpenPage
) -> None:
    listed = stage.documents.pop("cases")
    today = await open_page("/#/cases?level=RED")
    await expect(today.part("cases").get_by_role("alert")).to_contain_text("没有读到办件")

    stage.documents["cases"] = listed
    await today.page.get_by_role("button", name="再读一次").click()

    await expect(rows(today)).to_have_count(12)
    await expect(chosen(today.page, "level")).to_have_value("RED")


async def test_the_list_goes_on_behind_its_cursor_where_the_keyboard_was(
    stage: Stage, open_page: OpenPage
) -> None:
    pages: Mapping[str | None, Any] = {
        None: {"items": LINES[:6], "next_cursor": "second"},
        "second": {"items": LINES[6:], "next_cursor": None},
    }
    stage.answer("cases", lambda query: pages[query.get("cursor")])
    today = await open_page("/#/cases")
    await expect(today.part("cases").locator(".count")).to_have_text("6+")

    await today.page.get_by_role("button", name="再看一页").press("Enter")

    await expect(rows(today)).to_have_count(12)
    await expect(link_of(today, 6)).to_be_focused()


async def test_the_keyboard_walks_to_a_case_opens_it_and_comes_back(open_page: OpenPage) -> None:
    today = await open_page("/#/cases?begins=XC")
    keyboard = today.page.keyboard
    await expect(rows(today)).to_have_count(12)

    for key, place in (("j", 0), ("j", 1), ("ArrowDown", 2), ("End", 11), ("k", 10), ("Home", 0)):
        await keyboard.press(key)
        await expect(link_of(today, place)).to_be_focused()
    await keyboard.press("Enter")
    await expect(today.page.get_by_role("heading", name=SAVEABLE_CASE)).to_be_focused()
    await expect(today.matter().get_by_role("link", name="返回办件")).to_be_visible()
    await keyboard.press("Escape")

    await expect(link_of(today, 0)).to_be_focused()
    await expect(chosen(today.page, "begins")).to_have_value("XC")


async def test_what_has_changed_is_shown_and_does_not_move_what_is_read(
    stage: Stage, open_page: OpenPage
) -> None:
    today = await open_page("/#/cases")
    await expect(rows(today)).to_have_count(12)
    await today.page.keyboard.press("j")

    decided = case_line(0, phase="DECIDED")
    stage.documents["cases"] = {"items": [case_line(40), decided, *LINES[1:]], "next_cursor": None}
    told = fact("handling.decision.made", "10:42:30", SAVEABLE_CASE, "食品经营许可")
    await stage.send("delta", {"latest": [told, *stage.snapshot["latest"]]})

    await expect(rows(today).first).to_contain_text("已决定")
    await expect(link_of(today, 0)).to_be_focused()
    await today.part("cases").get_by_role("button", name="1 条新消息").click()
    await expect(rows(today)).to_have_count(13)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("device", WINDOWS)
async def test_everybody_can_use_it(
    open_page: OpenPage, language: str, theme: Literal["light", "dark"], device: str
) -> None:
    today = await open_page("/#/cases", color_scheme=theme, viewport=WINDOWS[device])
    if language == "en":
        await today.speak_english()
    await expect(rows(today)).to_have_count(12)

    assert await today.violations() == []
    await today.fits()
