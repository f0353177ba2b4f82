"""Each role is shown the ways to its pages, begins with the first, and meets no refusal there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from deploy.stack import browser as local_browser
from shared.web.auth import Role
from tests.edges.test_shown_pages import PAGES
from tests.support import way_of_a_case as way
from tests.support.metrics_store import FACTS, received
from tests.support.page_service import Service, page_service
from tests.support.today_page import TodayPage

pytestmark = pytest.mark.asyncio(loop_scope="session")

PARTS = {
    "today": "late-next",
    "mine": "tasks",
    "alerts": "alerts",
    "cases": "cases",
    "plan": "plan",
    "operations": "troubles",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def service(
    built_page: Path,  # noqa: ARG001 - what is served
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Service]:
    async with page_service(tmp_path_factory.mktemp("service")) as service:
        await service.store.fold(*FACTS[:3], received("XC7", "2024-10-08"))
        await service.store.tick()
        await service.relay()
        yield service


@pytest.mark.parametrize("role", [role for role in Role if PAGES[role]])
async def test_a_role_begins_with_its_first_page_and_none_of_its_pages_is_refused(
    browser: Browser, found_browser: local_browser.Browser, service: Service, role: Role
) -> None:
    refused: list[str] = []
    address = service.sign_in(role)
    async with TodayPage.opened(browser, found_browser.packages, address) as today:
        today.page.on(
            "response", lambda said: refused.append(said.url) if said.status == 403 else None
        )
        await today.is_live()
        links = today.page.locator("header [data-page]")
        await expect(today.part(PARTS[PAGES[role][0]]).first).to_be_visible()

        shown = [await link.get_attribute("data-page") for link in await links.all()]
        for link in await links.all():
            await link.click()
            part = PARTS[str(await link.get_attribute("data-page"))]
            await expect(today.part(part).first).to_be_visible()
            await expect(link).to_have_attribute("aria-current", "page")
            await expect(today.page.get_by_role("alert")).to_have_count(0)

    assert shown == PAGES[role]
    assert refused == []


@pytest.mark.parametrize("role", [role for role in Role if not PAGES[role]])
async def test_whoever_has_no_page_is_told_so_and_can_leave(
    browser: Browser, found_browser: local_browser.Browser, service: Service, role: Role
) -> None:
    async with TodayPage.opened(browser, found_browser.packages, service.sign_in(role)) as today:
        await today.is_live()

        await expect(today.part("refused")).to_contain_text("没有可看的页面")
        await expect(today.page.locator("header [data-page]")).to_have_count(0)
        await expect(today.part("find")).to_have_count(0)
        await today.part("sign-out").click()
        await expect(today.page.get_by_role("alert")).to_contain_text("已退出登录")


async def test_a_clerk_opens_a_case_and_its_reasons(
    browser: Browser, found_browser: local_browser.Browser, service: Service
) -> None:
    address = service.sign_in(Role.WINDOW_CLERK)
    async with TodayPage.opened(browser, found_browser.packages, address) as today:
        await today.is_live()
        await today.part("find").fill(way.CASE)
        await today.part("find").press("Enter")

        await expect(today.part("runs").locator("[data-run]").first).to_be_visible()
        await expect(today.page.get_by_role("alert")).to_have_count(0)


async def test_a_page_that_is_not_for_a_role_says_so_and_leaves_the_others(
    browser: Browser, found_browser: local_browser.Browser, service: Service
) -> None:
    address = service.sign_in(Role.AUDITOR)
    async with TodayPage.opened(browser, found_browser.packages, address) as today:
        await today.is_live()
        await today.page.evaluate("location.hash = '#/mine'")

        await expect(today.part("refused")).to_contain_text("您的角色不看这一页")
        assert await today.violations() == []
        await today.page.locator('[data-page="cases"]').click()
        await expect(today.part("cases").locator("tbody tr").first).to_be_visible()
