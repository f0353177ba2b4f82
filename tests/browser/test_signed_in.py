"""Who is signed in and for whom the page is: the way out, and how long somebody stays."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.support.eventually import eventually
from tests.support.pictures import SAVEABLE_CASE, picture
from tests.support.stage import Stage
from tests.support.today_page import PHONE, Window

pytestmark = pytest.mark.asyncio(loop_scope="session")

MINUTE_MS = 60_000


@pytest.mark.parametrize(("language", "word"), [("zh-CN", "退出登录"), ("en", "Sign out")])
async def test_who_signs_out_by_the_keyboard_leaves_nothing_on_the_page(
    stage: Stage, open_page: OpenPage, language: str, word: str
) -> None:
    today = await open_page(f"/#/cases/{SAVEABLE_CASE}")
    await expect(today.matter()).to_be_visible()
    await today.page.keyboard.press("Escape")
    # The day takes the keyboard back to where this matter stands.
    link = today.page.locator(f'[data-case="{SAVEABLE_CASE}"]').get_by_role("link")
    await expect(link).to_be_focused()
    if language == "en":
        await today.speak_english()
    await expect(today.part("sign-out")).to_have_text(word)

    await today.part("sign-out").focus()
    await today.page.keyboard.press("Enter")

    await expect(today.page.get_by_role("alert")).to_be_visible()
    await expect(today.part("late-next")).to_have_count(0)
    await expect(today.part("sign-out")).to_have_count(0)
    await expect(today.page.locator("body")).not_to_contain_text(SAVEABLE_CASE)
    await today.has_focus_in(today.page.locator("main"))
    assert stage.said == ["DELETE"]
    assert await today.violations() == []


async def test_who_signs_out_is_out_in_every_window(open_page: OpenPage) -> None:
    here, there = await open_page(), await open_page()
    await here.is_live()
    await there.is_live()

    await there.part("sign-out").click()

    for window in (here, there):
        await expect(window.page.get_by_role("alert")).to_be_visible()
        await expect(window.part("late-next")).to_have_count(0)


async def test_who_could_not_be_signed_out_is_told_so(stage: Stage, open_page: OpenPage) -> None:
    stage.away = True
    today = await open_page()

    await today.part("sign-out").click()

    await expect(today.part("still-in")).to_contain_text("仍处于登录状态")
    await expect(today.part("late-next")).to_be_visible()
    stage.away = False
    await today.part("sign-out").click()
    await expect(today.page.get_by_role("alert")).to_contain_text("一次性登录链接")


async def test_a_session_lasts_while_somebody_touches_the_window(
    stage: Stage, open_page: OpenPage
) -> None:
    today = await open_page()
    await today.page.clock.install()
    await today.page.reload()
    await today.is_live()
    await today.page.mouse.move(100, 100)
    await today.page.clock.fast_forward(MINUTE_MS)
    unsaid = [*stage.said]

    await today.page.mouse.move(200, 200)
    await today.page.keyboard.press("Tab")
    await eventually(lambda: stage.said == ["POST"])
    await today.page.clock.fast_forward(MINUTE_MS)
    await today.page.keyboard.press("Tab")
    await eventually(lambda: stage.said == ["POST", "POST"])

    assert unsaid == []


async def test_another_organisations_page_says_whose_it_is(
    stage: Stage, open_page: OpenPage
) -> None:
    name = "西安市新城区西一路街道便民服务中心"
    stage.snapshot = picture(principal={"name": "李督察", "role": "SUPERVISOR", "org_name": name})

    windows: list[Window] = [{}, {"viewport": PHONE}, {"color_scheme": "dark"}]
    for window in windows:
        today = await open_page(**window)
        await expect(today.part("organisation")).to_have_text(name)
        await today.fits()
        assert await today.violations() == []
