"""`casetrack case`, `kpi`, `alert`: the metrics API on a terminal, for people and for programs."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.command.asking import Asking
from deploy.stack.settings import LocalSettings
from shared.contracts.naming import Language
from shared.contracts.supervision.facts import FactConfirmed
from shared.policy.calendar import spelled
from shared.runtime.clock import SystemClock
from shared.web.auth import Role
from shared.web.issuer import Bearer
from shared.web.session import COOKIE
from tests.support import way_of_a_case as way
from tests.support.facts import SUPERVISION
from tests.support.metrics_store import by_terminal
from tests.support.read_api import ReadApi, keyed, read_api
from tests.support.terminal import Said, Terminal

LATE_CASE = [
    way.event(one.data, hours, identity=one.id, window=one.windowid)
    for one, hours in ((way.RECEIVED, 0), (way.ACCEPTED, 1))
]
"""Accepted in 2024 and never decided: both of its clocks have turned red."""
THAT_MONTH = ("--since", "2024-09-01", "--until", "2024-09-30")

in_both_languages = pytest.mark.parametrize("language", list(Language))


@dataclass(frozen=True)
class Desk:
    """An API that serves, and a terminal that asks it."""

    api: ReadApi
    terminal: Terminal

    async def ask(self, *words: str, language: Language = Language.EN) -> Said:
        url = ("--url", str(self.api.client.base_url))
        return await self.terminal.casetrack(*words, *url, language=language)

    async def run_late(self) -> list[str]:
        """Let a case break both of its limits; return the ids of its cards."""
        await self.api.fold(*LATE_CASE)
        assert await self.api.tick() == 2
        return list(keyed(await self.api.read("/v1/alerts"), "alert_id"))


@pytest.fixture
async def desk(role_dsn: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Desk]:
    terminal = Terminal(tmp_path)
    (tmp_path / "keys").mkdir()
    now = SystemClock().now()
    async with read_api(role_dsn, tmp_path / "keys", now) as api:
        yield Desk(api, terminal)


HOSTILE = "食品\u202e\u200b[red][link=https://evil.example]\x1b]52;c;cm0=\x07\x9d0;root\x9c:smile:"
SPELLED = r"食品\u202e\u200b[red][link=https://evil.example]\u001b]52;c;cm0=\u0007\u009d0;root\u009c:smile:"


async def test_a_name_that_speaks_to_the_terminal_is_shown_and_not_obeyed(desk: Desk) -> None:
    received = way.RECEIVED.data.model_copy(update={"item_name": HOSTILE})
    named = way.event(received, 0, identity=way.RECEIVED.id, window=way.RECEIVED.windowid)
    await desk.api.fold(named, LATE_CASE[1])
    await desk.api.tick()
    (card, *_) = keyed(await desk.api.read("/v1/alerts"), "alert_id")
    answers = await asyncio.gather(
        desk.ask("case", "list"),
        desk.ask("case", "show", way.CASE),
        desk.ask("alert", "list"),
        desk.ask("alert", "show", card),
        desk.ask("top"),
    )
    (for_programs,) = (await desk.ask("case", "list", "--json")).document["cases"]

    assert all(SPELLED in said.out for said in answers[:4])
    assert not any(set(said.out) & set("\x1b\x07\x9d\x9c\u202e\u200b") for said in answers)
    assert for_programs["item_name"] == HOSTILE


EMPTY = {
    Language.ZH_CN: ("没有办件", "没有这样的督察牌"),
    Language.EN: ("no cases", "no such card"),
}


@in_both_languages
async def test_where_there_is_nothing_the_answer_says_what_will_be_there(
    desk: Desk, language: Language
) -> None:
    cases, cards = await asyncio.gather(
        desk.ask("case", "list", language=language), desk.ask("alert", "list", language=language)
    )

    assert (cases.status, cards.status) == (0, 0)
    assert cases.out.startswith(EMPTY[language][0])
    assert cards.out.startswith(EMPTY[language][1])


async def test_programs_get_an_empty_list_where_there_is_nothing(desk: Desk) -> None:
    cases, cards = await asyncio.gather(
        desk.ask("case", "list", "--json"), desk.ask("alert", "list", "--json")
    )

    assert (cases.document, cards.document) == ({"cases": []}, {"alerts": []})


CARD = {
    Language.ZH_CN: ("红牌", "承诺时限", "未签收", "应办结 2024-09-14"),
    Language.EN: ("Red", "Committed limit", "not yet acknowledged", "Due 2024-09-14"),
}


@in_both_languages
async def test_a_card_is_listed_and_shown_with_its_reason(desk: Desk, language: Language) -> None:
    cards = await desk.run_late()
    listed = await desk.ask("alert", "list", language=language)
    committed = next(line for line in listed.out.splitlines() if CARD[language][1] in line)
    shown = await desk.ask(
        "alert", "show", next(card for card in cards if card in committed), language=language
    )

    assert (listed.status, shown.status, listed.err + shown.err) == (0, 0, "")
    assert all(word in committed for word in (*CARD[language][:3], way.CASE, "2024-09-14"))
    assert all(word in shown.out for word in CARD[language])


async def test_programs_get_cards_as_the_api_has_them(desk: Desk) -> None:
    cards = await desk.run_late()
    listed, over, shown = await asyncio.gather(
        desk.ask("alert", "list", "--level", "red", "--limit", "1", "--json"),
        desk.ask("alert", "list", "--state", "RESOLVED", "--state", "revoked", "--json"),
        desk.ask("alert", "show", cards[0], "--json"),
    )
    theirs = await desk.api.read(f"/v1/alerts/{cards[0]}")

    assert [card["alert_id"] for card in listed.document["alerts"]] == cards[:1]
    assert [card["level"] for card in over.document["alerts"]] == ["YELLOW", "YELLOW"]
    assert (shown.document["alert_id"], shown.document["as_raised"]) == (
        cards[0],
        theirs["as_raised"],
    )


CASE = {
    Language.ZH_CN: ("已受理", "法定时限", "应办结 2024-09-30", "办件经过", "受理"),
    Language.EN: (
        *("accepted", "Statutory limit", "Due 2024-09-30", "History of the case"),
        "Application accepted",
    ),
}


@in_both_languages
async def test_a_case_is_shown_with_its_clocks_and_its_history(
    desk: Desk, language: Language
) -> None:
    await desk.run_late()
    listed, shown = await asyncio.gather(
        desk.ask("case", "list", language=language),
        desk.ask("case", "show", way.CASE, language=language),
    )
    (line,) = [line for line in listed.out.splitlines() if way.CASE in line]

    assert (listed.status, shown.status, listed.err + shown.err) == (0, 0, "")
    assert all(word in line for word in (CARD[language][0], CASE[language][0], "食品经营许可"))
    assert all(word in shown.out for word in (way.CASE, "食品经营许可", *CASE[language]))


async def test_programs_get_a_case_with_its_clocks_and_its_history(desk: Desk) -> None:
    await desk.run_late()
    case = (await desk.ask("case", "show", way.CASE, "--json")).document

    assert case["case"]["due"] == {
        "INTAKE": "2024-09-09",
        "COMMITTED": "2024-09-14",
        "STATUTORY": "2024-09-30",
    }
    assert [clock["clock"] for clock in case["clocks"]] == ["COMMITTED", "STATUTORY", "INTAKE"]
    assert [fact["id"] for fact in case["timeline"]] == [event.id for event in LATE_CASE]


@in_both_languages
async def test_a_figure_is_listed_and_shown_by_day_and_by_window(
    desk: Desk, language: Language
) -> None:
    await desk.api.fold(*LATE_CASE)
    listed, shown = await asyncio.gather(
        desk.ask("kpi", "list", *THAT_MONTH, language=language),
        desk.ask("kpi", "show", "L03.accepted", *THAT_MONTH, language=language),
    )
    name = (await desk.api.read("/v1/kpis/L03.accepted"))["name"][language]
    (line,) = [line for line in listed.out.splitlines() if line.startswith("L03.accepted ")]

    assert (listed.status, shown.status, listed.err + shown.err) == (0, 0, "")
    assert line.rstrip().endswith(name)
    assert all(word in shown.out for word in (name, "2024-09-02", "W12"))


NEVER = {Language.ZH_CN: "从未", Language.EN: "never"}


@in_both_languages
async def test_each_source_is_shown_with_when_it_was_last_heard(
    desk: Desk, language: Language
) -> None:
    now = SystemClock().now()
    await desk.api.fold(by_terminal(LATE_CASE[0], now))
    shown = await desk.ask("kpi", "show", "K01.7", language=language)
    lines = {line.split()[0]: line for line in shown.out.splitlines() if line.strip()}

    assert (shown.status, shown.err) == (0, "")
    assert (
        f" {spelled(now, 'minutes').replace('T', ' ')[:16]} " in lines["政务大厅综合窗口与自助终端"]
    )
    assert NEVER[language] in lines["秦务员一体化政务服务平台"]
    assert "历史日志导入" not in shown.out


async def test_programs_get_figures_as_the_api_has_them(desk: Desk) -> None:
    await desk.api.fold(*LATE_CASE)
    listed, shown = await asyncio.gather(
        desk.ask("kpi", "list", "--json"),
        desk.ask("kpi", "show", "L03.accepted", *THAT_MONTH, "--json"),
    )

    assert listed.document["kpis"] == (await desk.api.read("/v1/kpis"))["items"]
    assert (shown.document["value"], len(shown.document["series"])) == (1, 1)


UNKNOWN = {
    Language.ZH_CN: ["✗ 未找到该办件", "✗ 未找到该指标", "✗ 未找到该预警"],
    Language.EN: ["✗ Case unknown", "✗ Indicator unknown", "✗ Alert unknown"],
}


@in_both_languages
async def test_what_there_is_not_is_said_in_a_line(desk: Desk, language: Language) -> None:
    answers = await asyncio.gather(
        *(desk.ask(kind, "show", "nowhere", language=language) for kind in ("case", "kpi", "alert"))
    )

    assert [(said.status, said.out) for said in answers] == [(1, "")] * 3
    assert [said.err.splitlines()[0] for said in answers] == UNKNOWN[language]


@pytest.mark.parametrize("typed", ["../kpis", "?"])
async def test_whatever_is_typed_is_a_name_and_no_path(desk: Desk, typed: str) -> None:
    said = await desk.ask("case", "show", typed)

    assert (said.status, said.out) == (1, "")
    assert said.err.splitlines()[0] in {"✗ Not found", "✗ Case unknown"}


TERMINAL = "urn:xincheng:hall-terminal:t7"


@in_both_languages
async def test_a_doubted_fact_is_shown_with_its_reason_and_confirmed(
    desk: Desk, language: Language
) -> None:
    ours = [one.model_copy(update={"source": SUPERVISION}) for one in LATE_CASE]
    told = way.event(way.DECIDED.data, 200, identity="d-1").model_copy(
        update={"source": TERMINAL, "publisher": "hall-terminal"}
    )
    await desk.api.fold(*ours, told)

    shown = await desk.ask("case", "show", way.CASE, language=language)
    word = ("--reason", "已电话核实")
    confirmed = await desk.ask("case", "confirm", way.CASE, "d-1", *word, language=language)
    unknown = await desk.ask("case", "reject", way.CASE, "d-2", *word, language=language)

    assert "hall-terminal" in shown.out
    assert "d-1" in shown.out
    assert (confirmed.status, unknown.status) == (0, 1)
    (*_, said) = (await desk.api.reader.supervision.load(f"case-{way.CASE}")).events
    assert isinstance(said.data, FactConfirmed)
    assert (said.data.fact_id, said.data.fact_source) == ("d-1", TERMINAL)
    assert said.data.reason == "已电话核实"


@in_both_languages
async def test_an_account_is_signed_out_from_a_terminal(desk: Desk, language: Language) -> None:
    somebody = Bearer(Role.SUPERVISOR, name="王督察")
    ticket = {"ticket": desk.api.issuer.ticket(somebody)}
    entered = await desk.api.client.get("/sign-in", params=ticket)
    cookie = {"cookie": f"{COOKIE}={entered.cookies[COOKIE]}"}
    before = await desk.api.client.get("/v1/cases", headers=cookie)

    said = await desk.ask("sessions", "end", somebody.subject, language=language)
    for_programs = await desk.ask("sessions", "end", "no/body#1", "--json")

    after = await desk.api.client.get("/v1/cases", headers=cookie)
    assert (said.status, before.status_code, after.status_code) == (0, 200, 401)
    assert somebody.subject in said.out
    assert for_programs.document == {"account": "no/body#1"}


async def test_the_data_set_of_orders_is_written_whole_whatever_its_pages(
    desk: Desk, tmp_path: Path
) -> None:
    (card, *_) = await desk.run_late()
    for note in ("=1+1", "请今日内\n说明。"):
        assert (await desk.ask("alert", "order", card, "--note", note)).status == 0
    file = tmp_path / "orders.csv"

    kept = await desk.ask("alert", "orders", "--csv", str(file))
    shown = await desk.ask("alert", "orders", "--csv", "-")

    def in_pages() -> bytes:
        asking = Asking.begin(LocalSettings(home=tmp_path), str(desk.api.client.base_url))
        with asking.client:
            return b"".join(asking.sheet("/v1/orders", 1))

    whole = file.read_bytes()
    assert (kept.status, kept.out, str(file) in kept.err) == (0, "", True)
    assert whole == await asyncio.to_thread(in_pages) == shown.out.encode()
    rows = csv.DictReader(io.StringIO(whole.decode("utf-8-sig"), newline=""))
    assert [row["督办内容"] for row in rows] == ["请今日内\n说明。", "'=1+1"]
