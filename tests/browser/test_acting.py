"""What supervision does about a card, each by its letter: send up, order, ask to revoke, agree."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.support.pictures import RED_ALERT, alert_line, red_explanation
from tests.support.stage import Stage
from tests.support.today_page import TodayPage

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVERYTHING = ["ACKNOWLEDGE", "ESCALATE", "ORDER", "REVOKE"]
ORDER: dict[str, Any] = {
    "order_id": "DB-1",
    "alert_id": RED_ALERT,
    "case_no": None,
    "org_code": "11610102MB1000050T",
    "org_name": "西安市新城区西一路街道便民服务中心",
    "state": "ISSUED",
    "content": "三日内办结并反馈",
    "issued_at": "2024-09-11T10:00:00+08:00",
    "issued_by": "wang",
    "due": "2024-09-13",
    "overdue": False,
    "reply": None,
    "answered_at": None,
    "answered_by": None,
}
PROPOSAL = {"by": "li", "at": "2024-09-11T10:00:00+08:00", "reason": "系统补录", "approver": None}
WORDS = "已与承办科室核实"


def shows(stage: Stage, **changes: object) -> None:
    """Let the service tell of one card, with *changes*."""
    stage.documents["alerts"] = {
        "items": [alert_line(0, actions=changes.get("actions", EVERYTHING))],
        "next_cursor": None,
    }
    stage.documents[f"alerts/{RED_ALERT}"] = red_explanation() | {"actions": EVERYTHING} | changes


async def acted(today: TodayPage, key: str, words: str | None) -> None:
    """Open the form of *key* on the first row, write *words* and send it."""
    keyboard = today.page.keyboard
    await expect(today.part("alerts").locator("tbody tr")).to_have_count(1)
    await keyboard.press("j")
    await keyboard.press(key)
    form = today.part("acting").locator("form")
    if words is None:
        await expect(form.locator("button[type=submit]")).to_be_focused()
        await keyboard.press("Enter")
    else:
        await expect(form.get_by_role("textbox")).to_be_focused()
        await keyboard.type(words)
        await keyboard.press("Control+Enter")
    await expect(today.part("acting").get_by_role("status")).to_be_visible()


@pytest.mark.parametrize(
    ("key", "path", "body"),
    [
        ("e", f"alerts/{RED_ALERT}/escalate", {"note": WORDS}),
        ("o", "orders", {"alert_id": RED_ALERT, "content": WORDS}),
        ("r", f"alerts/{RED_ALERT}/revoke", {"reason": WORDS}),
    ],
)
async def test_each_thing_is_done_by_its_letter(
    stage: Stage, open_page: OpenPage, key: str, path: str, body: object
) -> None:
    shows(stage)
    today = await open_page("/#/alerts")

    await acted(today, key, WORDS)

    assert [told[:2] for told in stage.commands] == [(path, body)]


async def test_nothing_is_sent_without_what_has_to_be_said(
    stage: Stage, open_page: OpenPage
) -> None:
    shows(stage)
    today = await open_page(f"/#/alerts/{RED_ALERT}")
    await today.part("acting").get_by_role("button", name="督办").click()

    await today.page.keyboard.press("Control+Enter")

    await expect(today.part("acting").get_by_role("alert")).to_contain_text("请填写督办内容")
    await expect(today.part("acting").get_by_role("textbox")).to_be_focused()
    assert stage.commands == []


async def test_a_second_person_agrees_to_what_another_has_asked(
    stage: Stage, open_page: OpenPage
) -> None:
    shows(stage, proposal=PROPOSAL)
    today = await open_page("/#/alerts")

    await acted(today, "r", None)

    assert [told[:2] for told in stage.commands] == [(f"alerts/{RED_ALERT}/revoke", {})]
    await expect(today.part("card-history")).to_contain_text("系统补录")
    await expect(today.part("acting").get_by_role("status")).to_contain_text("已同意撤销")


async def test_who_has_asked_waits_for_another(stage: Stage, open_page: OpenPage) -> None:
    shows(stage, proposal=PROPOSAL, actions=["ACKNOWLEDGE"])

    today = await open_page(f"/#/alerts/{RED_ALERT}")

    await expect(today.part("card-history")).to_contain_text("等待另一人同意")
    await expect(today.part("acting").get_by_role("button")).to_have_count(1)


async def test_an_order_is_answered_by_whom_it_was_sent_to(
    stage: Stage, open_page: OpenPage
) -> None:
    shows(stage, orders=[ORDER], actions=["ANSWER"])
    today = await open_page("/#/alerts")

    await acted(today, "w", WORDS)

    assert [told[:2] for told in stage.commands] == [("orders/DB-1/answer", {"reply": WORDS})]
    await expect(today.part("card-history")).to_contain_text("三日内办结并反馈")
    await expect(today.part("card-history")).to_contain_text("待反馈")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_axe_finds_nothing_serious_in_what_became_of_a_card(
    stage: Stage, open_page: OpenPage, language: str
) -> None:
    moment = {"at": "2024-09-10T00:00:00+08:00", "words": None, "to_level": None}
    history = [
        moment | {"act": "raised", "by": "supervision"},
        moment | {"act": "escalated", "by": "supervision", "words": "逾期未签收"},
    ]
    shows(stage, proposal=PROPOSAL, orders=[ORDER], history=history)
    today = await open_page(f"/#/alerts/{RED_ALERT}", reduced_motion="reduce")
    await expect(today.part("card-history").locator("ol li")).to_have_count(2)
    if language == "en":
        await today.page.evaluate("localStorage.setItem('casetrack.language', 'en')")
        await today.page.reload()
        await expect(today.part("card-history")).to_contain_text("escalated")

    assert await today.violations() == []
    await today.fits()
