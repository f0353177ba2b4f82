"""The page "Today" shows what the stream says, live, and says so when it cannot."""

from typing import Literal

import pytest
from playwright.async_api import ViewportSize, expect

from tests.browser.conftest import OpenPage
from tests.support.pictures import NOW, RED_ALERT, fact, picture, red_card, saveable
from tests.support.stage import Stage
from tests.support.today_page import PHONE

pytestmark = pytest.mark.asyncio(loop_scope="session")

DESK: ViewportSize = {"width": 1440, "height": 900}

# What came after Chrome 87 and Safari 14, whose kernels government desktops still run.
NEWER_THAN_THE_FLOOR = (
    "Object.hasOwn",
    "Object.groupBy",
    "Array.prototype.at",
    "Array.prototype.findLast",
    "Array.prototype.findLastIndex",
    "Array.prototype.toReversed",
    "Array.prototype.toSorted",
    "Array.prototype.toSpliced",
    "Array.prototype.with",
    "String.prototype.at",
    "Promise.withResolvers",
    "AbortSignal.timeout",
    "AbortSignal.any",
    "Crypto.prototype.randomUUID",
    "window.structuredClone",
    "window.scheduler",
)

# The five facts that the system was asked for first, and the tile that each one moves.
FIVE_FACTS = (
    ("intake.application.received", "received_today", "收件"),
    ("committee.referral.made", "referrals_today", "提请上会"),
    ("inspection.visit.concluded", "inspections_today", "现场勘验完成"),
    ("review.rating.posted", "ratings_today", "收到评价"),
    ("rectification.case.closed", "rectifications_closed_today", "整改办结"),
)


async def test_the_page_shows_the_figures_of_the_stream(open_page: OpenPage) -> None:
    today = await open_page()

    await today.is_live()
    for name, value in NOW.items():
        if name != "red_statutory":
            await expect(today.tile(name)).to_have_text(f"{value:,}")


async def test_the_page_says_that_its_figures_are_of_before_until_they_are_counted_anew(
    stage: Stage, open_page: OpenPage
) -> None:
    stage.snapshot = picture(rebuilding={"facts": 0, "facts_expected": None})
    today = await open_page()
    notice = today.page.locator('[data-part="rebuilding"]')
    await expect(notice).to_contain_text("0%")
    await stage.send("delta", {"rebuilding": {"facts": 250, "facts_expected": 1000}})
    await expect(notice).to_contain_text("25%")
    await expect(today.tile("open")).to_have_text(f"{NOW['open']:,}")
    await stage.send("delta", {"rebuilding": None})

    await expect(notice).to_have_count(0)


@pytest.mark.parametrize(("kind", "tile", "word"), FIVE_FACTS)
async def test_each_of_the_five_facts_changes_the_page_without_a_reload(
    stage: Stage, open_page: OpenPage, kind: str, tile: str, word: str
) -> None:
    today = await open_page()
    await today.is_live()
    await today.page.evaluate("window.neverReloaded = true")

    now = NOW | {tile: NOW[tile] + 1}
    news = fact(kind, "10:42:09", "XC20240912000097", "食品经营许可")
    await stage.send("delta", {"as_of": "2024-09-12T10:42:09+08:00", "now": now, "latest": [news]})

    await expect(today.tile(tile)).to_have_text(str(now[tile]))
    await expect(today.part("latest").locator("li")).to_contain_text([word])
    await expect(today.page.get_by_text("数据截至 10:42:09")).to_be_visible()
    assert await today.page.evaluate("window.neverReloaded")


async def test_rows_wait_behind_a_button_while_the_pointer_is_over_them(
    stage: Stage, open_page: OpenPage
) -> None:
    today = await open_page()
    latest = today.part("latest")
    await latest.locator("li").first.hover()

    newer = [
        fact("handling.decision.made", f"10:42:1{n}", f"XC2024091200010{n}", "") for n in (3, 2, 1)
    ]
    await stage.send("delta", {"latest": newer + stage.snapshot["latest"]})

    button = latest.get_by_role("button", name="3 条新消息")
    await expect(button).to_be_visible()
    await expect(latest.locator("li").first).to_contain_text("收件")
    await button.click()
    await expect(latest.locator("li").first).to_contain_text("作出决定")


async def test_two_facts_that_look_the_same_stay_two_rows(
    stage: Stage, open_page: OpenPage
) -> None:
    same = fact("supervision.alert.raised", "00:00:00", "XC20240826000003", "公共场所卫生许可")
    older, newer, newest = (
        fact("handling.decision.made", f"10:42:1{n}", f"XC2024091200010{n}", "") for n in range(3)
    )
    stage.snapshot = picture(latest=[newer, same, same, older])
    today = await open_page()
    rows = today.part("latest").locator("li")
    await expect(rows).to_have_count(4)

    await stage.send("delta", {"latest": [newest, newer, same, same]})

    await expect(rows.first).to_contain_text("10:42:12")
    await expect(rows).to_have_count(4)


