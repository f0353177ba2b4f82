"""The page of a running system, by the sign-in link that `casetrack` printed."""

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from deploy.stack import browser as local_browser
from tests.support.today_page import TodayPage

ADDRESS = os.environ.get("CASETRACK_PAGE", "")

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not ADDRESS, reason="CASETRACK_PAGE names no sign-in link of a live page"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def today(browser: Browser, found_browser: local_browser.Browser) -> AsyncIterator[TodayPage]:
    async with TodayPage.opened(browser, found_browser.packages, ADDRESS) as page:
        yield page


async def test_the_live_page_is_live(today: TodayPage) -> None:
    await today.is_live()

    await expect(today.tile("open")).to_be_visible()
    await expect(today.part("freshness")).to_contain_text("实时")


async def test_the_live_page_is_accessible(today: TodayPage) -> None:
    assert await today.violations() == []


async def test_each_red_card_of_the_live_page_explains_itself(today: TodayPage) -> None:
    for card in (await today.part("red").locator("li a").all())[:3]:
        await card.click()
        await expect(today.drawer().get_by_role("group")).to_be_visible()
        await expect(today.drawer().locator("tbody tr").first).to_be_visible()
        await today.page.keyboard.press("Escape")
        await expect(today.drawer()).to_be_hidden()
