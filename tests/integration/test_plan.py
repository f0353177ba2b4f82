"""The annual plan over a real projection: by the API, by organisation, and on a terminal."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.metrics.domain.plan import PLAN
from shared.contracts.envelope import Event
from shared.contracts.naming import Language
from shared.contracts.registry import decode
from shared.runtime.clock import SystemClock
from shared.web.auth import Role
from tests.support.clock_facts import instant
from tests.support.figure_stories import STORIES
from tests.support.organisations import STREET
from tests.support.plan_stories import PLANNED
from tests.support.read_api import ReadApi, read_api
from tests.support.report_stories import REPORTED
from tests.support.terminal import Terminal

TOLD = [
    *STORIES["a key project"],
    *PLANNED["two walks of one street"],
    *PLANNED["a change that is published too late in one place"],
    *PLANNED["a list of what agencies are needed for"],
    *REPORTED["a target that is reached on its day"],
]
YEAR = "/v1/plan?to=2024-12-30"


@pytest.fixture
async def api(role_dsn: Callable[[str], str], tmp_path: Path) -> AsyncIterator[ReadApi]:
    (tmp_path / "keys").mkdir()
    async with read_api(role_dsn, tmp_path / "keys", instant("2024-11-01T09:00")) as running:
        await running.fold(
            *(
                Event.of(
                    one.data,
                    id=f"{number}",
                    source=one.source,
                    time=one.time,
                    partitionkey=one.partitionkey,
                )
                for number, one in enumerate(TOLD)
            )
        )
        yield running


def figures(plan: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["kpi_id"]: one for item in plan["items"] for one in item["figures"]}


async def test_every_item_is_told_with_its_figures_and_its_pace(api: ReadApi) -> None:
    plan = await api.read(YEAR)
    told = figures(plan)

    assert [one["item"] for one in plan["items"]] == [*range(26)]
    assert (plan["since"], plan["until"]) == ("2024-01-01", "2024-12-30")
    assert (told["K04.1"]["value"], told["K04.1"]["expected"]) == (1, 14.9)
    assert (told["K04.1"]["level"], plan["items"][4]["level"]) == ("RED", "RED")
    assert (told["K21.1"]["numerator"], told["K21.1"]["denominator"]) == (1, 2)
    assert (told["K07.2"]["numerator"], told["K07.2"]["denominator"]) == (0, 1)
    assert all(one["figures"] for one in plan["items"])
    assert (told["K09.2"]["numerator"], told["K09.2"]["denominator"]) == (1, 1)
    assert [one["reached_on"] for one in plan["items"][9]["targets"]] == ["2024-10-31"]
    assert plan["items"][22]["group_name"] == {"zh-CN": "四支队伍", "en": "Four teams"}


async def test_a_list_is_as_old_as_it_was_on_the_last_day_asked_for(api: ReadApi) -> None:
    ages = [
        figures(await api.read(f"/v1/plan?to={until}"))["K11.0"]["value"]
        for until in ("2024-09-01", "2024-12-10", "2024-12-30")
    ]

    assert ages == [None, 99, 19]


async def test_one_item_is_told_alone_and_an_unknown_one_is_refused(api: ReadApi) -> None:
    whole, one = await api.read(YEAR), await api.read("/v1/plan/4?to=2024-12-30")
    supervisor = api.token(Role.SUPERVISOR)
    answers = [
        await api.client.get(f"/v1/plan/{item}", headers=supervisor) for item in ("26", "-1", "x")
    ]

    assert one == whole["items"][4]
    assert [answer.status_code for answer in answers] == [404, 404, 422]
    assert answers[0].json()["code"] == "plan_item_unknown"


async def test_an_organisation_reads_what_is_its_own(api: ReadApi) -> None:
    answer = await api.client.get(YEAR, headers=api.token(Role.WINDOW_CLERK, STREET))

    assert figures(answer.json())["K04.1"]["value"] == 0


SAID = {
    Language.ZH_CN: (
        *("重点项目审批代办", "≥ 15", "逐步上升"),
        "大厅功能分区改造（个节点，2024-10-31前）  t1",
    ),
    Language.EN: (
        *("Help with key projects", "≥ 15", "rising"),
        "大厅功能分区改造 (个节点, by 2024-10-31)  t1",
    ),
}


@pytest.mark.parametrize("language", list(Language))
async def test_the_command_lists_the_plan(api: ReadApi, tmp_path: Path, language: Language) -> None:
    # The command has a clock of its own.
    api.clock.move_to(SystemClock().now())
    terminal, url = Terminal(tmp_path), ("--url", str(api.client.base_url))
    until = ("--until", "2024-12-30")
    shown = await terminal.casetrack("plan", "list", *until, *url, language=language)
    plain = await terminal.casetrack("plan", "list", *until, "--json", *url)

    assert (shown.status, shown.err) == (0, "")
    assert all(word in shown.out for word in SAID[language])
    assert [one["item"] for one in plain.document["items"]] == [one.number for one in PLAN]


TABLE = """指标,填报项,数量,日期,说明,更正
K22.1,MICRO_CLASS,1.5,2024/9/2,综合窗口,
K22.1,MICRO_CLASS,1.5,2024/9/2,综合窗口,
K22.1,SINGING,1,2024-09-02,,
K23.3,REVIEWED,12,,,

