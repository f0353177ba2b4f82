"""A matter has a page of its own: all its runs with their reasons, its cards and its history."""

import re
from typing import Literal

import pytest
from playwright.async_api import Locator, ViewportSize, expect

from services.metrics.views.explanation import PartyTime
from shared.contracts.words import ClockParty
from tests.browser.conftest import OpenPage
from tests.support.eventually import eventually
from tests.support.pictures import (
    RED_ALERT,
    SAVEABLE_CASE,
    alert_line,
    case_head,
    elapsed,
    fact,
    runs,
)
from tests.support.stage import Stage
from tests.support.today_page import PHONE, TodayPage

pytestmark = pytest.mark.asyncio(loop_scope="session")

DESK: ViewportSize = {"width": 1440, "height": 900}
NARROWEST: ViewportSize = {"width": 360, "height": 740}
ADDRESS = f"/#/cases/{SAVEABLE_CASE}"
INSPECTION = {
    "kind": "inspection",
    "name": "inspection-7",
    "state": "SCHEDULED",
    "opened_on": "2024-09-03",
    "done_on": None,
}
USED = (
    PartyTime(ClockParty.BUREAU, 3, 3),
    PartyTime(ClockParty.APPLICANT, 1, 1),
    PartyTime(ClockParty.COMMITTEE, 2, 2),
    PartyTime(ClockParty.THIRD_PARTY, 2, 2),
)
WIDTHS = "parts => parts.map(part => part.getBoundingClientRect().width)"
STAYS = "all => all.every(one => one.scrollWidth <= one.clientWidth)"
LOOKS = """
parts => parts.map(part => {
  const look = getComputedStyle(part)
  return `${look.backgroundColor} ${look.backgroundImage}`
})
"""


@pytest.fixture(autouse=True)
def several_runs(stage: Stage) -> None:
    stage.documents[f"cases/{SAVEABLE_CASE}"] = case_head() | {
        "subjects": [INSPECTION],
        "org_name": "西安市新城区行政审批服务局",
    }
    stage.documents[f"cases/{SAVEABLE_CASE}/clocks"] = {"items": runs(), "matter": elapsed(*USED)}
    stage.documents["alerts"] = {
        "items": [alert_line(0), alert_line(4, state="RESOLVED")],
        "next_cursor": None,
    }


def row(today: TodayPage, name: str) -> Locator:
    return today.part("runs").locator(f'[data-run="{name}"]')


async def test_every_run_is_told_the_most_urgent_first_and_open(open_page: OpenPage) -> None:
    today = await open_page(ADDRESS)

    buttons = today.part("runs").locator("[aria-expanded]")
    await expect(buttons.locator("strong")).to_have_text(
        ["现场勘验", "现场勘验（第 2 次）", "承诺时限", "法定时限", "接收材料审核"]
    )
    for place, opened in enumerate(("true", "false", "false", "false", "false")):
        await expect(buttons.nth(place)).to_have_attribute("aria-expanded", opened)


async def test_the_page_says_whose_matter_it_is_and_where_it_stands(open_page: OpenPage) -> None:
    today = await open_page(ADDRESS)

    matter = today.part("matter")
    await expect(today.page).to_have_title(f"{SAVEABLE_CASE} · casetrack")
    await expect(today.page.get_by_role("heading", level=1)).to_have_text(SAVEABLE_CASE)
    for words in ("食品经营许可", "审查中", "西安市新城区行政审批服务局", "W12", "9月2日 周一"):
        await expect(matter).to_contain_text(words)


