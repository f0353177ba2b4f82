"""The page "Today" as a reader uses it, wherever it is served from."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, TypedDict, Unpack

from playwright.async_api import Browser, ConsoleMessage, Locator, Page, Route, ViewportSize, expect

from tests.support.eventually import eventually

FONT = "noto-sans-sc"
FONT_PATH = "/fonts-of-the-test/"
WEIGHTS = (400, 600)
# Playwright gives five seconds, of which a busy machine needs some for a page alone.
expect.set_options(timeout=30_000)
PHONE: ViewportSize = {"width": 375, "height": 812}

# The page names the font as one of the system's; this machine may have no Chinese one.
ADD_FONT = """
document.addEventListener('DOMContentLoaded', () => {
  for (const weight of %s) {
    const link = document.createElement('link')
    link.rel = 'stylesheet'
    link.href = '%s' + weight + '.css'
    document.head.append(link)
  }
})
"""

IS_WIDER = """
[document.documentElement, ...document.querySelectorAll('.el-drawer__body')]
  .some((place) => place.scrollWidth > place.clientWidth)
"""
# What still changes its colour is told from its ground by chance.
CALM = """
() => Promise.allSettled(
  document.getAnimations()
    .filter((one) => one.playState === 'running')
    .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
    .map((one) => one.finished)
).then(() => null)
"""


class Window(TypedDict, total=False):
    """How the reader's window is, and what the reader told the system to prefer."""

    viewport: ViewportSize
    color_scheme: Literal["light", "dark"]
    reduced_motion: Literal["reduce"]


class TodayPage:
    """One open page."""

    def __init__(self, page: Page, packages: Path) -> None:
        self.page = page
        self._packages = packages

    @classmethod
    async def open(
        cls,
        browser: Browser,
        packages: Path,
        address: str,
        complaints: list[str],
        lacking: Sequence[str] = (),
        **window: Unpack[Window],
    ) -> "TodayPage":
        """Open *address* in a browser without what it is *lacking*; faults go to *complaints*."""
        page = await browser.new_page(**window)
        today = cls(page, packages)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.on("console", lambda said: complaints.extend(_refused(said)))
        await page.route(f"**{FONT_PATH}**", today._serve_font)
        await page.add_init_script(ADD_FONT % (list(WEIGHTS), FONT_PATH))
        await page.add_init_script(";".join(f"delete {name}" for name in lacking))
        await page.goto(address)
        return today

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, browser: Browser, packages: Path, address: str, **window: Unpack[Window]
    ) -> "AsyncIterator[TodayPage]":
        """Give the page at *address* until the block ends; a fault in it fails the test."""
        complaints: list[str] = []
        today = await cls.open(browser, packages, address, complaints, **window)
        yield today
        await today.page.close()
        assert complaints == []

    async def _serve_font(self, route: Route) -> None:
        name = route.request.url.partition(FONT_PATH)[2]
        await route.fulfill(path=self._packages / "@fontsource" / FONT / name)

    def part(self, name: str) -> Locator:
        return self.page.locator(f'[data-part="{name}"]')

    def tile(self, name: str) -> Locator:
        return self.page.locator(f'[data-tile="{name}"] .figure')

    def red_card(self, alert_id: str) -> Locator:
        return self.page.locator(f'[data-alert="{alert_id}"]')

    def drawer(self) -> Locator:
        return self.page.locator(".explanation")

    def matter(self) -> Locator:
        return self.part("matter")

    def day(self, date: str) -> Locator:
        return self.page.locator(f'[data-date="{date}"]')

    async def is_live(self) -> None:
        """Wait until the page says that its data are live."""
        live = self.page.locator('[data-part="freshness"].live')
        await expect(live).to_be_visible()

    async def speak_english(self) -> None:
        await self.part("language").click()

    async def go_dark(self) -> None:
        await self.part("theme").click()

    async def violations(self) -> list[str]:
        """Return what axe calls serious or critical under WCAG 2.1 AA, one line each."""
        # Evaluated rather than added: the page runs no script but its own.
        rules = self._packages / "axe-core" / "axe.min.js"
        await self.page.evaluate(CALM)
        await self.page.evaluate(rules.read_text())
        found = await self.page.evaluate(
            "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']})"
        )
        return [
            f"{broken['id']}: {node['target']} {node['failureSummary']}"
            for broken in found["violations"]
            if broken["impact"] in {"serious", "critical"}
            for node in broken["nodes"]
        ]

    async def fits(self) -> None:
        """Wait until neither the page nor what is opened beside it is wider than its window."""

        async def fits() -> bool:
            return not await self.page.evaluate(IS_WIDER)

        # Fonts come, and charts follow their panel, a frame later.
        await eventually(fits)

    async def has_focus_in(self, place: Locator) -> None:
        """Wait until the keyboard is in *place*."""
        await eventually(lambda: place.evaluate("place => place.contains(document.activeElement)"))


def _refused(said: ConsoleMessage) -> list[str]:
    return [said.text] if "Content Security Policy" in said.text else []
