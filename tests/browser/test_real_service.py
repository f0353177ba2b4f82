"""The built page on the service itself: its answers, sessions and stream, and nothing is staged."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from deploy.stack import browser as local_browser
from shared.contracts.supervision.facts import AlertAcknowledged
from shared.web.auth import Role
from tests.support import way_of_a_case as way
from tests.support.metrics_store import FACTS, received
from tests.support.organisations import MARKET, STREET
from tests.support.page_service import Service, page_service
from tests.support.today_page import TodayPage

pytestmark = pytest.mark.asyncio(loop_scope="session")

WORDS = "已核实，今日内办结"


@pytest_asyncio.fixture(loop_scope="session")
async def service(built_page: Path, tmp_path: Path) -> AsyncIterator[Service]:  # noqa: ARG001 - what is served
    async with page_service(tmp_path) as service:
        store = service.store
        await store.fold(*FACTS[:3], received("XC7", "2024-09-03", STREET))
        await store.fold(*(received(f"XC8{n:02}", "2024-09-04", MARKET) for n in range(60)))
        await store.tick()
        await service.relay()
        yield service


@pytest_asyncio.fixture(loop_scope="session")
async def signed_in(
    browser: Browser, found_browser: local_browser.Browser, service: Service
) -> AsyncIterator[TodayPage]:
    address = service.sign_in(Role.SUPERVISOR)
    async with TodayPage.opened(browser, found_browser.packages, address) as today:
        await today.is_live()
        yield today


def rows(today: TodayPage) -> Locator:
    return today.part("alerts").locator("tbody tr")


async def test_a_card_is_found_acknowledged_by_keyboard_and_moves_when_the_stream_says_so(
    service: Service, signed_in: TodayPage
) -> None:
    page, keyboard = signed_in.page, signed_in.page.keyboard
    await page.locator('[data-page="alerts"]').click()
    await page.locator('[data-filter="begins"]').fill("XC7")
    await page.locator('[data-filter="standing"]').select_option("unanswered")
    await expect(rows(signed_in)).to_have_count(1)
    await page.locator("h1").focus()
    await keyboard.press("j")
    await keyboard.press("a")
    await expect(signed_in.part("acting").get_by_label("说明")).to_be_focused()
    await keyboard.type(WORDS)
    await keyboard.press("Control+Enter")
    await expect(signed_in.part("acting").get_by_role("status")).to_contain_text("已签收")
    await expect(signed_in.part("card")).to_contain_text("已签收")
    await keyboard.press("Escape")
    await expect(rows(signed_in).first).not_to_have_class("gone")

    await service.relay()

    # It meets the conditions no more: told to whoever is in the list, and gone for who looks anew.
    await expect(rows(signed_in).first).to_contain_class("gone")
    await page.locator('[data-filter="standing"]').select_option("acknowledged")
    await expect(rows(signed_in).first).to_contain_text("已签收")
    said = [event.data for event in service.told if isinstance(event.data, AlertAcknowledged)]
    assert [one.note for one in said] == [WORDS]


async def test_the_list_is_narrowed_sorted_and_read_to_its_end(signed_in: TodayPage) -> None:
    page = signed_in.page
    await page.locator('[data-page="alerts"]').click()
    await expect(rows(signed_in)).to_have_count(50)
    await page.locator('[data-filter="sort"]').select_option("DUE")
    await page.locator('[data-filter="organisation"]').select_option(MARKET)
    await expect(rows(signed_in).first).to_contain_text("XC8")
    await page.get_by_role("button", name="再看一页").click()
    await expect(rows(signed_in)).to_have_count(60)

    await page.locator('[data-filter="sla"]').select_option("SLA-04")

    await expect(signed_in.part("alerts")).to_contain_text("没有符合条件的预警")


async def test_a_matter_is_found_by_its_number_with_every_run_that_it_has(
    signed_in: TodayPage,
) -> None:
    page = signed_in.page
    await signed_in.part("find").fill(way.CASE)
    await signed_in.part("find").press("Enter")

    runs = signed_in.part("runs").locator("[data-run]")
    await expect(runs.nth(2)).to_be_visible()
    await page.get_by_role("button", name="全部展开").click()
    await expect(signed_in.part("runs").get_by_role("group")).to_have_count(await runs.count())
    await expect(signed_in.matter().locator("ol li").first).to_be_visible()
    await expect(signed_in.part("cards").locator("[data-alert]").first).to_be_visible()
    await expect(signed_in.part("used").get_by_role("listitem").first).to_contain_text("个工作日")
    await expect(signed_in.part("runs").get_by_role("figure")).to_have_count(await runs.count())


async def test_the_certificate_of_a_matter_is_given_to_the_session_in_a_new_tab(
    signed_in: TodayPage,
) -> None:
    await signed_in.part("find").fill(way.CASE)
    await signed_in.part("find").press("Enter")

    async with signed_in.page.expect_popup() as opening:
        await signed_in.matter().get_by_role("link", name="办件时限证明").click()

    certificate = await opening.value
    await expect(certificate.get_by_role("heading", name="办件时限证明")).to_be_visible()
    await expect(certificate.locator("main")).to_contain_text(way.CASE)
    await certificate.close()


async def test_an_auditor_is_offered_nothing_to_do(
    browser: Browser, found_browser: local_browser.Browser, service: Service
) -> None:
    address = service.sign_in(Role.AUDITOR)
    async with TodayPage.opened(browser, found_browser.packages, address) as today:
        await today.is_live()
        await today.page.locator('[data-page="alerts"]').click()

        await rows(today).first.get_by_role("link").click()

        await expect(today.drawer()).to_contain_text("为什么是红牌")
        await expect(today.part("acting")).to_have_count(0)