async def test_a_run_opens_into_its_sentence_and_its_days_and_closes_again(
    open_page: OpenPage,
) -> None:
    today = await open_page(ADDRESS)
    visit = row(today, "inspection-7 SLA-08 1")
    button = visit.get_by_role("button", name="现场勘验")
    await expect(visit).to_contain_text("现场勘验（第 2 次）")
    await expect(visit).to_contain_text("现场勘验 inspection-7")

    await button.click()
    await expect(visit).to_contain_text("8月26日受理，第二日起算")
    await expect(visit.locator('[data-date="2024-09-09"]')).to_be_visible()
    await expect(button).to_have_attribute("aria-expanded", "true")
    await button.click()

    await expect(visit.locator('[data-date="2024-09-09"]')).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "name", "told", "span"),
    [
        (
            "zh-CN",
            "用时方 · 已用时 8 个工作日",
            ["审批机关 3 个工作日", "申请人 1 个工作日", "审议会 2 个工作日", "第三方 2 个工作日"],
            "9月2日 周一至9月12日 周四",
        ),
        (
            "en",
            "Whose time · 8 working days so far",
            [
                "the bureau 3 working days",
                "the applicant 1 working day",
                "the committee 2 working days",
                "third parties 2 working days",
            ],
            "Mon 2 Sept to Thu 12 Sept",
        ),
    ],
)
async def test_it_tells_whose_the_time_of_the_whole_case_was(
    open_page: OpenPage, language: str, name: str, told: list[str], span: str
) -> None:
    today = await open_page(ADDRESS)
    if language == "en":
        await today.speak_english()

    whole = today.page.get_by_role("figure", name=name)
    await expect(whole.get_by_role("listitem")).to_have_text(told)
    await expect(whole).to_contain_text(span)
    bar = whole.locator(".bar > *")
    await expect(bar).to_have_count(4)
    widths = await bar.evaluate_all(WIDTHS)
    assert widths[0] / widths[1] == pytest.approx(3, rel=0.1)
    assert widths[2] == pytest.approx(widths[3], rel=0.1)


async def test_of_a_case_that_has_ended_it_tells_how_long_it_took(
    stage: Stage, open_page: OpenPage
) -> None:
    whole = elapsed(*USED, ended=True)
    stage.documents[f"cases/{SAVEABLE_CASE}/clocks"] = {"items": runs(), "matter": whole}

    today = await open_page(ADDRESS)

    await expect(today.part("used")).to_have_accessible_name("用时方 · 办理用时 8 个工作日")


async def test_an_opened_run_tells_whose_its_time_was_and_what_of_it_counted(
    open_page: OpenPage,
) -> None:
    today = await open_page(ADDRESS)

    run = row(today, f"{SAVEABLE_CASE} SLA-04 0")
    await run.get_by_role("button").first.click()
    committed = run.get_by_role("figure")
    await expect(committed).to_have_accessible_name("用时方 · 已用时 8 个工作日")
    await expect(committed.locator('[data-party="BUREAU"]')).to_have_text("审批机关 6 个工作日")
    await expect(committed.locator('[data-party="THIRD_PARTY"]')).to_have_text(
        "第三方 2 个工作日 其中计入时限 0"
    )


async def test_the_time_of_a_run_is_told_in_the_unit_of_its_limit(
    stage: Stage, open_page: OpenPage
) -> None:
    hours = runs()[0] | {"unit": "HH"}
    stage.documents[f"cases/{SAVEABLE_CASE}/clocks"] = {"items": [hours]}

    today = await open_page(ADDRESS)

    shares = today.part("runs").get_by_role("figure")
    await expect(shares.locator('[data-party="THIRD_PARTY"]')).to_contain_text("2 个大厅工时")
    await expect(today.part("used")).to_have_count(0)


async def test_where_nothing_has_passed_it_says_what_will_be_shown(
    stage: Stage, open_page: OpenPage
) -> None:
    fresh = runs()[0] | {"consumed": 0, "used": []}
    over = runs()[-1]
    stage.documents[f"cases/{SAVEABLE_CASE}/clocks"] = {
        "items": [fresh, over],
        "matter": elapsed() | {"until": "2024-09-02"},
    }

    today = await open_page(ADDRESS)
    await today.page.get_by_role("button", name="全部展开").click()

    await expect(today.part("used")).to_contain_text("还不满 1 个工作日")
    shares = today.part("runs").get_by_role("figure")
    await expect(shares.first).to_contain_text("还不满 1 个工作日")
    await expect(shares.last).to_contain_text("不满 1 个工作日即已结束。")
    await expect(today.page.locator("figure .bar")).to_have_count(0)


