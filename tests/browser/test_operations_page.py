"""The page "Operations": what is late or fails now, and everything that could be."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, ViewportSize, expect

from deploy.stack import browser as local_browser
from services.metrics.domain.figures import live
from shared.runtime.ids import SeededIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer
from tests.browser.conftest import OpenPage
from tests.support.eventually import eventually
from tests.support.memory_api import reader_over
from tests.support.metrics_store import FACTS, MONTH_LATER, by_terminal, opened
from tests.support.page_service import page_service
from tests.support.pictures import SAVEABLE_CASE
from tests.support.stage import Stage
from tests.support.today_page import PHONE, TodayPage

pytestmark = pytest.mark.asyncio(loop_scope="session")

WINDOWS: Mapping[str, ViewportSize] = {"desk": {"width": 1440, "height": 900}, "phone": PHONE}
READ = ("freshness", "kpis/K01.7", "kpis/L07", "kpis/L08", "kpis/L09", "rules")
TERMINAL = "政务大厅综合窗口与自助终端"
LOOK_MS = 15_000
WELL = {"channel": "hall", "failing_since": None, "fault": "", "closed": False, "waiting": 0}
DOWN = {
    "channel": "duty-desk",
    "failing_since": "2024-09-12T09:30:00+08:00",
    "fault": "http_500",
    "closed": False,
    "waiting": 3,
}
GONE = {**WELL, "channel": "oa", "failing_since": DOWN["failing_since"], "closed": True}
GONE["fault"] = "http_410"
SENT = {
    "delivery_id": "d-1",
    "channel": "hall",
    "state": "SENT",
    "notifications": 4,
    "made_at": "2024-09-12T10:00:00+08:00",
    "tries": 1,
    "tried_at": "2024-09-12T10:00:02+08:00",
    "sent_at": "2024-09-12T10:00:02+08:00",
    "answer": "http_204",
}
GIVEN_UP = SENT | {
    "delivery_id": "d-2",
    "channel": "duty-desk",
    "state": "GIVEN_UP",
    "made_at": "2024-09-12T09:30:00+08:00",
    "tries": 9,
    "sent_at": None,
    "answer": "http_500",
}
UNTRIED = SENT | {
    "delivery_id": "d-3",
    "state": "WAITING",
    "tries": 0,
    "tried_at": None,
    "sent_at": None,
    "answer": "",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what the service itself tells operations, of a day on which all is well."""
    folder = tmp_path_factory.mktemp("keys")
    async with opened("memory") as store:
        await store.fold(*(by_terminal(fact, MONTH_LATER) for fact in FACTS[:3]))
        token = LocalIssuer.open(folder, store.clock, SeededIds(1)).issue(Bearer(Role.OPS))
        transport = httpx2.ASGITransport(reader_over(store, folder).web)
        async with httpx2.AsyncClient(
            transport=transport,
            base_url="http://metrics",
            headers={"authorization": f"Bearer {token}"},
        ) as client:
            return {path: (await client.get(f"/v1/{path}")).json() for path in READ}


@pytest.fixture(autouse=True)
def documents(stage: Stage, told: dict[str, Any]) -> None:
    # Nobody completes the lane of a store in memory.
    stage.documents |= told | {"freshness": told["freshness"] | {"behind": []}}
    stage.documents["channels"] = {"items": [WELL], "next_cursor": None}
    stage.documents["deliveries"] = {"items": [SENT], "next_cursor": None}


def changed(stage: Stage, path: str, **changes: object) -> None:
    """Let the service tell something else at *path* than before."""
    document = stage.documents[path]
    assert isinstance(document, dict)
    stage.documents[path] = document | changes


def troubled(stage: Stage) -> None:
    """Let everything be late or fail that can."""
    fresh: Any = stage.documents["freshness"]
    (partition,) = fresh["partitions"]
    slow = {"waiting": 12_000, "lag_seconds": 95.0}
    changed(
        stage,
        "freshness",
        partitions=[partition, partition | {"partition": 1} | slow],
        outboxes=[{"owner": "intake", "lag_seconds": 301.0}],
        behind=[{"partition": 1, "complete_to": None, "clocks": 6}],
        clocks={"went_round_at": "2024-09-12T10:40:00+08:00", "found": 2},
    )
    for path, value in (("kpis/K01.7", 95), ("kpis/L07", 1500)):
        figure: Any = stage.documents[path]
        first, *others = figure["sources"]
        late = {"value": value, "level": "RED", "sample_ok": True}
        changed(stage, path, sources=[first | late, *others])
    changed(stage, "rules", newest=3, lanes_behind=2)
    stage.documents["channels"] = {"items": [DOWN, WELL, GONE], "next_cursor": None}
    stage.documents["deliveries"] = {"items": [UNTRIED, SENT, GIVEN_UP], "next_cursor": None}


def troubles(today: TodayPage) -> Locator:
    return today.part("troubles").locator("[data-trouble]")