K23.3,DEFECT,3,9月2日,,
"""
FOUND = "SELECT body FROM supervision.events WHERE type LIKE 'casetrack.plan.%' ORDER BY position"


async def reported(database: asyncpg.Pool) -> list[Event]:
    """Return what is on record of reports."""
    return [decode(row["body"].encode()) for row in await database.fetch(FOUND)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
async def test_the_command_hands_in_a_table_once_however_often_it_is_run(
    api: ReadApi, database: asyncpg.Pool, tmp_path: Path, encoding: str
) -> None:
    api.clock.move_to(SystemClock().now())
    file = tmp_path / "counted.csv"
    file.write_bytes(TABLE.encode(encoding))
    terminal, url = Terminal(tmp_path), ("--url", str(api.client.base_url))

    first = await terminal.casetrack("plan", "report", str(file), "--json", *url)
    again = await terminal.casetrack("plan", "report", str(file), *url)
    events = await reported(database)
    await api.fold(*events)
    told = figures(await api.read("/v1/plan?to=2024-12-30"))

    assert (first.status, first.document["accepted"], first.document["rejected"]) == (1, 3, 2)
    assert [one["line"] for one in first.document["rejections"]] == [4, 7]
    assert "SINGING" in first.document["rejections"][0]["detail"]
    assert (again.status, "3 accepted, 2 declined" in again.out) == (1, True)
    assert len(events) == 3
    assert told["K22.1.micro_class"]["value"] == 3


async def test_the_command_corrects_what_was_reported(
    api: ReadApi, database: asyncpg.Pool, tmp_path: Path
) -> None:
    api.clock.move_to(SystemClock().now())
    file = tmp_path / "counted.csv"
    terminal, url = Terminal(tmp_path), ("--url", str(api.client.base_url))
    file.write_text("indicator,part,quantity\nK25.2,HOURS,80\n")
    await terminal.casetrack("plan", "report", str(file), *url)
    (told,) = await reported(database)
    file.write_text(f"corrects,quantity,part,indicator\n{told.subject},8,,\n")
    corrected = await terminal.casetrack("plan", "report", str(file), *url)
    await api.fold(*await reported(database))
    year = await api.read("/v1/plan")

    assert (corrected.status, corrected.err) == (0, "")
    assert figures(year)["K25.2.hours"]["value"] == 8


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (b"indicator,quantity\nK22.1,1\n", "part"),
        (b"\xff\xff\xff", "UTF-8"),
        (b"", "indicator, part, quantity"),
    ],
)
async def test_what_is_no_such_table_is_wrong_usage(
    tmp_path: Path, table: bytes, words: str
) -> None:
    file = tmp_path / "counted.csv"
    file.write_bytes(table)
    said = await Terminal(tmp_path).casetrack("plan", "report", str(file))

    assert (said.status, words in said.err) == (2, True)
