"""Whoever operates channels sees what went to whom, tests one, and has one tried again."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from services.metrics.app.rules import SEARCH_PATH
from shared.eventstore.postgres import open_pool
from shared.runtime.clock import SystemClock
from shared.web.auth import Role
from tests.support.delivering import MONDAY_TEN, SECOND, Telling, raised, telling
from tests.support.read_api import ReadApi, read_api

ROOT = Path(__file__).parents[2]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
Opened = tuple[ReadApi, Telling]


@pytest.fixture
async def desk(role_dsn: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Opened]:
    (tmp_path / "keys").mkdir()
    async with (
        await open_pool(role_dsn("casetrack_metrics"), SEARCH_PATH) as pool,
        telling(pool, tmp_path, {"webhook": {}}) as world,
        read_api(role_dsn, tmp_path / "keys", MONDAY_TEN + HOUR) as api,
    ):
        yield api, world


async def test_operations_see_how_each_delivery_went(desk: Opened) -> None:
    api, world = desk
    await world.record(raised("1", MONDAY_TEN))
    await world.pass_time(SECOND, SECOND)
    page = (await api.get("/v1/deliveries", Role.OPS)).json()
    (line,) = page["items"]
    other = (await api.get("/v1/deliveries?channel=other", Role.AUDITOR)).json()

    assert (line["state"], line["answer"], line["notifications"]) == ("SENT", "http_204", 1)
    assert line["made_at"].endswith("+08:00")
    assert other["items"] == []
    assert (await api.get(f"/v1/deliveries/{line['delivery_id']}", Role.OPS)).json() == line
    assert (await api.get("/v1/deliveries", Role.SUPERVISOR)).status_code == 403


async def test_operations_see_since_when_a_channel_takes_nothing_and_what_waits_for_it(
    desk: Opened,
) -> None:
    api, world = desk
    await world.record(raised("1", MONDAY_TEN))
    world.vendors["webhook"].moods = ["500"]
    await world.pass_time(SECOND, SECOND)
    (down,) = (await api.get("/v1/channels", Role.AUDITOR)).json()["items"]
    await world.pass_time(HOUR, MINUTE)
    (up,) = (await api.get("/v1/channels", Role.OPS)).json()["items"]

    assert down == {
        "channel": "webhook",
        "failing_since": "2024-09-02T10:00:01+08:00",
        "fault": "http_500",
        "closed": False,
        "waiting": 1,
    }
    assert up == down | {"failing_since": None, "fault": "", "waiting": 0}
    assert (await api.get("/v1/channels", Role.DIRECTOR)).status_code == 403


async def test_a_channel_is_tested_and_one_that_nobody_has_is_not(desk: Opened) -> None:
    api, world = desk
    headers = api.token(Role.OPS)
    asked = await api.client.post(
        "/v1/deliveries/test", headers=headers, json={"channel": "webhook"}
    )
    unknown = await api.client.post("/v1/deliveries/test", headers=headers, json={"channel": "fax"})
    world.clock.advance_to(api.clock.now())
    await world.tell()
    tested = await api.get(f"/v1/deliveries/{asked.json()['delivery_id']}", Role.OPS)

    assert (asked.status_code, asked.json()["state"]) == (200, "WAITING")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "channel_unknown")
    assert (tested.json()["state"], tested.json()["tries"]) == ("SENT", 1)
    assert world.said("webhook").count('"kind": "TEST"') == 1


async def test_what_was_given_up_is_tried_again_and_what_was_sent_is_not(desk: Opened) -> None:
    api, world = desk
    headers = api.token(Role.OPS)
    await world.record(raised("1", MONDAY_TEN))
    world.vendors["webhook"].moods = ["500"]
    await world.pass_time(SECOND, SECOND)
    (line,) = (await api.get("/v1/deliveries", Role.OPS)).json()["items"]
    path = f"/v1/deliveries/{line['delivery_id']}/retry"
    first = await api.client.post(path, headers=headers)
    world.clock.advance_to(api.clock.now())
    await world.tell()
    second = await api.client.post(path, headers=headers)
    nothing = await api.client.post("/v1/deliveries/none/retry", headers=headers)

    assert (first.status_code, first.json()["answer"]) == (200, "http_500")
    assert (second.status_code, second.json()["code"]) == (409, "delivery_sent")
    assert (nothing.status_code, nothing.json()["code"]) == (404, "delivery_unknown")


async def test_the_command_tests_a_channel_and_lists_what_became_of_it(
    desk: Opened, tmp_path: Path
) -> None:
    api, world = desk
    # The command's token is of today.
    api.clock.move_to(SystemClock().now())
    # It is tried again while the commands run, however long they take.
    world.vendors["webhook"].moods = ["", *["401"] * 50]
    first = await command(desk, tmp_path, "test", "webhook")
    second = await command(desk, tmp_path, "test", "webhook")
    _, listed = await command(desk, tmp_path, "list", "--json")
    answers = [one["answer"] for one in json.loads(listed)["deliveries"]]

    assert (first[0], "http_204" in first[1]) == (0, True)
    assert (second[0], "http_401" in second[1]) == (1, True)
    assert answers == ["http_401", "http_204"]


async def command(desk: Opened, home: Path, *words: str) -> tuple[int | None, str]:
    """Give a command, while the courier goes on telling; return its status and what it said."""
    api, world = desk
    given = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "deploy.command", "delivery", *words),
        *("--url", str(api.client.base_url)),
        env={**os.environ, "CASETRACK_HOME": str(home), "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
    )
    answered = asyncio.ensure_future(given.communicate())
    while not answered.done():
        world.clock.advance_to(max(world.clock.now(), api.clock.now()))
        await world.tell()
        await asyncio.wait([answered], timeout=0.05)
    said, _ = answered.result()
    return given.returncode, said.decode()
