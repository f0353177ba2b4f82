"""The gateway over HTTP: one event, a batch, or only a verdict."""

import asyncio
import json
from collections.abc import Coroutine
from datetime import datetime
from functools import partial
from typing import Any

import pytest
import structlog
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent

from services.intake.api.deliveries import BATCH_EVENTS_MAX, batch
from shared.contracts.documents import write
from shared.contracts.foreign import read_foreign
from shared.eventstore.port import StoreRefused, StoreUnavailable
from shared.web.auth import Role
from tests.contracts.test_strangers import FAULTS, POISONS
from tests.support.foreign_facts import MORNING, SOURCE, foreign, numbered
from tests.support.intake_service import Hall

BATCH = "application/cloudevents-batch+json"
GOOD = write(foreign())


NINE_FORTY = datetime.fromisoformat(MORNING)

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def stored(hall: Hall, case_no: str = "XC20240902000017") -> list[Any]:
    return list((await hall.store.load(f"case-{case_no}")).events)


async def test_an_event_is_accepted_when_it_is_on_record(hall: Hall) -> None:
    answer = await hall.publish(GOOD)
    (event,) = await stored(hall)

    assert answer.status_code == 202
    assert answer.json() == {
        "status": "accepted",
        "id": event.id,
        "stream": "case-XC20240902000017",
        "version": 1,
    }
    assert event.recordedtime == hall.clock.now()


async def test_the_same_event_again_is_a_duplicate(hall: Hall) -> None:
    await hall.publish(GOOD)

    answer = await hall.publish(write(foreign(recordedtime="2024-09-02T09:59:00+08:00")))

    assert (answer.status_code, answer.json()["status"]) == (200, "duplicate")
    assert len(await stored(hall)) == 1


async def test_other_content_under_a_used_id_is_a_conflict(hall: Hall) -> None:
    await hall.publish(GOOD)

    data = {**foreign()["data"], "weekend": True}
    answer = await hall.publish(write(foreign(windowid="W13", data=data)))

    assert (answer.status_code, answer.json()["code"]) == (409, "event_conflict")
    assert answer.json()["field"] == "windowid"
    assert "windowid, data.weekend" in answer.json()["detail"]


async def test_the_same_event_by_another_way_and_in_other_words_is_a_duplicate(hall: Hall) -> None:
    await hall.publish(GOOD)
    told = foreign(time="2024-09-02T01:40:12.000Z")
    headers = {f"ce-{name}": value for name, value in told.items() if name != "data"}

    answer = await hall.publish(write(told["data"]), "text/json; charset=UTF-8", headers=headers)

    assert (answer.status_code, answer.json()["status"]) == (200, "duplicate")


async def test_data_without_a_content_type_are_json_only_beside_binary_headers(hall: Hall) -> None:
    told = foreign()
    attributes = {f"ce-{name}": value for name, value in told.items() if name != "data"}
    token = hall.token(Role.PUBLISHER, "trial")
    body = write(told["data"])

    binary = await hall.client.post("/v1/events", content=body, headers=token | attributes)
    bare = await hall.client.post("/v1/events", content=GOOD, headers=token)

    assert binary.status_code == 202
    assert (bare.status_code, bare.json()["code"]) == (415, "content_type_refused")


@pytest.mark.parametrize(
    ("header", "value", "told"),
    [
        ("ce-id", '"H-2/r"', "H-2/r"),
        ("ce-id", r'"a \"b\" \\ %E6%A0%B7"', r'a "b" \ 样'),
        ("ce-id", "%22H%22", '"H"'),
        ("ce-id", "a%2525", "a%25"),
        ("ce-id", '"', '"'),
        ("CE-ID", "  100% ", "100%"),
    ],
)
async def test_a_header_is_unquoted_first_and_unescaped_once(
    hall: Hall, header: str, value: str, told: str
) -> None:
    example = foreign()
    headers = {f"ce-{name}": text for name, text in example.items() if name not in ("data", "id")}

    answer = await hall.publish(
        write(example["data"]), "application/json", headers={**headers, header: value}
    )

    assert answer.json()["id"] == told


@pytest.mark.parametrize("value", [b"%C0%A0", b"%ff", b"\xe9"])
async def test_a_header_that_is_no_utf8_is_refused(hall: Hall, value: bytes) -> None:
    token = [(n.encode(), v.encode()) for n, v in hall.token(Role.PUBLISHER, "trial").items()]
    headers = [*token, (b"ce-specversion", b"1.0"), (b"ce-id", value)]

    answer = await hall.client.post("/v1/events", content=b"{}", headers=headers)

    assert (answer.json()["code"], answer.json()["field"]) == ("invalid_attribute", "id")


