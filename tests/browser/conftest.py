"""One browser for the whole session, and a stage for each test."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Unpack

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from deploy.stack import browser as local_browser
from deploy.stack.dashboard import build_page
from tests.support.case_history import history
from tests.support.pictures import (
    RED_ALERT,
    SAVEABLE_CASE,
    case_head,
    explanation,
    picture,
    red_explanation,
)
from tests.support.stage import Stage, staged
from tests.support.today_page import TodayPage, Window

OpenPage = Callable[..., Awaitable[TodayPage]]


@pytest.fixture(scope="session")
def found_browser() -> local_browser.Browser:
    return local_browser.find_browser()


@pytest.fixture(scope="session")
def built_page() -> Path:
    return build_page()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(found_browser: local_browser.Browser) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=found_browser.executable,
            args=list(found_browser.arguments),
            env=dict(found_browser.environment),
        )
        yield started
        await started.close()


@pytest.fixture
def stage(built_page: Path) -> Iterator[Stage]:
    with staged(built_page) as opened:
        opened.snapshot = picture()
        opened.documents = {
            f"alerts/{RED_ALERT}": red_explanation(),
            f"cases/{SAVEABLE_CASE}": case_head(),
            f"cases/{SAVEABLE_CASE}/clocks": {"items": [explanation()]},
            f"cases/{SAVEABLE_CASE}/timeline": {"items": history()},
            "alerts": {"items": [], "next_cursor": None},
            "alerts/groups": {"rules": [], "organisations": []},
        }
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(
    browser: Browser, found_browser: local_browser.Browser, stage: Stage
) -> AsyncIterator[OpenPage]:
    """Open the staged page as often as the test likes; a fault in the page fails the test."""
    pages: list[TodayPage] = []
    complaints: list[str] = []

    async def opened(
        path: str = "/", lacking: Sequence[str] = (), **window: Unpack[Window]
    ) -> TodayPage:
        today = await TodayPage.open(
            browser, found_browser.packages, stage.address + path, complaints, lacking, **window
        )
        pages.append(today)
        return today

    yield opened
    for today in pages:
        await today.page.close()
    assert complaints == []
