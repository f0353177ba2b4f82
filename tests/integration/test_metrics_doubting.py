"""After a stolen key: what its publisher told in those hours is found and no longer believed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from services.metrics.handlers import doubting
from services.metrics.handlers.doubting import Doubting, Suspicion
from services.metrics.views.publisher import DoubtProgress, PublisherDoubted
from shared.commands.deciding import Desk
from shared.contracts.envelope import Event
from shared.contracts.supervision.facts import FactRejected
from shared.runtime.ids import SeededIds
from shared.web.auth import Role
from tests.support.facts import SUPERVISION
from tests.support.metrics_store import Store, opened, received
from tests.support.read_api import ReadApi, read_api

MORNING = datetime.fromisoformat("2024-09-16T10:42:07+08:00")
STOLEN = datetime.fromisoformat("2024-09-16T08:00:00+08:00")
HOUR = timedelta(hours=1)
CASES = [f"XC2024090200000{number}" for number in range(1, 8)]
REASON = "密钥被盗"
SUSPICION = Suspicion("hall-terminal", STOLEN, STOLEN + HOUR, REASON)


def told(case_no: str, at: datetime, publisher: str = "hall-terminal") -> Event:
    return received(case_no).model_copy(
        update={
            "source": f"urn:xincheng:{publisher}:t7",
            "recordedtime": at,
            "publisher": publisher,
            "believedfrom": date(2024, 8, 1),
        }
    )


FACTS = [
    told(CASES[0], STOLEN - timedelta(seconds=1)),
    *(told(case_no, STOLEN) for case_no in CASES[1:5]),
    told(CASES[5], STOLEN + HOUR),
    told(CASES[6], STOLEN, "water-company"),
]
"""Of the seven one came before, one after and one from somebody else."""
IN_DOUBT = CASES[1:5]


@pytest.fixture(params=["memory", "postgres"])
async def store(
    request: pytest.FixtureRequest, role_dsn: Callable[[str], str]
) -> AsyncIterator[Store]:
    async with opened(request.param, role_dsn) as one:
        await one.fold(*FACTS)
        yield one


async def doubted(
    store: Store, *, preview: bool = False, interrupted_at: int | None = None
) -> PublisherDoubted:
    async def hear(progress: DoubtProgress) -> None:
        if interrupted_at is not None and progress.done >= interrupted_at:
            raise asyncio.CancelledError

    desk = Desk(store.supervision, store.clock, SeededIds(1), SUPERVISION)
    work = Doubting(desk, store.chronicles)
    return await work.handle(
        SUSPICION, "local-supervisor", "SUPERVISOR", preview=preview, hear=hear
    )


async def rejections(store: Store) -> list[Event]:
    """Return what is on record of all cases."""
    streams = [await store.supervision.load(f"case-{case_no}") for case_no in CASES]
    return [event for stream in streams for event in stream.events]


async def test_a_preview_finds_what_came_in_that_time_and_writes_nothing(store: Store) -> None:
    found = await doubted(store, preview=True)

    assert (found.cases, found.facts, found.rejected, found.judged) == (4, 4, 4, 0)
    assert [one.case_no for one in found.examples] == IN_DOUBT
    assert await rejections(store) == []


async def test_each_fact_is_rejected_once_however_often_it_is_said(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubting, "DOSSIERS_PER_STEP_MAX", 2)
    with pytest.raises(asyncio.CancelledError):
        await doubted(store, interrupted_at=4)
    first = await rejections(store)
    await doubted(store)
    said = await rejections(store)
    await store.fold(*said)
    again = await doubted(store)

    assert 0 < len(first) < len(IN_DOUBT)
    assert [event.partitionkey for event in said] == IN_DOUBT
    assert {event.data.reason for event in said if type(event.data) is FactRejected} == {REASON}
    assert (again.facts, again.rejected, again.judged) == (4, 0, 4)
    assert {one.believed for one in again.examples} == {False}
    assert await rejections(store) == said


@pytest.fixture
async def api(role_dsn: Callable[[str], str], tmp_path: Path) -> AsyncIterator[ReadApi]:
    async with read_api(role_dsn, tmp_path, MORNING) as served:
        await served.fold(*FACTS)
        yield served


async def ask(
    api: ReadApi, role: Role = Role.SUPERVISOR, language: str = "en", **said: object
) -> httpx2.Response:
    form = {"since": STOLEN.isoformat(), "until": (STOLEN + HOUR).isoformat(), "reason": REASON}
    return await api.client.post(
        "/v1/publishers/hall-terminal/doubts",
        headers={**api.token(role), "accept-language": language},
        json={**form, **said},
    )


async def standing(api: ReadApi) -> dict[str, Any]:
    """Return of each case whether it still is one."""
    answers = {case_no: await api.get(f"/v1/cases/{case_no}") for case_no in CASES}
    return {case_no: answer.json().get("phase") for case_no, answer in answers.items()}


async def test_what_is_doubted_moves_nothing_until_it_is_confirmed(api: ReadApi) -> None:
    before = await standing(api)
    answer = (await ask(api)).json()
    for case_no in IN_DOUBT:
        await api.fold(*(await api.reader.supervision.load(f"case-{case_no}")).events)
    after = await standing(api)
    fact = answer["examples"][0]
    word = {name: fact[name] for name in ("fact_id", "fact_source")}
    await api.client.post(
        f"/v1/cases/{IN_DOUBT[0]}/judgements",
        headers=api.token(),
        json={**word, "believed": True, "reason": "已核实"},
    )
    (*_, newest) = (await api.reader.supervision.load(f"case-{IN_DOUBT[0]}")).events
    await api.fold(newest)
    again = (await ask(api)).json()

    assert (answer["facts"], answer["rejected"]) == (4, 4)
    assert {case_no for case_no in CASES if after[case_no] != before[case_no]} == {*IN_DOUBT}
    assert (await standing(api))[IN_DOUBT[0]] == before[IN_DOUBT[0]]
    assert (again["rejected"], again["judged"]) == (0, 4)
    assert [one["believed"] for one in again["examples"]] == [True, False, False, False]


async def test_who_may_not_and_what_is_no_interval_is_refused(api: ReadApi) -> None:
    auditor = await ask(api, Role.AUDITOR)
    silent = await ask(api, reason="")
    empty = [await ask(api, language=one, until=STOLEN.isoformat()) for one in ("zh-CN", "en")]

    assert (auditor.status_code, auditor.json()["code"]) == (403, "not_permitted")
    assert silent.status_code == 422
    assert [one.json()["errors"][0]["detail"] for one in empty] == [
        "截止须晚于起始。",
        "Its end lies after its beginning.",
    ]