async def test_a_day_without_trouble_is_one_calm_line(open_page: OpenPage) -> None:
    today = await open_page()
    await today.page.get_by_role("link", name="运行", exact=True).click()

    await expect(today.part("troubles")).to_contain_text("一切正常，数据截至 08:00")
    await expect(troubles(today)).to_have_count(0)
    await expect(today.page).to_have_title("运行 · casetrack")


async def test_every_part_says_how_it_stands(open_page: OpenPage) -> None:
    today = await open_page("/#/operations")

    partition = today.part("progress").locator("tbody tr").first
    await expect(partition.locator("th")).to_have_text("casetrack.intake.v1/0")
    await expect(partition).to_contain_text("0 秒")
    await expect(today.part("progress")).to_contain_text("发件箱 review")
    terminal = today.page.locator('[data-source="hall-terminal"]')
    await expect(terminal).to_contain_text(TERMINAL)
    await expect(terminal).to_contain_text("0 分钟")
    await expect(terminal).to_contain_text("（样本少）")
    await expect(today.page.locator('[data-source="qinwuyuan"]')).to_contain_text("从未来报")
    await expect(today.page.locator('[data-channel="hall"]')).to_contain_text("正常")
    delivery = today.page.locator('[data-delivery="d-1"]')
    for words in ("已送达", "http_204", "09-12 10:00"):
        await expect(delivery).to_contain_text(words)
    await expect(today.part("rules")).to_contain_text("随系统发布，尚未改版")
    await expect(today.part("rules")).to_contain_text("2024.1-")


async def test_what_is_late_or_fails_is_said_first_in_words_and_without_the_colours_of_deadlines(
    open_page: OpenPage, stage: Stage
) -> None:
    troubled(stage)
    today = await open_page("/#/operations")

    await expect(troubles(today)).to_have_count(8)
    for place, words in enumerate(
        (
            "6 个时限已到判定时刻，要等通道 1 读全",
            "1 个分区落后，未处理记录合计 1.2 万；最慢的 casetrack.intake.v1/1 落后 95 秒",
            "intake 的发件箱落后 5 分钟",
            f"{TERMINAL}在大厅开放时间内已有 95 分钟没有来报",
            "95% 在事发后 25 小时 0 分以内报到",
            "渠道 duty-desk 自 09-12 09:30 起送不出（http_500），3 条待送",
            "渠道 oa 的接收方不再接收（http_410）",
            "规则第 3 版已发布，2 个通道尚未按其重算",
        )
    ):
        await expect(troubles(today).nth(place)).to_contain_text(words)
    await expect(today.part("progress")).to_contain_text("累计发现 2 个未及时计时的时限")
    coloured = await today.page.locator("main").evaluate(
        """main => ['--late', '--near', '--on-time'].flatMap((name) => {
          const probe = document.createElement('i')
          probe.style.color = `var(${name})`
          document.body.append(probe)
          const { color } = getComputedStyle(probe)
          probe.remove()
          const parts = [...main.querySelectorAll('*')]
          return parts.filter((one) => getComputedStyle(one).color === color)
        }).length"""
    )
    assert coloured == 0


async def test_the_page_is_read_again_by_the_clock_alone(open_page: OpenPage, stage: Stage) -> None:
    today = await open_page("/#/operations")
    await today.page.clock.install()
    await today.page.reload()
    await expect(today.part("troubles")).to_contain_text("一切正常")

    changed(stage, "freshness", outboxes=[{"owner": "assist", "lag_seconds": 60.0}])
    await today.page.clock.fast_forward(LOOK_MS)

    await expect(troubles(today)).to_contain_text("assist 的发件箱落后 60 秒")


async def test_a_part_that_is_not_answered_is_no_calm_and_can_be_read_again(
    open_page: OpenPage, stage: Stage, told: dict[str, Any]
) -> None:
    del stage.documents["kpis/L07"]
    today = await open_page("/#/operations")
    await expect(troubles(today)).to_contain_text("“来源系统”这次没有读到")
    await expect(today.part("sources").get_by_role("alert")).to_contain_text("没有读到")

    stage.documents["kpis/L07"] = told["kpis/L07"]
    await today.part("sources").get_by_role("button", name="再读一次").click()

    await expect(today.part("troubles")).to_contain_text("一切正常")


async def test_empty_parts_say_what_would_appear_and_how(open_page: OpenPage, stage: Stage) -> None:
    changed(stage, "freshness", partitions=[], outboxes=[], complete_to=None)
    changed(stage, "kpis/K01.7", sources=[])
    stage.documents["channels"] = {"items": [], "next_cursor": None}
    stage.documents["deliveries"] = {"items": [], "next_cursor": None}
    today = await open_page("/#/operations")

    await expect(today.part("troubles")).to_contain_text("还没有收到任何事实")
    await expect(today.part("progress")).to_contain_text("处理进程启动后")
    await expect(today.part("sources")).to_contain_text("没有登记来源系统")
    await expect(today.part("channels")).to_contain_text("没有通知渠道")
    await expect(today.part("deliveries")).to_contain_text("还没有投递")


