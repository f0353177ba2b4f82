"""Many windows of one browser, which allows six connections to a host."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.support.eventually import eventually
from tests.support.pictures import NOW, picture
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

WINDOWS = 8

OpenWindows = Callable[..., Awaitable[list[Page]]]


@pytest_asyncio.fixture(loop_scope="session")
async def open_windows(browser: Browser, stage: Stage) -> AsyncIterator[OpenWindows]:
    """Open eight windows of one browser, without what it is *lacking*; none waits for another."""
    context = await browser.new_context()

    async def opened(*lacking: str) -> list[Page]:
        await context.add_init_script(";".join(f"delete {name}" for name in lacking))
        windows = [await context.new_page() for _ in range(WINDOWS)]
        for window in windows:
            await window.goto(stage.address)
            await expect(window.locator('[data-part="freshness"].live')).to_be_visible()
        return windows

    yield opened
    await context.close()


async def all_show(windows: list[Page], number: int) -> None:
    for window in windows:
        figure = window.locator('[data-tile="open"] .figure')
        await expect(figure).to_have_text(str(number))


async def test_all_windows_are_live_on_one_stream(stage: Stage, open_windows: OpenWindows) -> None:
    windows = await open_windows()
    await eventually(lambda: stage.listening == 1)

    await stage.send("delta", {"now": {**NOW, "open": 501}})

    await all_show(windows, 501)


async def test_the_other_windows_go_on_when_the_one_that_listens_is_closed(
    stage: Stage, open_windows: OpenWindows
) -> None:
    first, *others = await open_windows()
    stage.snapshot = picture(now={**NOW, "open": 502})

    await first.close()

    await all_show(others, 502)
    await eventually(lambda: stage.listening == 1)
    await stage.send("delta", {"now": {**NOW, "open": 503}})
    await all_show(others, 503)


async def test_a_window_that_comes_later_is_told_what_is_so_now(
    stage: Stage, open_windows: OpenWindows
) -> None:
    windows = await open_windows()
    stage.snapshot = picture(now={**NOW, "open": 504})

    await windows[-1].reload()

    await all_show(windows, 504)


async def test_windows_that_cannot_agree_hold_no_connection(
    stage: Stage, open_windows: OpenWindows
) -> None:
    windows = await open_windows("Navigator.prototype.locks", "window.BroadcastChannel")

    await eventually(lambda: stage.listening == 0)
    stage.snapshot = picture(now={**NOW, "open": 505})

    await all_show(windows, 505)
