"""The page "My work": what waits for the reader's role, and the organisation's own open cases."""

from collections.abc import Mapping
from typing import Literal

import pytest
from playwright.async_api import Locator, ViewportSize, expect

from tests.browser.conftest import OpenPage
from tests.support.eventually import eventually
from tests.support.listed import own_case, work_line
from tests.support.pictures import SAVEABLE_CASE, case_head, explanation, picture
from tests.support.stage import Stage
from tests.support.today_page import PHONE, TodayPage

pytestmark = pytest.mark.asyncio(loop_scope="session")

NARROWEST: ViewportSize = {"width": 360, "height": 740}
WINDOWS: Mapping[str, ViewportSize] = {
    "desk": {"width": 1440, "height": 900},
    "phone": PHONE,
    "narrowest": NARROWEST,
}
STREET = "西安市新城区西一路街道便民服务中心"
LOOK_MS = 15_000
TASKS = [work_line(place) for place in range(8)]
CASES = [own_case(place) for place in range(8)]


@pytest.fixture(autouse=True)
def clerk(stage: Stage) -> None:
    """Let a window clerk of a street sign in."""
    stage.pages = ["mine", "alerts", "cases", "plan"]
    stage.snapshot = picture(
        principal={"name": "李窗口", "role": "WINDOW_CLERK", "org_name": STREET}
    )
    stage.documents["mine/tasks"] = {"items": TASKS, "next_cursor": None}
    stage.documents["mine/cases"] = {"items": CASES, "next_cursor": None}


def tasks(today: TodayPage) -> Locator:
    return today.part("tasks").locator("tbody tr")


def cases(today: TodayPage) -> Locator:
    return today.part("own-cases").locator("tbody tr")


async def test_a_clerk_begins_with_what_waits_and_is_told_how_fresh_that_is(
    stage: Stage, open_page: OpenPage
) -> None:
    today = await open_page()

    await expect(tasks(today)).to_have_count(8)
    await expect(today.page).to_have_url(f"{stage.address}/#/mine")
    await expect(today.page).to_have_title("待办 · casetrack")
    await expect(today.part("tasks").get_by_role("heading")).to_have_text("待处理 · 窗口受理")
    await expect(today.part("organisation")).to_have_text(STREET)
    await expect(today.part("freshness")).to_contain_text("每 15 秒更新")
    await expect(today.page.locator("header.head")).to_contain_text("数据截至 10:42:07")
    assert stage.listening == 0


async def test_a_line_says_what_has_to_be_done_and_until_when(open_page: OpenPage) -> None:
    today = await open_page("/#/mine")

    first, second = tasks(today).first, tasks(today).nth(1)
    for words in ("红牌", SAVEABLE_CASE, "接收材料审核", "已收件", "9月9日 周一", "超期 3"):
        await expect(first).to_contain_text(words)
    # Whose it is is said where it is not the reader's own.
    await expect(first).not_to_contain_text(STREET)
    for words in ("期内", "帮办代办 · 已派单", "中山门社区", "剩 1 个工作日"):
        await expect(second).to_contain_text(words)


async def test_what_belongs_to_no_case_leads_to_its_own_page_without_a_phase_or_a_certificate(
    stage: Stage, open_page: OpenPage
) -> None:
    stage.documents["cases/task-1"] = case_head() | {"case_no": "task-1", "phase": "ABSENT"}
    stage.documents["cases/task-1/clocks"] = {"items": [explanation()]}
    stage.documents["cases/task-1/timeline"] = {"items": []}
    today = await open_page("/#/mine")

    await tasks(today).nth(1).get_by_role("link", name="task-1").click()

    await expect(today.page.get_by_role("heading", name="task-1")).to_be_focused()
    await expect(today.part("runs").locator("[data-run]")).to_have_count(1)
    await expect(today.matter().locator(".phase")).to_have_count(0)
    await expect(today.matter().get_by_role("link", name="办件时限证明")).to_have_count(0)


async def test_the_keyboard_walks_what_waits_opens_a_case_and_comes_back(
    open_page: OpenPage,
) -> None:
    today = await open_page()
    keyboard = today.page.keyboard
    await expect(tasks(today)).to_have_count(8)

    for key, place in (("j", 0), ("j", 1), ("ArrowUp", 0), ("End", 7), ("Home", 0)):
        await keyboard.press(key)
        await expect(tasks(today).nth(place).get_by_role("link")).to_be_focused()
    await keyboard.press("Enter")
    await expect(today.page.get_by_role("heading", name=SAVEABLE_CASE)).to_be_focused()
    await expect(today.matter().get_by_role("link", name="返回待办")).to_be_visible()
    await keyboard.press("Escape")

    await expect(tasks(today).first.get_by_role("link")).to_be_focused()


