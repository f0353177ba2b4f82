"""The law desk publishes over HTTP: foreseen first, then so, and no two at once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from shared.contracts.envelope import Event
from shared.policy.calendar import ZONE
from shared.policy.sla import bureau_policy
from shared.web.auth import Role
from tests.support import way_of_a_case as way
from tests.support.notices import notice
from tests.support.read_api import Heard, Listener, ReadApi, read_api

MORNING = datetime(2026, 12, 11, 9, tzinfo=ZONE)
CASE = way.CASE
WATER = {
    "publisher_id": "water-company",
    "name": "自来水公司",
    "sources": ["urn:xincheng:water-company:"],
    "types": ["casetrack.intake.*"],
}
KEY = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "kid": "water-2026",
}


@pytest.fixture
async def api(role_dsn: Callable[[str], str], tmp_path: Path) -> AsyncIterator[ReadApi]:
    async with read_api(role_dsn, tmp_path, MORNING) as opened:
        yield opened


def accepted() -> Event:
    """Return the acceptance on 10 December 2026 of a case with twenty working days."""
    changes = {"effective_date": date(2026, 12, 10), "committed_limit": 20}
    fact = way.ACCEPTED.data.model_copy(update=changes)
    at = datetime(2026, 12, 10, 10, tzinfo=ZONE)
    return Event.of(fact, id="accepted", source="urn:test", time=at)


async def post(
    api: ReadApi, path: str, body: object, role: Role = Role.LAW_DESK, **query: str | float
) -> httpx2.Response:
    return await api.client.post(
        f"/v1/rules/{path}", json=body, params=query, headers=api.token(role)
    )


async def swept(api: ReadApi, stopping: asyncio.Event) -> None:
    """Judge anew what is left of older editions, as a worker does beside its folding."""
    while not stopping.is_set():
        await api.sweep()
        await asyncio.sleep(0.02)


async def published(api: ReadApi, path: str, body: object) -> dict[str, Any]:
    """Publish beside a lane that sweeps; return the answer."""
    stopping = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(swept(api, stopping))
        answer = await post(api, path, body)
        stopping.set()
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_what_the_preview_says_is_what_publishing_does(api: ReadApi) -> None:
    await api.fold(accepted())
    before = (await api.read(f"/v1/cases/{CASE}/clocks"))["items"]
    foreseen = (await post(api, "calendar", notice(), preview=True)).json()
    untouched = (await api.read(f"/v1/cases/{CASE}/clocks"))["items"]
    done = await published(api, "calendar", notice())
    after = (await api.read(f"/v1/cases/{CASE}/clocks"))["items"]

    assert (foreseen["runs_moved"], foreseen["runs_settled"]) == (2, 2)
    assert (foreseen["edition"], foreseen["years"], foreseen["new"]) == (1, [2027], True)
    assert done == {**foreseen, "preview": False, "folded": True}
    for one in (*before, *untouched):
        one["measured"].pop("seen_at")
    assert untouched == before
    assert [one["provisional"] for one in before] == [True, True]
    assert [one["provisional"] for one in after] == [False, False]
    assert [one["due"] for one in after] == [run["due_after"] for run in done["examples"]]


async def test_the_law_desk_hears_how_far_it_is(api: ReadApi) -> None:
    await api.fold(accepted())
    plain = await post(api, "calendar", notice(), preview=True)
    headers = {**api.token(Role.LAW_DESK), "accept": "text/event-stream"}
    heard: list[Heard] = []
    async with api.client.stream(
        "POST", "/v1/rules/calendar?preview=true", json=notice(), headers=headers
    ) as answer:
        listener = Listener(answer)
        while not heard or heard[-1].event == "progress":
            heard.append(await listener.next())

    *course, result = [(one.event, one.document) for one in heard]
    assert [document["done"] for _, document in course] == [0, 1]
    assert {document["of"] for _, document in course} == {1}
    assert result == ("result", plain.json())


async def test_of_two_desks_that_saw_the_same_edition_one_is_told_of_the_newest(
    api: ReadApi,
) -> None:
    longer = notice(days=[*notice()["days"], _day_off("2027-02-12")])
    first = await post(api, "calendar", notice(), edition=1, wait=0)
    second = await post(api, "calendar", longer, edition=1, wait=0)

    assert first.status_code == 200
    assert (second.status_code, second.json()["code"]) == (409, "edition_taken")
    assert "1" in second.json()["detail"]


async def test_of_two_desks_at_the_same_moment_one_is_told_of_the_newest(api: ReadApi) -> None:
    longer = notice(days=[*notice()["days"], _day_off("2027-02-12")])
    answers = await asyncio.gather(
        *(post(api, "calendar", body, edition=1, wait=0) for body in (notice(), longer))
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_whoever_says_it_again_publishes_nothing(api: ReadApi) -> None:
    await published(api, "publishers", WATER)
    again = await published(api, "publishers", WATER)
    shown = await api.read("/v1/rules")

    assert (again["new"], again["edition"], shown["newest"]) == (False, 1, 1)
    assert "water-company" in {one["publisher_id"] for one in shown["publishers"]}


async def test_a_key_is_registered_and_shown_and_its_private_half_refused(api: ReadApi) -> None:
    answer = await post(api, "publishers", {**WATER, "key": {**KEY, "d": "c2VjcmV0"}})
    done = await published(api, "publishers", {**WATER, "key": KEY})
    shown = await api.read("/v1/rules")
    (entry,) = (one for one in shown["publishers"] if one["publisher_id"] == "water-company")

    assert (answer.status_code, answer.json()["code"]) == (422, "key_private")
    assert "c2VjcmV0" not in answer.text
    assert (done["new"], entry["key"], shown["editions"][0]["change"]["key"]) == (True, KEY, KEY)


@pytest.mark.parametrize("preview", ["true", "false"])
async def test_a_row_that_names_a_field_which_does_not_exist_is_refused_in_both_languages(
    api: ReadApi, preview: str
) -> None:
    document = bureau_policy().model_dump(mode="json", exclude_none=True)
    row = next(one for one in document["limits"] if one["id"] == "SLA-04")
    row["limit"] = {"field": "terms.promised_limit"}
    form = {"effective_from": "2027-01-01", "document": document}
    told = {}
    for language in ("zh-CN", "en"):
        headers = {**api.token(Role.LAW_DESK), "Accept-Language": language}
        query = {"preview": preview}
        answer = await api.client.post("/v1/rules/policy", json=form, params=query, headers=headers)
        told[language] = answer.json()

    assert {one["code"] for one in told.values()} == {"limit_name_unknown"}
    assert told["zh-CN"]["detail"] == "SLA-04 的 limit.field：没有“terms.promised_limit”。"
    assert told["en"]["detail"] == "SLA-04, limit.field: there is no terms.promised_limit."


async def test_an_older_edition_can_be_looked_up(api: ReadApi) -> None:
    await published(api, "publishers", WATER)
    await published(api, "publishers/water-company/remove", None)
    first, newest = await api.read("/v1/rules?edition=1"), await api.read("/v1/rules")

    assert "water-company" in {one["publisher_id"] for one in first["publishers"]}
    assert "water-company" not in {one["publisher_id"] for one in newest["publishers"]}
    assert [one["edition"] for one in newest["editions"]] == [1, 2]
    assert newest["editions"][0]["change"]["publisher_id"] == "water-company"
    assert (await api.get("/v1/rules?edition=3", Role.LAW_DESK)).json()["code"] == "edition_unknown"


async def test_a_policy_is_published_for_what_begins(api: ReadApi) -> None:
    document = bureau_policy().model_dump(mode="json")
    document["bureau"]["cut_off"] = "17:30:00"
    since = (MORNING + timedelta(days=1)).date().isoformat()
    done = await published(api, "policy", {"effective_from": since, "document": document})
    late = await post(api, "policy", {"effective_from": "2026-12-10", "document": document})

    assert (done["edition"], done["runs_moved"]) == (1, 0)
    assert (late.status_code, late.json()["code"]) == (422, "policy_in_the_past")


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("calendar", notice(days=[]), "notice_partial"),
        ("calendar", {"year": 2027, "days": [{"name": "元旦"}]}, "notice_unreadable"),
        ("policy", {"effective_from": "2027-01-01", "document": {}}, "policy_unfit"),
        ("publishers", {**WATER, "types": ["casetrack.nothing.*"]}, "pattern_matches_nothing"),
        ("publishers", {**WATER, "sources": ["urn:casetrack:x:"]}, "source_reserved"),
        ("publishers/nobody/remove", None, "publisher_unregistered"),
    ],
)
async def test_what_cannot_be_published_is_refused_with_its_code(
    api: ReadApi, path: str, body: object, code: str
) -> None:
    answer = await post(api, path, body)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await api.read("/v1/rules"))["newest"] == 0


async def test_only_the_law_desk_the_director_and_operations_publish(api: ReadApi) -> None:
    answers = {
        role: (await post(api, "publishers", WATER, role, preview=True)).status_code
        for role in Role
    }

    allowed = {role for role, status in answers.items() if status == 200}
    assert allowed == {Role.LAW_DESK, Role.DIRECTOR, Role.OPS}
    assert set(answers.values()) == {200, 403}


def _day_off(day: str) -> dict[str, Any]:
    return {"name": "春节", "date": day, "isOffDay": True}
