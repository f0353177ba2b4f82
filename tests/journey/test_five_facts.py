"""The five facts that were asked for first: each by a command, each as a CloudEvent, each seen."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import pytest
from playwright.async_api import async_playwright, expect

from deploy.stack.browser import find_browser
from tests.support.five_facts import FIVE_FACTS, FirstFact, errand
from tests.support.standing_bureau import StandingBureau
from tests.support.today_page import TodayPage

ACCEPTED = 202
SEEN_MS_MAX = 90_000

each_fact = pytest.mark.parametrize("fact", FIVE_FACTS, ids=lambda fact: fact.tile)
pytestmark = [pytest.mark.timeout(400), pytest.mark.usefixtures("at_rest", "today")]


@pytest.fixture(scope="module")
def at_rest(bureau: StandingBureau) -> None:
    """Let the tiles stand still: other journeys may have said more than is shown yet."""
    asyncio.run(bureau.at_rest())


@each_fact
async def test_a_clerk_tells_it_and_the_page_counts_it(
    bureau: StandingBureau, fact: FirstFact
) -> None:
    async with bureau.counters() as counters, bureau.watched() as page:
        before = page.tile(fact.tile)
        await fact.tell(errand(counters))

        await page.shows(fact.tile, before + 1)
        assert fact.kind in {line["type"] for line in page.picture["latest"]}


@each_fact
async def test_another_system_tells_it_and_the_page_counts_it_once(
    bureau: StandingBureau, fact: FirstFact
) -> None:
    told = fact.foreign()
    async with bureau.watched() as page:
        before = page.tile(fact.tile)
        first, again = await bureau.publish(told), await bureau.publish(told)
        other = await bureau.publish(fact.foreign())

        await page.shows(fact.tile, before + 2)
        assert (first, again, other) == (ACCEPTED, 200, ACCEPTED)


async def test_the_open_page_moves_with_each_that_a_clerk_tells(bureau: StandingBureau) -> None:
    async with open_page(bureau) as today, bureau.counters() as counters:
        for fact in FIVE_FACTS:
            await moves(today, fact, partial(fact.tell, errand(counters)))


async def test_the_open_page_moves_with_each_that_another_system_tells(
    bureau: StandingBureau,
) -> None:
    async with open_page(bureau) as today:
        for fact in FIVE_FACTS:
            await moves(today, fact, partial(bureau.publish, fact.foreign()))


@asynccontextmanager
async def open_page(bureau: StandingBureau) -> AsyncIterator[TodayPage]:
    """Open the bureau's page in a real browser, live; it may complain of nothing."""
    found, complaints = find_browser(), list[str]()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=found.executable,
            args=list(found.arguments),
            env=dict(found.environment),
        )
        today = await TodayPage.open(browser, found.packages, bureau.sign_in(), complaints)
        await today.is_live()
        yield today
        await browser.close()

    assert complaints == []


async def moves(today: TodayPage, fact: FirstFact, tell: Callable[[], Awaitable[object]]) -> None:
    """Return once the tile of *fact*, which is told now, shows one more."""
    before = int(await today.tile(fact.tile).inner_text())
    await tell()
    await expect(today.tile(fact.tile)).to_have_text(str(before + 1), timeout=SEEN_MS_MAX)
