"""The page of a bureau with three tiers: a prompt, yellow past a promise, red past a law."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, ViewportSize, expect

from deploy.stack import browser as local_browser
from shared.policy.supervision import SupervisionProfile
from shared.web.auth import Role
from tests.support import way_of_a_case as way
from tests.support.metrics_store import FACTS, received
from tests.support.organisations import MARKET, STREET
from tests.support.page_service import Service, page_service
from tests.support.rule_changes import policy_from
from tests.support.today_page import PHONE, TodayPage

pytestmark = pytest.mark.asyncio(loop_scope="session")

DESK: ViewportSize = {"width": 1440, "height": 900}
SINCE = date(2024, 9, 1)
TOPS = "tiles => tiles.map(tile => Math.round(tile.getBoundingClientRect().top))"
ALMOST = "2024-09-27"
"""A receipt of that day is to be answered on the day after the one that the page shows."""


@pytest_asyncio.fixture(loop_scope="session")
async def service(built_page: Path, tmp_path: Path) -> AsyncIterator[Service]:  # noqa: ARG001 - what is served
    """Give the page, with two reds, a yellow and three prompts."""
    async with page_service(tmp_path) as service:
        store = service.store
        await store.publish(policy_from(1, SINCE, supervision=SupervisionProfile.THREE_TIER))
        await store.fold(*FACTS[:3], received("XC20240903000007", "2024-09-03", STREET))
        await store.fold(*(received(f"XC2024092700008{n}", ALMOST, MARKET) for n in range(3)))
        await store.sweep()
        await store.tick()
        await store.tick()
        await service.relay()
        yield service


@pytest_asyncio.fixture(loop_scope="session")
async def page(
    browser: Browser, found_browser: local_browser.Browser, service: Service
) -> AsyncIterator[TodayPage]:
    address = service.sign_in(Role.SUPERVISOR)
    async with TodayPage.opened(browser, found_browser.packages, address, viewport=DESK) as today:
        await today.is_live()
        yield today


def rows(today: TodayPage) -> Locator:
    return today.part("alerts").locator("tbody tr")


async def test_each_tier_has_its_tile_in_one_row(page: TodayPage) -> None:
    for name, count in (("prompt", "3"), ("yellow", "1"), ("red", "2")):
        await expect(page.tile(name)).to_have_text(count)
    tiles = [f'[data-tile="{name}"]' for name in ("open", "due_today", "prompt", "yellow", "red")]
    await expect(page.page.locator(", ".join(tiles))).to_have_count(5)
    # All at one moment: what comes above moves them together.
    tops = await page.page.locator(", ".join(tiles)).evaluate_all(TOPS)
    assert len(set(tops)) == 1


async def test_a_case_past_its_promise_is_yellow_and_still_in_time_by_law(page: TodayPage) -> None:
    await expect(page.part("red")).not_to_contain_text("承诺时限")
    await page.page.locator('[data-page="alerts"]').click()
    await page.page.locator('[data-filter="level"]').select_option("YELLOW")

    await expect(rows(page)).to_have_count(1)
    await expect(rows(page).first).to_contain_text(way.CASE)
    await expect(rows(page).first).to_contain_text("黄牌")
    await expect(rows(page).first).to_contain_text("超期")
    await rows(page).first.get_by_role("link").click()
    await expect(page.drawer()).to_contain_text("为什么是黄牌")
    await expect(page.drawer()).to_contain_text("逾期")


async def test_prompts_are_counted_listed_and_explained_as_such(page: TodayPage) -> None:
    await page.page.locator('[data-tile="prompt"] a').click()
    await expect(page.page.get_by_role("dialog")).to_contain_text("XC20240927000080")
    await page.page.keyboard.press("Escape")
    await page.page.locator('[data-page="alerts"]').click()
    level = page.page.locator('[data-filter="level"]')
    await expect(level).to_contain_text("预警（3）")
    await level.select_option("PROMPT")

    await expect(rows(page)).to_have_count(3)
    await expect(rows(page).first).to_contain_text("剩 1 个工作日")
    await rows(page).first.get_by_role("link").click()
    await expect(page.drawer()).to_contain_text("为什么预警")


@pytest.mark.parametrize("address", ["#/", "#/alerts", f"#/cases/{way.CASE}"])
async def test_three_tiers_break_no_rule_of_accessibility_and_fit(
    page: TodayPage, address: str
) -> None:
    await page.page.goto(f"{page.page.url.partition('#')[0]}{address}")
    await page.is_live()
    for turn in (page.speak_english, page.go_dark, page.speak_english, page.go_dark):
        assert await page.violations() == []
        await page.fits()
        await turn()
    await page.page.set_viewport_size(PHONE)
    await page.fits()