async def test_its_certificate_opens_in_a_tab_of_its_own(stage: Stage, open_page: OpenPage) -> None:
    stage.documents[f"cases/{SAVEABLE_CASE}/certificate"] = {"certificate": "is given"}
    today = await open_page(ADDRESS)

    async with today.page.expect_popup() as opening:
        await today.matter().get_by_role("link", name="办件时限证明").click()

    certificate = await opening.value
    await expect(certificate.locator("body")).to_contain_text("is given")
    assert certificate.url == f"{stage.address}/v1/cases/{SAVEABLE_CASE}/certificate"
    await expect(today.matter()).to_be_visible()
    await certificate.close()


async def test_the_keyboard_walks_the_runs_opens_one_and_leaves(open_page: OpenPage) -> None:
    today = await open_page()
    keyboard = today.page.keyboard
    link = today.page.locator(f'[data-case="{SAVEABLE_CASE}"]').get_by_role("link")
    await link.focus()
    await keyboard.press("Enter")
    await expect(today.page.get_by_role("heading", name=SAVEABLE_CASE)).to_be_focused()
    buttons = today.part("runs").locator("[aria-expanded]")
    await expect(buttons).to_have_count(5)

    await keyboard.press("j")
    await expect(buttons.first).to_be_focused()
    await keyboard.press("j")
    await expect(buttons.nth(1)).to_be_focused()
    await keyboard.press("Enter")
    await expect(buttons.nth(1)).to_have_attribute("aria-expanded", "true")
    await keyboard.press("Escape")

    await expect(today.part("late-next")).to_be_visible()
    await expect(link).to_be_focused()


async def test_the_search_in_the_head_leads_to_a_matter_by_its_number(open_page: OpenPage) -> None:
    today = await open_page()
    await today.is_live()

    await today.page.keyboard.press("/")
    await expect(today.part("find")).to_be_focused()
    wide = SAVEABLE_CASE.replace("XC2024", "ＸＣ２０２４")
    await today.page.keyboard.insert_text(f" {wide} ")
    await today.page.keyboard.press("Enter")

    await expect(today.part("runs").locator("[data-run]")).to_have_count(5)
    await expect(today.page).to_have_url(re.compile(f"{re.escape(ADDRESS)}$"))
    await today.page.go_back()
    await expect(today.part("late-next")).to_be_visible()


async def test_a_number_that_nobody_knows_is_told_what_to_do(open_page: OpenPage) -> None:
    today = await open_page("/#/cases/XC00000000000000")

    said = today.page.get_by_role("alert")
    await expect(said).to_contain_text("没有找到办件 XC00000000000000")
    await expect(said).to_contain_text("请核对编号是否完整")
    await said.get_by_role("link").click()
    await expect(today.page.locator('[data-filter="begins"]')).to_have_value("XC00000000000000")


async def test_a_matter_that_is_not_answered_can_be_asked_again(
    stage: Stage, open_page: OpenPage
) -> None:
    today = await open_page()
    await today.page.route("**/v1/cases/**", lambda route: route.abort())
    await today.page.goto(f"{stage.address}{ADDRESS}")
    await expect(today.page.get_by_role("alert")).to_contain_text("没有读到这个办件")

    await today.page.unroute("**/v1/cases/**")
    await today.page.get_by_role("button", name="再读一次").click()

    await expect(today.part("runs").locator("[data-run]")).to_have_count(5)


async def test_its_cards_lead_to_their_reasons_and_close_to_the_matter(open_page: OpenPage) -> None:
    today = await open_page(ADDRESS)
    cards = today.part("cards")
    await expect(cards.locator(f'[data-alert="{RED_ALERT}"]')).to_contain_text("未签收")
    await expect(cards).to_contain_text("已解除")

    await cards.locator(f'[data-alert="{RED_ALERT}"]').get_by_role("link").click()
    await expect(today.drawer()).to_contain_text("8月26日受理，第二日起算")
    await today.page.keyboard.press("Escape")

    await expect(today.drawer()).to_be_hidden()
    await expect(today.part("matter")).to_be_visible()
    await expect(today.page).to_have_url(re.compile(f"{re.escape(ADDRESS)}$"))