async def test_a_fact_that_contradicts_the_case_is_recorded(hall: Hall) -> None:
    answer = await hall.publish(write(foreign("handling.case.closed")))

    assert answer.status_code == 202


async def test_what_the_publisher_adds_is_stored_nowhere(hall: Hall) -> None:
    data = {**foreign()["data"], "id_card": "610102199003070018"}
    answer = await hall.publish(write(foreign(idcard="610102199003070018", data=data)))

    (record,) = hall.store.published(0, 2)
    assert answer.status_code == 202
    assert b"610102199003070018" not in record.body


@pytest.mark.parametrize("mode", [to_structured_event, to_binary_event])
async def test_the_cloudevents_sdk_is_understood_unchanged(hall: Hall, mode: Any) -> None:  # noqa: ANN401 - of the SDK
    example = foreign()
    attributes = {name: value for name, value in example.items() if name != "data"}
    message = mode(
        CloudEvent({**attributes, "time": NINE_FORTY, "activity": "新城区 100%"}, example["data"])
    )

    answer = await hall.publish(
        message.body, message.headers["content-type"], headers=message.headers
    )

    assert answer.status_code == 202, answer.text
    (record,) = hall.store.published(0, 2)
    assert json.loads(record.body)["activity"] == "新城区 100%"


async def test_a_structured_event_may_carry_binary_headers_that_say_nothing(hall: Hall) -> None:
    answer = await hall.publish(GOOD, headers={"ce-id": "another", "ce-type": "another"})

    assert answer.status_code == 202


async def test_an_attribute_said_twice_is_refused(hall: Hall) -> None:
    headers = [
        *hall.token(Role.PUBLISHER, "trial").items(),
        ("content-type", "application/json"),
        ("ce-id", "one"),
        ("ce-id", "two"),
    ]
    answer = await hall.client.post("/v1/events", content=b"{}", headers=headers)

    assert (answer.json()["code"], answer.json()["field"]) == ("invalid_attribute", "id")


@pytest.mark.parametrize("name", POISONS | FAULTS)
async def test_a_poison_is_answered_with_its_code_and_field(hall: Hall, name: str) -> None:
    body, code, field = (POISONS | FAULTS)[name]

    answer = await hall.publish(body)

    assert 400 <= answer.status_code < 500
    assert answer.json()["code"] == code
    assert answer.json().get("field", "") == field


@pytest.mark.parametrize("name", sorted(POISONS.keys() - {"truncated JSON", "a gzip bomb"}))
async def test_a_poison_in_a_batch_harms_no_neighbour(hall: Hall, name: str) -> None:
    body, code, _ = POISONS[name]
    batch = b"[" + b",".join([numbered(1), body, numbered(2)]) + b"]"

    answer = await hall.publish(batch, BATCH)

    assert answer.status_code == 207
    assert [one["status"] for one in answer.json()] == ["accepted", "rejected", "accepted"]
    assert answer.json()[1]["code"] == code
    assert len(await stored(hall)) == 2


async def test_each_event_of_a_batch_has_its_own_answer(hall: Hall) -> None:
    await hall.publish(numbered(1))
    foe = numbered(2, source="urn:casetrack:610102:intake")
    batch = b"[" + b",".join([numbered(1), foe, numbered(3), numbered(3)]) + b"]"

    answer = await hall.publish(batch, BATCH)

    told = [(one["index"], one["id"], one["status"], one.get("code")) for one in answer.json()]
    assert told == [
        (0, "fact-1", "duplicate", None),
        (1, "fact-2", "rejected", "source_reserved"),
        (2, "fact-3", "accepted", None),
        (3, "fact-3", "duplicate", None),
    ]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"[" + b",".join([b"{}"] * (BATCH_EVENTS_MAX + 1)) + b"]", 413, "too_large"),
        (b"[" + GOOD, 400, "not_json"),
        (GOOD, 400, "not_json"),
    ],
)
async def test_a_batch_that_is_none_is_refused_whole(
    hall: Hall, body: bytes, status: int, code: str
) -> None:
    answer = await hall.publish(body, BATCH)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def turns_of_others(work: Coroutine[Any, Any, object]) -> int:
    """Return how often somebody else had a turn while *work* lasted."""
    turns = 0
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(work)
        while not task.done():
            await asyncio.sleep(0)
            turns += 1
    return turns


@pytest.mark.parametrize("text", [b"[],", b'"long",', b"0000000,"])
async def test_a_large_batch_is_taken_apart_while_others_have_their_turns(text: bytes) -> None:
    body = b"[[" + text * 300_000 + b"0]]"

    assert await turns_of_others(batch(body)) > 5


async def test_a_large_batch_is_judged_while_others_have_their_turns(hall: Hall) -> None:
    large = partial(read_foreign, write(foreign(note=["1"] * 100_000)))

    assert await turns_of_others(hall.service.gateway.validate_all([large] * 20, None)) > 5


