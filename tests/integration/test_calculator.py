"""The calculator over a real projection, and the certificate that the same API signs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from shared.contracts.naming import Language
from shared.runtime.clock import SystemClock
from shared.web.auth import Role
from tests.support import way_of_a_case as way
from tests.support.clock_facts import instant
from tests.support.organisations import STREET
from tests.support.read_api import ReadApi, read_api
from tests.support.terminal import Terminal

ITEM = "116101020001"
FILED = ("--from", "2025-01-24")
CASE = [
    way.event(one.data, hours, identity=one.id, window=one.windowid)
    for one, hours in ((way.RECEIVED, 0), (way.ACCEPTED, 1))
]


@pytest.fixture
async def api(role_dsn: Callable[[str], str], tmp_path: Path) -> AsyncIterator[ReadApi]:
    (tmp_path / "keys").mkdir()
    async with read_api(role_dsn, tmp_path / "keys", instant("2025-01-24T10:00")) as running:
        await running.fold(*CASE)
        yield running


async def test_an_item_is_told_by_what_was_promised_for_it_last(api: ReadApi) -> None:
    filed = await api.read(f"/v1/due/filed?item={ITEM}&at=2024-09-02T16:59:00%2B08:00")
    now = await api.read(f"/v1/due/filed?item={ITEM}")

    assert (filed["item_name"], filed["promised"]["accepted_on"]) == ("食品经营许可", "2024-09-02")
    assert [one["due"] for one in filed["accepted_at_once"]] == ["2024-09-14", "2024-09-30"]
    assert (now["received_on"], now["acceptance"]["due"]) == ("2025-01-24", "2025-02-07")


async def test_an_item_of_which_no_case_is_known_or_seen_is_unknown(api: ReadApi) -> None:
    unknown = await api.get("/v1/due/filed?item=999999999999")
    headers = api.token(Role.WINDOW_CLERK, STREET)
    unseen = await api.client.get(f"/v1/due/filed?item={ITEM}", headers=headers)

    for answer in (unknown, unseen):
        assert (answer.status_code, answer.json()["code"]) == (404, "item_unknown")


@pytest.mark.parametrize(
    ("query", "status", "due"),
    [
        ("limit=20&from=2024-09-02", 200, "2024-09-30"),
        ("limit=4&unit=ND&from=2024-09-27", 200, "2024-10-08"),
        ("limit=5", 200, "2025-02-07"),
        ("limit=-1", 422, None),
        ("limit=701", 422, None),
        ("limit=5&from=0001-01-01", 422, None),
        ("from=2024-09-02", 422, None),
    ],
)
async def test_a_limit_is_counted_from_its_day_or_from_today(
    api: ReadApi, query: str, status: int, due: str | None
) -> None:
    answer = await api.get(f"/v1/due?{query}")

    assert (answer.status_code, answer.json().get("due")) == (status, due)


@pytest.mark.parametrize("language", list(Language))
async def test_the_command_asks_of_an_item_and_shows_a_certificate_that_it_can_verify(
    api: ReadApi, tmp_path: Path, language: Language
) -> None:
    # The command has a clock of its own.
    api.clock.move_to(SystemClock().now())
    terminal, url = Terminal(tmp_path), ("--url", str(api.client.base_url))
    page = tmp_path / "certificate.html"
    due, shown, unsigned = await asyncio.gather(
        terminal.casetrack("calendar", "due", "--item", ITEM, *FILED, *url, language=language),
        terminal.casetrack(
            "certificate", "show", way.CASE, "--save", str(page), *url, language=language
        ),
        terminal.casetrack("calendar", "due", "--limit", "5", language=language),
    )
    verified = await terminal.casetrack("certificate", "verify", str(page), language=language)

    assert (due.status, shown.status, due.err + shown.err) == (0, 0, "")
    assert all(day in due.out for day in ("2025-02-07", "2024-09-02"))
    assert way.CASE in shown.out
    # This API has no key, so nothing proves what it says.
    assert (verified.status, unsigned.status) == (1, 2)
