"""What is told of a case that is another's is seen, and moves nothing unless it is confirmed."""

from collections.abc import AsyncIterator, Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from shared.contracts.envelope import Event
from shared.web.auth import Role
from tests.support import way_of_a_case as way
from tests.support.read_api import ReadApi, read_api

MORNING = datetime.fromisoformat("2024-09-16T10:42:07+08:00")
CASE = way.CASE
STANDING = {"publisher": "hall-terminal", "believedfrom": date(2024, 9, 3)}
TOLD = way.event(way.DECIDED.data, 200, identity="d-1").model_copy(
    update={
        "source": "urn:xincheng:hall-terminal:t7",
        "recordedtime": datetime.fromisoformat("2024-09-16T10:00:00+08:00"),
        "actorid": "st-0001",
        "actorrole": "APPROVER",
        **STANDING,
    }
)


def ours(event: Event) -> Event:
    return event.model_copy(update={"source": "urn:casetrack:610102:intake"})


FILED = [
    ours(way.event(one.data, hours, identity=one.id, window=one.windowid))
    for one, hours in ((way.RECEIVED, 0), (way.ACCEPTED, 1))
]


@pytest.fixture
async def api(role_dsn: Callable[[str], str], tmp_path: Path) -> AsyncIterator[ReadApi]:
    async with read_api(role_dsn, tmp_path, MORNING) as opened:
        await opened.fold(*FILED, TOLD)
        yield opened


async def judge(api: ReadApi, role: Role = Role.SUPERVISOR, **said: object) -> httpx2.Response:
    word = {"fact_id": "d-1", "fact_source": TOLD.source, "believed": True, "reason": "已电话核实"}
    path = f"/v1/cases/{CASE}/judgements"
    return await api.client.post(path, headers=api.token(role), json={**word, **said})


async def hear_supervision(api: ReadApi) -> None:
    """Fold what supervision has published, as a worker does."""
    (*_, newest) = (await api.reader.supervision.load(f"case-{CASE}")).events
    await api.fold(newest)


async def last(api: ReadApi) -> dict[str, Any]:
    facts: list[dict[str, Any]] = (await api.read(f"/v1/cases/{CASE}/timeline"))["items"]
    return next(fact for fact in facts if fact["id"] == "d-1")


async def test_it_is_seen_with_who_told_it_and_why_it_counts_for_nothing(api: ReadApi) -> None:
    case, fact = await api.read(f"/v1/cases/{CASE}"), await last(api)
    english = await api.get(f"/v1/cases/{CASE}/timeline", language="en")

    assert (case["phase"], case["decision"], case["anomalies"]) == ("ACCEPTED", None, 1)
    assert case["doubts"] == [
        {
            "fact_id": "d-1",
            "fact_source": TOLD.source,
            "publisher": "hall-terminal",
            "reason": "FOREIGN",
        }
    ]
    assert (fact["doubt"], fact["late_days"], fact["publisher"]) == ("FOREIGN", 4, "hall-terminal")
    assert "hall-terminal" in fact["anomaly"]
    assert "not its own" in english.text


async def test_their_people_are_not_taken_for_ours(api: ReadApi) -> None:
    fact = await last(api)

    assert (fact["actorid"], fact["actorrole"]) == (
        "hall-terminal/st-0001",
        "hall-terminal/APPROVER",
    )


async def test_a_supervisor_confirms_it_and_thinks_better_of_it(api: ReadApi) -> None:
    said = await judge(api)
    assert said.status_code == 200, said.text
    await hear_supervision(api)
    assert (await api.read(f"/v1/cases/{CASE}"))["decision"] == "APPROVED"
    assert (await last(api)).get("doubt") is None

    assert (await judge(api, believed=False)).status_code == 200
    await hear_supervision(api)
    assert (await api.read(f"/v1/cases/{CASE}"))["decision"] is None
    assert (await last(api))["doubt"] == "REJECTED"


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OPS, Role.WINDOW_CLERK, Role.PUBLISHER])
async def test_nobody_else_confirms_it(api: ReadApi, role: Role) -> None:
    assert (await judge(api, role)).status_code == 403


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"fact_id": "d-2"}, 404),
        ({"fact_source": "urn:shaanxi:qinwuyuan:1"}, 404),
        ({"fact_id": FILED[0].id, "fact_source": FILED[0].source}, 404),
        ({"reason": ""}, 422),
        ({"reason": "a\u0000b"}, 422),
    ],
)
async def test_only_a_fact_of_the_case_is_judged_and_with_a_reason(
    api: ReadApi, said: dict[str, str], status: int
) -> None:
    answer = await judge(api, Role.SUPERVISOR, **said)

    assert (answer.status_code, answer.json()["code"]) == (
        status,
        "fact_unknown" if status == 404 else "invalid_request",
    )
