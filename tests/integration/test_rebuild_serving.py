"""Until a rebuild has switched, what the release before has left is served, and says so."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.integration.test_metrics_api import BEGUN, CASE, LATE, MORNING, raise_cards
from tests.support.read_api import ReadApi, keyed, read_api
from tests.support.rebuilding import rebuilt

# As the first release stored a dossier: fields in another order, and no version in front.
MADE_BEFORE = """
UPDATE metrics.projection SET fingerprint = 'of-the-release-before';

UPDATE metrics.dossiers SET fold_version = 4, state = '["' || dossier || '",[null,0,[]],1,2]';
"""


@pytest.fixture
async def api(role_dsn: Callable[[str], str], tmp_path: Path) -> AsyncIterator[ReadApi]:
    async with read_api(role_dsn, tmp_path, MORNING) as opened:
        yield opened


async def shown(api: ReadApi) -> dict[str, Any]:
    """Return all that is shown of the only case, without what only the time changes."""
    (card, *_) = (await api.read("/v1/alerts"))["items"]
    async with api.listening() as listener:
        picture = (await listener.until("red")).document
    card = {**await api.read(f"/v1/alerts/{card['alert_id']}"), "as_of": None}
    clocks = await api.read(f"/v1/cases/{CASE}/clocks")
    for one in (card, *clocks["items"]):
        one["measured"].pop("seen_at")
    return {
        "case": await api.read(f"/v1/cases/{CASE}"),
        "clocks": clocks,
        "timeline": await api.read(f"/v1/cases/{CASE}/timeline"),
        "cases": keyed(await api.read("/v1/cases?phase=ACCEPTED"), "item_name"),
        "kpis": {one["kpi_id"]: one["value"] for one in (await api.read("/v1/kpis"))["items"]},
        "behind": keyed(await api.read("/v1/kpis/L01/cases"), "case_no"),
        "card": card,
        **{name: picture[name] for name in ("now", "red", "latest")},
    }


async def test_figures_cases_and_cards_of_before_are_shown_as_they_were(
    api: ReadApi, postgres_dsn: str, role_dsn: Callable[[str], str]
) -> None:
    await raise_cards(api)
    ours = await shown(api)
    not_rebuilding = (await api.read("/v1/freshness"))["rebuilding"]
    superuser = await asyncpg.connect(postgres_dsn)
    await superuser.execute(MADE_BEFORE)
    await superuser.close()
    before = await shown(api)
    told = (await api.read("/v1/freshness"))["rebuilding"]
    await rebuilt(role_dsn("casetrack_metrics"))
    switched = await shown(api)

    assert not_rebuilding is None
    assert told == {"facts": 0, "facts_expected": None}
    assert before == ours
    assert switched == ours
    assert (await api.read("/v1/freshness"))["rebuilding"] is None


async def test_readers_at_work_notice_nothing_of_the_switch(
    api: ReadApi, role_dsn: Callable[[str], str]
) -> None:
    await api.fold(*BEGUN)
    api.clock.move_to(LATE)
    switched = asyncio.Event()

    async def read() -> int:
        answers = 0
        while not switched.is_set() or answers < 20:
            assert keyed(await api.read("/v1/cases"), "case_no") == [CASE]
            values = {one["kpi_id"]: one["value"] for one in (await api.read("/v1/kpis"))["items"]}
            assert values["L01"] == 1
            answers += 1
        return answers

    async with asyncio.TaskGroup() as tasks:
        reading = [tasks.create_task(read()) for _ in range(3)]
        for _ in range(3):
            await rebuilt(role_dsn("casetrack_metrics"))
        switched.set()

    assert all(one.result() >= 20 for one in reading)