async def test_the_organisations_own_cases_are_the_second_list_and_ones_own_a_switch_away(
    stage: Stage, open_page: OpenPage
) -> None:
    asked = stage.answer("mine/cases", lambda _: {"items": CASES, "next_cursor": None})
    today = await open_page()
    await today.page.get_by_role("link", name="本机构在办件").click()
    await expect(cases(today)).to_have_count(8)
    await expect(cases(today).first).to_contain_text("受理 09-02 11:00")

    await today.page.get_by_label("只看本人经手的").check()

    await eventually(lambda: asked[-1].get("personal") == "true")
    await expect(today.page).to_have_url(f"{stage.address}/#/mine?list=cases&personal=true")
    await today.page.reload()
    await expect(today.page.get_by_label("只看本人经手的")).to_be_checked()
    await today.page.get_by_label("只看本人经手的").uncheck()
    await eventually(lambda: "personal" not in asked[-1])


async def test_empty_lists_say_what_would_appear_and_how(stage: Stage, open_page: OpenPage) -> None:
    stage.documents["mine/tasks"] = {"items": [], "next_cursor": None}
    stage.documents["mine/cases"] = {"items": [], "next_cursor": None}

    today = await open_page()
    await expect(today.part("tasks")).to_contain_text("眼下没有待处理的事项（窗口受理）")
    await today.page.get_by_role("link", name="本机构在办件").click()
    await expect(today.part("own-cases")).to_contain_text("本机构没有在办件")
    await today.page.get_by_label("只看本人经手的").check()

    await expect(today.part("own-cases")).to_contain_text("没有您经手过的在办件")


async def test_a_list_that_is_not_answered_can_be_asked_again(
    stage: Stage, open_page: OpenPage
) -> None:
    listed = stage.documents.pop("mine/tasks")
    today = await open_page()
    await expect(today.part("tasks").get_by_role("alert")).to_contain_text("没有读到待办")

    stage.documents["mine/tasks"] = listed
    await today.page.get_by_role("button", name="再读一次").click()

    await expect(tasks(today)).to_have_count(8)


async def test_what_waits_is_looked_at_again_and_again(stage: Stage, open_page: OpenPage) -> None:
    today = await open_page()
    await today.page.clock.install()
    await today.page.reload()
    await expect(tasks(today)).to_have_count(8)

    stage.snapshot = stage.snapshot | {"as_of": "2024-09-12T10:42:22+08:00"}
    stage.documents["mine/tasks"] = {"items": TASKS[1:], "next_cursor": None}
    await today.page.clock.fast_forward(LOOK_MS)

    await expect(today.page.locator("header.head")).to_contain_text("数据截至 10:42:22")
    await expect(tasks(today)).to_have_count(7)


async def test_a_session_that_is_over_leaves_nothing_on_the_page(open_page: OpenPage) -> None:
    here, there = await open_page(), await open_page("/#/mine?list=cases")
    await expect(tasks(here)).to_have_count(8)
    await expect(cases(there)).to_have_count(8)

    await here.part("sign-out").click()

    for window in (here, there):
        await expect(window.page.get_by_role("alert")).to_contain_text("已退出登录")
        await expect(window.page.locator("body")).not_to_contain_text(SAVEABLE_CASE)


async def test_a_service_that_does_not_answer_is_asked_again(
    stage: Stage, open_page: OpenPage
) -> None:
    stage.refusal = 503
    today = await open_page()
    await expect(today.part("freshness")).to_contain_text("已断开，重连中")

    stage.refusal = None

    await expect(tasks(today)).to_have_count(8)
    await today.is_live()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("device", WINDOWS)
async def test_everybody_can_use_it(
    open_page: OpenPage, language: str, theme: Literal["light", "dark"], device: str
) -> None:
    today = await open_page(color_scheme=theme, viewport=WINDOWS[device])
    if language == "en":
        await today.speak_english()
    await expect(tasks(today)).to_have_count(8)
    in_tasks = await today.violations()
    await today.fits()
    await today.page.locator('[data-list="cases"]').click()
    await today.page.locator('[data-filter="personal"]').check()
    await expect(cases(today)).to_have_count(8)

    assert in_tasks + await today.violations() == []
    await today.fits()
