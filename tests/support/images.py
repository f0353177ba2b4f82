"""
The images in `docs/images`: the page of today on one morning, in both languages.

`python -m tests.support.images docs/images` takes them anew; look at them before you commit them.
"""

import asyncio
import sys
from pathlib import Path

from playwright.async_api import ViewportSize, async_playwright

from deploy.stack.browser import find_browser
from deploy.stack.dashboard import build_page
from tests.support.pictures import picture, saveable
from tests.support.stage import staged
from tests.support.today_page import TodayPage

WINDOW: ViewportSize = {"width": 1440, "height": 900}
SHOWN = (0, 1, 3, 4, 6, 9)
"""The cases near their limit; the red cards lie below them."""


async def take(folder: Path) -> None:
    """Write both images into *folder*."""
    found, complaints = find_browser(), list[str]()
    with staged(build_page()) as stage:
        stage.snapshot = picture(late_next=[saveable(place) for place in SHOWN])
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=found.executable,
                args=list(found.arguments),
                env=dict(found.environment),
            )
            today = await TodayPage.open(
                browser, found.packages, stage.address, complaints, viewport=WINDOW
            )
            await today.is_live()
            await today.page.screenshot(path=folder / "today-zh.png", animations="disabled")
            await today.speak_english()
            await today.page.screenshot(path=folder / "today-en.png", animations="disabled")
            await browser.close()
    assert complaints == []


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
