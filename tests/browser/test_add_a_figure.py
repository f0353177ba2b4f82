"""A figure in a file of its own has its tile on the page, and its cases behind it."""

import pytest
from playwright.async_api import expect

from services.metrics.domain.figures import register
from tests.browser.conftest import OpenPage
from tests.support import scratch_figure
from tests.support.pictures import NOW, SAVEABLE_CASE, picture, tiles
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

LINE = {
    "case_no": SAVEABLE_CASE,
    "item_name": "食品经营许可",
    "open": True,
    "phase": "EXAMINING",
    "level": None,
    "due": {"COMMITTED": "2024-09-12"},
}


@pytest.mark.parametrize(("language", "title"), [("zh-CN", "十二号窗口"), ("en", "Window 12")])
async def test_its_tile_is_drawn_in_both_languages_and_leads_to_its_cases(
    monkeypatch: pytest.MonkeyPatch, stage: Stage, open_page: OpenPage, language: str, title: str
) -> None:
    more = register.Register.of((*register.MODULES, scratch_figure))
    monkeypatch.setattr(register, "REGISTER", more)
    stage.snapshot = picture(tiles=tiles(), now=NOW | {"at_w12_today": 3})
    asked = stage.answer("kpis/K99.1/cases", lambda _: {"items": [LINE], "next_cursor": None})
    today = await open_page()
    if language == "en":
        await today.speak_english()

    await expect(today.page.locator('[data-tile="at_w12_today"] dt')).to_have_text(title)
    await expect(today.tile("at_w12_today")).to_have_text("3")
    await today.tile("at_w12_today").click()

    drawer = today.page.locator(".figure-cases")
    await expect(drawer.get_by_role("heading")).to_contain_text(f"{title} 3")
    await expect(drawer.locator("tbody tr")).to_contain_text([SAVEABLE_CASE])
    assert (asked[0]["from"], asked[0]["to"]) == ("2024-09-12", "2024-09-12")


async def test_a_rate_is_told_in_hundredths_and_is_nothing_where_nothing_was_to_divide(
    stage: Stage, open_page: OpenPage
) -> None:
    rate = tiles()[-1] | {"name": "rate", "unit": "ratio", "level": "YELLOW"}
    stage.snapshot = picture(tiles=[rate], now=NOW | {"rate": None})
    today = await open_page()
    await expect(today.tile("rate")).to_have_text("–")

    await stage.send("delta", {"now": NOW | {"rate": 0.9426}})

    await expect(today.tile("rate")).to_have_text("94.3%")
    await expect(today.page.locator('[data-tile="rate"] dt')).to_contain_text("▲")


async def test_an_address_of_a_tile_that_is_gone_leads_to_the_page(
    stage: Stage, open_page: OpenPage
) -> None:
    today = await open_page("/#/figures/long_gone")

    await today.is_live()

    await expect(today.page).to_have_url(f"{stage.address}/#/")
    await expect(today.page.locator(".figure-cases")).to_be_hidden()