ODD_TIMES = (
    *("1900-01-29T00:00:00+08:05:43", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59+08:00"),
    *("20260302", "0", "2024-09-09T00:00+08:00", "yesterday", "", None),
)


async def test_what_is_no_time_takes_no_panel_away(stage: Stage, open_page: OpenPage) -> None:
    odd = [
        red_card(alert_id=f"odd-{number}", raised_at=time, due=time)
        for number, time in enumerate(ODD_TIMES)
    ]
    facts = [
        fact("intake.application.received", "09:00:00", f"XC{number}", "odd") | {"time": time}
        for number, time in enumerate(ODD_TIMES)
    ]
    rows = [saveable(number, due=time) for number, time in enumerate(ODD_TIMES) if time]
    stage.snapshot = picture(
        red=[odd[0], red_card(), *odd[1:]], latest=facts, late_next=[*rows, saveable(40)]
    )

    today = await open_page()

    await today.is_live()
    for name, count in (("red", len(odd) + 1), ("latest", len(facts))):
        await expect(today.part(name).locator("li")).to_have_count(count)
    await expect(today.part("late-next").locator("tbody tr")).to_have_count(len(rows) + 1)
    cards = today.part("red")
    await expect(cards.locator("[data-alert=odd-0]")).to_contain_text(
        "1900-01-29T00:00:00+08:05:43"
    )
    await expect(cards.locator(f"[data-alert='{RED_ALERT}']")).to_contain_text("9月9日")
    await expect(cards.locator("[data-alert=odd-7]")).to_contain_text("–")


async def test_a_row_that_cannot_be_shown_hides_no_other(stage: Stage, open_page: OpenPage) -> None:
    odd, even = (fact("intake.application.received", "09:00:00", f"XC{n}", "") for n in (1, 2))
    stage.snapshot = picture(
        red=[red_card(alert_id="odd", sentence=None), red_card()],
        latest=[odd | {"type": None}, even],
        late_next=[saveable(3, case_no=None), saveable(4)],
    )

    today = await open_page()

    await today.is_live()
    await expect(today.part("red").locator(f"[data-alert='{RED_ALERT}']")).to_be_visible()
    await expect(today.part("latest")).to_contain_text("XC2")
    await expect(today.part("late-next")).to_contain_text(saveable(4)["case_no"])


async def test_a_fact_of_another_day_shows_its_date(stage: Stage, open_page: OpenPage) -> None:
    old = fact("supervision.alert.raised", "00:00:00", "XC20240826000003", "公共场所卫生许可")
    stage.snapshot = picture(
        latest=[
            old | {"time": "2024-09-10T00:00:00+08:00"},
            old | {"time": "2013-01-05T00:00:00+08:00"},
        ]
    )

    today = await open_page()

    times = today.part("latest").locator("time")
    await expect(times).to_have_text(["09-10", "2013-01-05"])


async def test_a_new_red_card_stands_there_with_its_reason(
    stage: Stage, open_page: OpenPage
) -> None:
    today = await open_page()
    await today.is_live()

    card = red_card(alert_id="another", case_no="XC20240827000009", overdue_days=1)
    await stage.send("delta", {"red": [*stage.snapshot["red"], card], "now": NOW | {"red": 3}})

    await expect(today.red_card("another")).to_contain_text(
        "应于9月9日办结，至9月12日已逾期3个工作日"
    )
    await expect(today.red_card("another")).to_contain_text("超期 1 天")
    await expect(today.tile("red")).to_have_text("3")


async def test_a_card_that_was_escalated_says_so(stage: Stage, open_page: OpenPage) -> None:
    stage.snapshot = picture(red=[red_card(state="ESCALATED")])

    today = await open_page()

    await expect(today.red_card(RED_ALERT)).to_contain_text("已升级")


async def test_what_is_settled_at_once_has_a_day_and_no_budget(
    stage: Stage, open_page: OpenPage
) -> None:
    stage.snapshot = picture(late_next=[saveable(0, limit=0, consumed=0)])

    today = await open_page()

    row = today.part("late-next").locator("tbody tr")
    await expect(row).to_contain_text("当日办结")
    await expect(row).not_to_contain_text("0/0")


async def test_data_that_lag_are_said_to_lag(stage: Stage, open_page: OpenPage) -> None:
    today = await open_page()
    await today.is_live()

    await stage.send("delta", {"lag_seconds": 17.2, "complete_to": "2024-09-12T10:41:50+08:00"})

    await expect(today.part("freshness")).to_contain_text("数据延迟 17 秒")
    await expect(today.part("now")).to_contain_text("截至 10:41:50")
    await expect(today.page.locator(".is-stale")).to_be_visible()


async def test_a_lost_line_is_said_and_found_again(stage: Stage, open_page: OpenPage) -> None:
    today = await open_page()
    await today.is_live()
    stage.snapshot = picture(now=NOW | {"open": 1207})

    stage.hang_up()

    await expect(today.tile("open")).to_have_text("1,207")
    await today.is_live()


async def test_a_refused_line_asks_for_a_new_sign_in(stage: Stage, open_page: OpenPage) -> None:
    stage.refusal = 401

    today = await open_page()

    await expect(today.page.get_by_role("alert")).to_contain_text("一次性登录链接")


async def test_a_service_that_goes_away_is_tried_again(stage: Stage, open_page: OpenPage) -> None:
    today = await open_page()
    await today.is_live()

    stage.refusal = 503
    stage.hang_up()

    await expect(today.part("freshness")).to_contain_text("已断开，重连中")
    stage.refusal = None
    await today.is_live()


async def test_a_quiet_day_says_what_would_appear_here(stage: Stage, open_page: OpenPage) -> None:
    stage.snapshot = picture(late_next=[], red=[], latest=[], demo=False)

    today = await open_page()

    await expect(today.part("late-next")).to_contain_text("眼下没有临近到期的办件")
    await expect(today.part("red")).to_contain_text("没有红牌")
    await expect(today.part("latest")).to_contain_text("还没有消息")
    await expect(today.part("demo")).to_have_count(0)


async def test_large_figures_are_counted_in_wan(stage: Stage, open_page: OpenPage) -> None:
    stage.snapshot = picture(now=NOW | {"open": 123_456})

    today = await open_page()

    await expect(today.tile("open")).to_have_text("12.35 万")
    await today.speak_english()
    await expect(today.tile("open")).to_have_text("123,456")


async def test_the_language_changes_at_once_and_is_remembered(open_page: OpenPage) -> None:
    today = await open_page()

    await today.speak_english()

    await expect(today.part("now")).to_contain_text("Due today")
    await expect(today.red_card(RED_ALERT)).to_contain_text("3 days over")
    await expect(today.page.locator("html")).to_have_attribute("lang", "en")
    await today.page.reload()
    await expect(today.part("now")).to_contain_text("Due today")


async def test_the_theme_follows_the_system_until_the_reader_chooses(open_page: OpenPage) -> None:
    today = await open_page(color_scheme="dark")
    root = today.page.locator("html")
    await expect(root).to_have_attribute("data-theme", "dark")

    await today.go_dark()

    await expect(root).to_have_attribute("data-theme", "light")
    await today.page.reload()
    await expect(root).to_have_attribute("data-theme", "light")


async def test_a_paused_clock_and_a_provisional_date_say_so(
    stage: Stage, open_page: OpenPage
) -> None:
    paused = saveable(0, paused=True, due=None, days_left=None, seconds_left=None)
    stage.snapshot = picture(late_next=[paused, saveable(7)])

    today = await open_page()

    rows = today.part("late-next").locator("tbody tr")
    await expect(rows.first).to_contain_text("停表中")
    await expect(rows.last).to_contain_text("暂定")


async def test_the_hours_can_be_read_as_a_table(open_page: OpenPage) -> None:
    today = await open_page()
    arrivals = today.part("arrivals")

    await arrivals.get_by_role("button", name="看表格").click()

    await expect(arrivals.locator("tbody tr").nth(1)).to_contain_text("9 时4133.25")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_serious(
    open_page: OpenPage, language: str, theme: Literal["light", "dark"]
) -> None:
    today = await open_page(color_scheme=theme, viewport=DESK, reduced_motion="reduce")
    await today.is_live()
    if language == "en":
        await today.speak_english()

    on_page = await today.violations()
    await today.red_card(RED_ALERT).get_by_role("link").click()
    await expect(today.drawer().get_by_role("group")).to_be_visible()
    in_drawer = await today.violations()

    assert on_page + in_drawer == []


@pytest.mark.parametrize("path", ["/", f"/#/alerts/{RED_ALERT}"])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_a_phone_shows_everything_without_scrolling_sideways(
    open_page: OpenPage, path: str, language: str
) -> None:
    today = await open_page(path, viewport=PHONE)
    await today.is_live()
    if language == "en":
        await today.page.evaluate("localStorage.setItem('casetrack.language', 'en')")
        await today.page.reload()
        await today.is_live()

    await today.fits()


async def test_an_old_browser_shows_the_page_too(stage: Stage, open_page: OpenPage) -> None:
    today = await open_page(lacking=NEWER_THAN_THE_FLOOR)

    await today.is_live()
    assert await today.page.evaluate("[].at === undefined")
    await today.red_card(RED_ALERT).click()
    await expect(today.day("2024-09-09")).to_be_visible()
    await expect(today.tile("open")).to_have_text("1,204")
    await expect(today.part("arrivals").locator("svg")).to_be_visible()
    more = [0] * 8 + [14, 41, 43] + [0] * 13
    await stage.send("delta", {"arrivals": stage.snapshot["arrivals"] | {"hours": more}})
    await expect(today.part("arrivals").locator("svg")).to_contain_text("今日 43")


async def test_the_page_names_the_day_it_speaks_of(open_page: OpenPage) -> None:
    today = await open_page()

    await expect(today.page.locator("header").first).to_contain_text("2024年9月12日")