async def test_an_empty_batch_has_nothing_to_answer(hall: Hall) -> None:
    answer = await hall.publish(b"[]", BATCH)

    assert (answer.status_code, answer.json()) == (207, [])


@pytest.mark.parametrize(
    ("publisher", "attributes", "code", "field"),
    [
        ("trial", {"source": "urn:casetrack:610102:intake"}, "source_reserved", "source"),
        ("qinwuyuan", {}, "source_not_allowed", "source"),
        ("trial", {"time": "2024-09-02T12:05:01+08:00"}, "time_in_future", "time"),
    ],
)
async def test_nobody_speaks_for_others_or_of_tomorrow(
    hall: Hall, publisher: str, attributes: dict[str, str], code: str, field: str
) -> None:
    answer = await hall.publish(write(foreign(**attributes)), publisher=publisher)

    assert 400 <= answer.status_code < 500
    assert (answer.json()["code"], answer.json()["field"]) == (code, field)


async def test_a_publishers_clock_may_be_five_minutes_ahead(hall: Hall) -> None:
    answer = await hall.publish(write(foreign(time="2024-09-02T12:05:00+08:00")))

    assert answer.status_code == 202


async def test_a_publisher_speaks_of_its_own_types_only(hall: Hall) -> None:
    fact = write(foreign("supervision.alert.acknowledged"))

    answer = await hall.publish(fact)

    assert (answer.status_code, answer.json()["code"]) == (403, "type_not_allowed")


async def test_an_account_that_is_no_publisher_is_refused(hall: Hall) -> None:
    unknown = await hall.publish(GOOD, publisher="nobody")
    clerk = await hall.client.post(
        "/v1/events",
        content=GOOD,
        headers={
            **hall.token(Role.WINDOW_CLERK),
            "content-type": "application/cloudevents+json",
        },
    )

    assert (unknown.status_code, unknown.json()["code"]) == (403, "publisher_unknown")
    assert (clerk.status_code, clerk.json()["code"]) == (403, "not_permitted")


async def test_a_verdict_alone_stores_nothing(hall: Hall) -> None:
    path = "/v1/events/validate"
    good = await hall.publish(GOOD, path=path)
    bad = await hall.publish(write(foreign(partitionkey="XC1")), path=path)
    both = await hall.publish(b"[" + GOOD + b",{}]", BATCH, path=path)

    assert (good.status_code, good.json()["status"]) == (200, "accepted")
    assert (bad.status_code, bad.json()["code"]) == (422, "key_mismatch")
    assert [one["status"] for one in both.json()] == ["accepted", "rejected"]
    assert await stored(hall) == []


async def test_the_detail_names_the_field_in_the_readers_language(hall: Hall) -> None:
    data = {key: value for key, value in foreign()["data"].items() if key != "channel"}
    body = write(foreign(data=data))

    chinese = await hall.publish(body)
    english = await hall.publish(body, headers={"accept-language": "en"})

    assert chinese.json()["title"] == "数据有误"
    assert "data.channel" in chinese.json()["detail"]
    assert english.json()["title"] == "Data invalid"
    assert "data.channel" in english.json()["detail"]


@pytest.mark.parametrize("content", [GOOD, b"[" + GOOD + b"]"])
async def test_while_the_store_is_away_nothing_is_acknowledged(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr(hall.store, "record", away)
    kind = BATCH if content.startswith(b"[") else "application/cloudevents+json"

    answer = await hall.publish(content, kind)

    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert answer.headers["retry-after"] == "2"


async def test_what_the_store_refuses_harms_no_neighbour(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = hall.store.record

    async def picky(facts: Any, **options: Any) -> Any:  # noqa: ANN401 - a store's own
        if any(event.id == "fact-2" for event in facts):
            raise StoreRefused("22P05", "untranslatable")
        return await record(facts, **options)

    monkeypatch.setattr(hall.store, "record", picky)
    batch = b"[" + b",".join(numbered(number) for number in (1, 2, 3)) + b"]"

    answer = await hall.publish(batch, BATCH)

    assert [one.get("code") for one in answer.json()] == [None, "store_refused", None]


async def test_an_event_of_a_mebibyte_is_too_large(hall: Hall) -> None:
    answer = await hall.publish(write(foreign(source=SOURCE, more="a" * 2**20)))

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_every_refusal_is_noted_even_in_a_batch(hall: Hall) -> None:
    foe = numbered(1, source="urn:casetrack:610102:intake")
    with structlog.testing.capture_logs() as lines:
        await hall.publish(b"[" + foe + b"]", BATCH)

    (noted,) = [line for line in lines if line["event"] == "event_rejected"]
    assert (noted["code"], noted["publisher"]) == ("source_reserved", "trial")
