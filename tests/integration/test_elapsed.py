"""Who used up the time: of one case and of many, over a real projection."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from shared.contracts.envelope import Event
from shared.contracts.naming import Language
from shared.runtime.clock import SystemClock
from shared.web.auth import Role
from tests.support.clock_facts import instant
from tests.support.figure_stories import STORIES
from tests.support.organisations import STREET
from tests.support.read_api import ReadApi, read_api
from tests.support.terminal import Terminal
from tests.support.way_of_a_case import CASE

STORY = STORIES["a case for which everybody waits in turn"]
TOLD = [
    Event.of(
        one.data,
        id=one.id,
        source=one.source,
        time=one.time,
        partitionkey=CASE,
        windowid=one.windowid,
    )
    for one in STORY
]
DAYS = {"BUREAU": 6, "APPLICANT": 2, "COMMITTEE": 2, "THIRD_PARTY": 3}
THAT_MONTH = "from=2024-09-01&to=2024-09-30"


@pytest.fixture
async def api(role_dsn: Callable[[str], str], tmp_path: Path) -> AsyncIterator[ReadApi]:
    (tmp_path / "keys").mkdir()
    async with read_api(role_dsn, tmp_path / "keys", instant("2024-11-01T09:00")) as running:
        yield running


def days(used: list[dict[str, object]]) -> dict[object, object]:
    return {one["party"]: one["elapsed"] for one in used}


async def test_a_case_tells_whose_its_days_were_and_each_clock_whose_its_own_were(
    api: ReadApi,
) -> None:
    await api.fold(*TOLD)
    told = await api.read(f"/v1/cases/{CASE}/clocks")
    matter = told["matter"]

    assert (matter["elapsed"], days(matter["used"])) == (13, DAYS)
    assert (matter["since"], matter["until"], matter["ended"]) == ("2024-09-02", "2024-09-22", True)
    for clock in told["items"]:
        counted = sum(one["counted"] for one in clock["used"])
        assert (clock["sla_id"], counted) == (clock["sla_id"], clock["consumed"])


async def test_a_case_that_is_open_tells_what_has_passed(api: ReadApi) -> None:
    await api.fold(*TOLD[:2])
    matter = (await api.read(f"/v1/cases/{CASE}/clocks"))["matter"]

    assert (matter["ended"], matter["until"]) == (False, "2024-11-01")
    assert days(matter["used"]) == {"APPLICANT": matter["elapsed"]}


@pytest.mark.parametrize("by", ["item", "section"])
async def test_the_days_of_many_are_told_by_item_and_section_and_add_up(
    api: ReadApi, by: str
) -> None:
    await api.fold(*TOLD)
    told = await api.read(f"/v1/elapsed?by={by}&{THAT_MONTH}")

    assert [days(one["used"]) for one in told["items"]] == [DAYS]
    assert (told["whole"]["elapsed"], days(told["whole"]["used"])) == (13, DAYS)
    assert (await api.read(f"/v1/elapsed?by={by}"))["whole"]["elapsed"] == 0


async def test_an_organisation_reads_of_its_own_days_alone(api: ReadApi) -> None:
    await api.fold(*TOLD)
    path = f"/v1/elapsed?{THAT_MONTH}"
    answer = await api.client.get(path, headers=api.token(Role.WINDOW_CLERK, STREET))
    hidden = await api.client.get(
        f"/v1/cases/{CASE}/clocks", headers=api.token(Role.WINDOW_CLERK, STREET)
    )

    assert answer.json()["whole"] == {"key": "", "elapsed": 0, "used": []}
    assert hidden.status_code == 404


SAID = {
    Language.ZH_CN: ("审批机关 6", "申请人 2", "审议会 2", "第三方 3", "合计"),
    Language.EN: ("the bureau 6", "the applicant 2", "the committee 2", "third parties 3", "all"),
}


@pytest.mark.parametrize("language", list(Language))
async def test_the_command_shows_a_case_as_a_bar_and_many_as_a_table(
    api: ReadApi, tmp_path: Path, language: Language
) -> None:
    # The command has a clock of its own.
    api.clock.move_to(SystemClock().now())
    await api.fold(*TOLD)
    terminal, url = Terminal(tmp_path), ("--url", str(api.client.base_url))
    case = await terminal.casetrack("case", "show", CASE, *url, language=language)
    month = ("--since", "2024-09-01", "--until", "2024-09-30")
    many = await terminal.casetrack("case", "elapsed", *month, *url, language=language)
    plain = await terminal.casetrack("case", "elapsed", *month, "--json", *url)

    assert (case.status, many.status, case.err + many.err) == (0, 0, "")
    assert all(word in case.out for word in SAID[language][:4])
    assert "██████▓▓▒▒░░░" in case.out
    (_, item, whole) = many.out.splitlines()
    assert (item.split()[1:], whole.split()) == (
        ["13", "6", "2", "2", "3"],
        [SAID[language][4], "13", "6", "2", "2", "3"],
    )
    assert plain.document["whole"]["elapsed"] == 13
