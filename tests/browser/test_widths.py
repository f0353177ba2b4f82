"""However wide the window is, no case's number is cut and nothing has to be scrolled sideways."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.support.eventually import eventually
from tests.support.pictures import SAVEABLE_CASE

pytestmark = pytest.mark.asyncio(loop_scope="session")

NUMBER_IS_WHOLE = """
row => row.querySelector('a').getBoundingClientRect().right
  <= row.querySelector('td.case').getBoundingClientRect().right
"""


@pytest.mark.parametrize("width", [721, 860, 1000, 1081, 1201, 1281, 1600])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_the_number_of_a_case_is_whole(
    open_page: OpenPage, language: str, width: int
) -> None:
    today = await open_page(viewport={"width": width, "height": 800})
    if language == "en":
        await today.speak_english()
    row = today.page.locator(f'[data-case="{SAVEABLE_CASE}"]')
    await expect(row).to_be_visible()

    await eventually(lambda: row.evaluate(NUMBER_IS_WHOLE))
    await today.fits()