async def test_it_tells_its_history_and_what_stands_beside_it(open_page: OpenPage) -> None:
    today = await open_page(ADDRESS)

    steps = today.part("matter").locator("ol li")
    await expect(steps.nth(1)).to_contain_text("09-02 10:12")
    await expect(steps.nth(1)).to_contain_text("受理")
    await expect(today.part("cards")).to_contain_text("inspection-7")


async def test_what_the_stream_tells_of_it_is_read_at_once_and_leaves_open_what_was_opened(
    stage: Stage, open_page: OpenPage
) -> None:
    today = await open_page(ADDRESS)
    ended = row(today, f"{SAVEABLE_CASE} SLA-01 0")
    await ended.get_by_role("button").first.click()
    await expect(ended.get_by_role("group")).to_be_visible()
    stage.documents[f"cases/{SAVEABLE_CASE}"] = case_head() | {"phase": "DECIDED"}

    told = fact("handling.decision.made", "10:42:30", SAVEABLE_CASE, "食品经营许可")
    await stage.send("delta", {"latest": [told, *stage.snapshot["latest"]]})

    await expect(today.part("matter")).to_contain_text("已决定")
    await expect(ended.get_by_role("group")).to_be_visible()


async def test_a_matter_without_a_deadline_says_when_it_will_have_one(
    stage: Stage, open_page: OpenPage
) -> None:
    stage.documents[f"cases/{SAVEABLE_CASE}/clocks"] = {"items": []}
    stage.documents["alerts"] = {"items": [], "next_cursor": None}

    today = await open_page(ADDRESS)

    await expect(today.part("runs")).to_contain_text("这个办件还没有时限")
    await expect(today.part("cards")).to_contain_text("没有预警")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_serious_in_a_matter(
    open_page: OpenPage, language: str, theme: Literal["light", "dark"]
) -> None:
    today = await open_page(ADDRESS, color_scheme=theme, viewport=DESK, reduced_motion="reduce")
    await expect(today.part("runs").locator("[data-run]")).to_have_count(5)
    if language == "en":
        await today.speak_english()
        await expect(today.part("runs")).to_contain_text("site visit")

    assert await today.violations() == []
    await today.fits()


@pytest.mark.parametrize("viewport", [NARROWEST, PHONE])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_a_phone_shows_a_matter_without_scrolling_sideways(
    open_page: OpenPage, language: str, viewport: ViewportSize
) -> None:
    today = await open_page(ADDRESS, viewport=viewport)
    await expect(today.part("runs").locator("[data-run]")).to_have_count(5)
    if language == "en":
        await today.speak_english()
        await expect(today.part("runs")).to_contain_text("site visit")

    await today.fits()


async def test_what_is_said_of_a_due_day_stays_in_its_column(open_page: OpenPage) -> None:
    today = await open_page(ADDRESS, viewport=DESK)
    await today.speak_english()

    due = today.part("runs").locator(".due")
    await expect(due.filter(has_text="set when the clock resumes")).to_have_count(1)
    await eventually(lambda: due.evaluate_all(STAYS))


async def test_paper_carries_the_matter_with_what_is_open(open_page: OpenPage) -> None:
    today = await open_page(ADDRESS)
    await today.page.get_by_role("button", name="全部展开").click()
    await expect(today.part("runs").get_by_role("group")).to_have_count(5)

    await today.page.emulate_media(media="print")

    await expect(today.part("find")).to_be_hidden()
    await expect(today.matter().get_by_role("link", name="办件时限证明")).to_have_count(0)
    await expect(today.part("runs").get_by_role("group").last).to_be_visible()
    await expect(today.part("used").get_by_role("listitem")).to_have_count(4)
    await expect(today.part("runs").get_by_role("figure")).to_have_count(5)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_each_party_looks_different_and_its_swatch_as_its_part(
    open_page: OpenPage, theme: Literal["light", "dark"]
) -> None:
    today = await open_page(ADDRESS, color_scheme=theme)

    parts = today.part("used").locator(".bar > *")
    await expect(parts).to_have_count(4)
    await expect(today.part("used").locator(".swatch")).to_have_count(4)
    looks = await parts.evaluate_all(LOOKS)
    swatches = await today.part("used").locator(".swatch").evaluate_all(LOOKS)
    assert len(set(looks)) == 4
    assert swatches == looks