async def test_a_channel_is_tested_by_keyboard_and_how_it_went_is_read_soon(
    open_page: OpenPage, stage: Stage
) -> None:
    today = await open_page("/#/operations")
    await today.page.get_by_role("button", name="测试渠道 hall").focus()
    made = SENT | {"delivery_id": "d-9", "notifications": 1}
    stage.documents["deliveries"] = {"items": [made, SENT], "next_cursor": None}
    await today.page.keyboard.press("Enter")

    await expect(today.part("channels").get_by_role("status")).to_contain_text("发出测试")
    await expect(today.part("channels").get_by_role("status")).to_be_focused()
    await expect(today.page.locator('[data-delivery="d-9"]')).to_contain_text("已送达")
    ((path, body, key),) = stage.commands
    assert (path, body) == ("deliveries/test", {"channel": "hall"})
    assert key


async def test_what_was_given_up_is_tried_again_and_what_was_sent_or_never_tried_is_not_offered(
    open_page: OpenPage, stage: Stage
) -> None:
    troubled(stage)
    refused = {"title": "已送达", "detail": "无需重试。", "field": "delivery_id", "code": "x"}
    stage.replies["deliveries/d-2/retry"] = (409, refused)
    today = await open_page("/#/operations")
    again = today.part("deliveries").get_by_role("button", name="重试")
    await expect(again).to_have_count(1)
    await again.click()
    await expect(today.part("channels").get_by_role("alert")).to_contain_text("无需重试")

    del stage.replies["deliveries/d-2/retry"]
    await again.click()

    await expect(today.part("channels").get_by_role("status")).to_contain_text("将再次投递")
    first, second = (key for _, _, key in stage.commands)
    assert first != second


@pytest.mark.parametrize("parts", [[], ["channels"]])
async def test_nobody_is_shown_what_only_others_read_or_do(
    open_page: OpenPage, stage: Stage, parts: list[str]
) -> None:
    stage.parts = parts
    asked = stage.answer("channels", lambda _: {"items": [WELL], "next_cursor": None})
    stage.documents["deliveries"] = {"items": [GIVEN_UP], "next_cursor": None}
    today = await open_page("/#/operations")

    await expect(today.part("troubles")).to_contain_text("一切正常")
    await expect(today.part("rules")).to_be_visible()
    await expect(today.part("deliveries")).to_have_count(len(parts))
    await expect(today.part("channels").get_by_role("button")).to_have_count(0)
    await expect(today.part("deliveries").get_by_role("button")).to_have_count(0)
    assert bool(asked) is bool(parts)


async def test_facts_that_contradict_lead_to_their_cases_and_back(
    open_page: OpenPage, stage: Stage
) -> None:
    line = {"case_no": SAVEABLE_CASE, "item_name": "", "open": True, "phase": "EXAMINING"}
    listed = {"items": [line | {"level": None, "due": {}}], "next_cursor": None}
    asked = stage.answer("kpis/L08/cases", lambda _: listed)
    name = next(one.zh for one in live.FIGURES if one.id == "L08")
    today = await open_page("/#/operations")
    await today.page.locator('[data-figure="L08"]').get_by_role("link").click()

    drawer = today.page.locator(".figure-cases")
    await expect(drawer.get_by_role("heading")).to_contain_text(name)
    await expect(drawer.get_by_role("link", name=SAVEABLE_CASE)).to_be_visible()
    await eventually(lambda: asked)
    until = MONTH_LATER.date()
    assert (asked[0]["from"], asked[0]["to"]) == (
        str(until - timedelta(days=29)),
        str(until),
    )
    await today.page.keyboard.press("Escape")
    await expect(today.page).to_have_url(stage.address + "/#/operations")


@pytest.mark.parametrize(
    ("role", "panels"), [(Role.OPS, 1), (Role.AUDITOR, 1), (Role.SUPERVISOR, 0)]
)
async def test_the_service_itself_shows_channels_to_operations_and_auditors_alone(
    browser: Browser,
    found_browser: local_browser.Browser,
    built_page: Path,  # noqa: ARG001 - what is served
    tmp_path: Path,
    role: Role,
    panels: int,
) -> None:
    async with page_service(tmp_path) as service:
        await service.store.fold(*FACTS[:3])
        address = service.sign_in(role)
        async with TodayPage.opened(browser, found_browser.packages, address) as today:
            await today.is_live()
            await today.page.locator('[data-page="operations"]').click()

            await expect(today.part("sources")).to_contain_text(TERMINAL)
            await expect(today.part("rules")).to_contain_text("尚未改版")
            await expect(today.part("channels")).to_have_count(panels)
            await expect(today.part("troubles").get_by_text("没有读到")).to_have_count(0)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("device", WINDOWS)
async def test_everybody_can_use_it(
    open_page: OpenPage,
    stage: Stage,
    language: str,
    theme: Literal["light", "dark"],
    device: str,
) -> None:
    troubled(stage)
    today = await open_page("/#/operations", color_scheme=theme, viewport=WINDOWS[device])
    if language == "en":
        await today.speak_english()
    await expect(troubles(today)).to_have_count(8)
    await today.page.locator('[data-channel="duty-desk"]').get_by_role("button").click()
    await today.has_focus_in(today.part("channels"))

    assert await today.violations() == []
    await today.fits()
