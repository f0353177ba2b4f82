"""A figure in a file of its own arrives everywhere: API, command, page, cases, verification."""

import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import convert
from rich.console import Console

from deploy.command.live.look import Look
from deploy.command.live.stream import Link, Watched
from deploy.command.live.view import screen
from deploy.command.shades import theme
from services.metrics.app.fingerprint import our_fingerprint
from services.metrics.domain.figures import register
from services.metrics.views.today import Snapshot
from services.metrics.views.view import Both
from shared.contracts.naming import Language
from shared.runtime.clock import SystemClock
from tests.support import scratch_figure
from tests.support import way_of_a_case as way
from tests.support.read_api import ReadApi, RoleDsn, keyed, read_api
from tests.support.stepped_bureau import stepped_bureau
from tests.support.terminal import Terminal

EVENING = datetime(2024, 9, 2, 10, tzinfo=UTC)
FACTS = [
    way.event(one.data, hours, identity=one.id, window=one.windowid)
    for one, hours in ((way.RECEIVED, 0), (way.ACCEPTED, 1))
]


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    our_fingerprint.cache_clear()
    with monkeypatch.context() as patched:
        more = register.Register.of((*register.MODULES, scratch_figure))
        patched.setattr(register, "REGISTER", more)
        yield
    our_fingerprint.cache_clear()


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    folder.mkdir()
    return folder


@asynccontextmanager
async def serving(role_dsn: RoleDsn, folder: Path, now: datetime) -> AsyncIterator[ReadApi]:
    async with read_api(role_dsn, folder, now) as opened:
        await opened.fold(*FACTS)
        yield opened


@pytest.fixture
async def api(role_dsn: RoleDsn, keys: Path) -> AsyncIterator[ReadApi]:
    async with serving(role_dsn, keys, EVENING) as opened:
        yield opened


async def test_it_is_read_with_its_course_its_dimensions_and_its_cases(api: ReadApi) -> None:
    listed = (await api.read("/v1/kpis"))["items"]
    figure = await api.read("/v1/kpis/K99.1?by=window")
    behind = await api.read("/v1/kpis/K99.1/cases")

    assert {one["kpi_id"]: one["value"] for one in listed}["K99.1"] == 1
    assert [(day["day"], day["value"]) for day in figure["series"]] == [("2024-09-02", 1)]
    assert [(line["key"], line["value"]) for line in figure["by"]["window"]] == [("W12", 1)]
    assert keyed(behind, "case_no") == [way.CASE]
    assert behind["items"][0]["adds"] == {"at_w12": 1}


async def test_its_tile_and_its_words_go_to_whoever_draws_the_page(api: ReadApi) -> None:
    async with api.listening() as line:
        heard = await line.until("now")
    picture = convert(heard.document, Snapshot)
    (tile,) = [one for one in picture.tiles if one.kpi_id == "K99.1"]
    behind = await api.read(tile.cases)

    assert picture.now[tile.name] == 1
    assert (tile.group, tile.title) == ("day", Both("十二号窗口", "Window 12"))
    assert keyed(behind, "case_no") == [way.CASE]


@pytest.mark.parametrize(("language", "title"), [("zh-CN", "十二号窗口"), ("en", "Window 12")])
async def test_it_is_on_the_live_screen_of_a_terminal(
    api: ReadApi, language: str, title: str
) -> None:
    async with api.listening() as line:
        heard = await line.until("now")
    watched = Watched(convert(heard.document, Snapshot), Link.LIVE)
    console = Console(theme=theme({}), width=120, height=40, file=io.StringIO())
    with console.capture() as drawn:
        console.print(screen(watched, Look(Language(language)), (120, 40)))

    (row,) = [row for row in drawn.get().splitlines() if title in row]
    assert row.partition(title)[2].split()[0] == "1"


async def test_it_is_shown_on_a_terminal(role_dsn: RoleDsn, keys: Path, tmp_path: Path) -> None:
    terminal, days = Terminal(tmp_path), ("--since", "2024-09-01", "--until", "2024-09-02")
    async with serving(role_dsn, keys, SystemClock().now()) as api:
        url = ("--url", str(api.client.base_url), *days)
        listed = await terminal.casetrack("kpi", "list", *url, language=Language.EN)
        shown = await terminal.casetrack("kpi", "show", "K99.1", *url, language=Language.ZH_CN)

    assert "Applications at window 12" in listed.out
    assert "十二号窗口收件数" in shown.out


async def test_it_is_verified_with_all_others(postgres_dsn: str) -> None:
    async with stepped_bureau(postgres_dsn) as bureau:
        await bureau.record(FACTS)
        await bureau.fold()
        await bureau.judge()
        agreed = await bureau.verify()
        await bureau.tamper("DELETE FROM metrics.contributors WHERE part = 'K99.1/at_w12'")
        await bureau.tamper("UPDATE metrics.kpi SET value = 2 WHERE part = 'K99.1/at_w12'")
        found = await bureau.verify()

    assert agreed.differences == []
    assert {one.what.value for one in found.differences} == {"kpi", "kpi.contributor"}
