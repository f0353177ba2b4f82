"""What enters the event store can be read again; what once entered otherwise harms nobody else."""

import asyncio
from typing import Any

import pytest
import structlog

from shared.contracts.documents import EVENT_BYTES_MAX, write
from shared.contracts.registry import INBOX
from shared.eventstore.port import STUCK_SECONDS
from shared.kafka.port import Record, Undeliverable
from shared.web.auth import Role
from tests.edges.test_intake_commands import ACCEPTANCE, APPLICATION, PAPER, received
from tests.support.foreign_facts import foreign, numbered
from tests.support.intake_service import Hall

STREAM = "case-XC20240902000017"
DERIVED = {"recordedtime", "subject", "partitionkey"}
BATCH = "application/cloudevents-batch+json"


def large(size: int) -> bytes:
    """Return an event of *size* bytes, to which its store has yet to add what it derives."""
    data = {"case_no": "XC20240902000017", "activity": "large", "attributes": {}}
    example = foreign("handling.activity.recorded", id="large", data=data)
    event = {name: value for name, value in example.items() if name not in DERIVED}
    names = [f"{number}" for number in range(1_000)]
    missing = size - len(write({**event, "data": {**data, "attributes": dict.fromkeys(names, "")}}))
    each, rest = divmod(missing, 1_000)
    values = ["字" * (each // 3) + "x" * (each % 3) for _ in names]
    values[0] += "x" * rest
    return write({**event, "data": {**data, "attributes": dict(zip(names, values, strict=True))}})


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("", {**APPLICATION, "item_name": "x\0y"}, "item_name"),
        (
            "",
            {**APPLICATION, "party": {**APPLICATION["party"], "party_token": "\0"}},
            "party.party_token",
        ),
        (
            "/{no}/acceptance",
            {**ACCEPTANCE, "accept_doc": {**PAPER, "doc_no": "\0"}},
            "accept_doc.doc_no",
        ),
        ("/{no}%00/acceptance", ACCEPTANCE, "case_no"),
    ],
)
async def test_a_text_that_nobody_could_read_again_is_refused_where_it_enters(
    hall: Hall, path: str, body: dict[str, Any], field: str
) -> None:
    no = await received(hall)

    answer = await hall.command(Role.WINDOW_CLERK, "/v1/cases" + path.format(no=no), body)
    later = await hall.command(Role.WINDOW_CLERK, f"/v1/cases/{no}/acceptance", ACCEPTANCE)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [
        (field, "forbidden_character")
    ]
    assert later.status_code == 201


async def test_a_history_that_cannot_be_read_is_no_accident_and_harms_no_other(hall: Hall) -> None:
    spoilt, sound = await received(hall), await received(hall)
    bodies = vars(hall.store)["_bodies"][f"case-{spoilt}"]
    bodies[0] = bodies[0].replace("食品经营许可".encode(), b"x\\u0000y")

    with structlog.testing.capture_logs() as logs:
        answer = await hall.command(Role.WINDOW_CLERK, f"/v1/cases/{spoilt}/acceptance", ACCEPTANCE)
    other = await hall.command(Role.WINDOW_CLERK, f"/v1/cases/{sound}/acceptance", ACCEPTANCE)

    assert (answer.status_code, answer.json()["code"]) == (409, "history_unreadable")
    assert [(one["stream"], one["version"]) for one in logs if one["log_level"] == "error"] == [
        (f"case-{spoilt}", 1)
    ]
    assert other.status_code == 201


async def test_it_accepts_while_the_outbox_is_stuck_and_says_so(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def waiting_seconds() -> float:
        return STUCK_SECONDS + 1

    monkeypatch.setattr(hall.store, "waiting_seconds", waiting_seconds)
    answer = await hall.client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "degraded", "behind": ["outbox"]}


async def test_an_event_is_measured_as_it_would_be_stored(hall: Hall) -> None:
    exact = large(EVENT_BYTES_MAX)

    answer = await hall.publish(exact)
    verdict = await hall.publish(exact, path="/v1/events/validate")
    batch = await hall.publish(b"[" + b",".join([numbered(1), exact, numbered(2)]) + b"]", BATCH)

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert (verdict.status_code, verdict.json()["code"]) == (413, "too_large")
    assert [one.get("code") for one in batch.json()] == [None, "too_large", None]
    assert (await hall.store.load(STREAM)).version == 2


async def test_what_is_large_as_it_was_sent_and_small_as_it_is_kept_is_kept(hall: Hall) -> None:
    numbers = write({**foreign(), "more": []})[:-2] + b"1e15," * 200_000 + b"0]}"

    answer = await hall.publish(numbers)

    (kept,) = hall.store.published(0, 2)
    assert answer.status_code == 202
    assert len(kept.body) < 2_000


async def test_one_that_is_refused_hurts_nobody_who_shares_its_commit(hall: Hall) -> None:
    sent = [numbered(1), large(EVENT_BYTES_MAX), numbered(2), large(EVENT_BYTES_MAX), numbered(3)]

    answers = await asyncio.gather(*map(hall.publish, sent))

    assert [answer.status_code for answer in answers] == [202, 413, 202, 413, 202]


async def test_on_the_inbox_it_is_one_dead_letter(hall: Hall) -> None:
    with pytest.raises(Undeliverable) as refusal:
        await hall.service.inbox.handle(Record(INBOX, None, large(EVENT_BYTES_MAX)))

    assert refusal.value.code == "too_large"


async def test_a_header_is_read_as_strictly_as_a_body(hall: Hall) -> None:
    example = foreign()
    headers = {f"ce-{name}": value for name, value in example.items() if name != "data"}

    answer = await hall.publish(
        write(example["data"]), "application/json", headers={**headers, "ce-id": "x%00y"}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "forbidden_character")
    assert answer.json()["field"] == "id"


async def test_a_command_whose_event_could_not_be_kept_is_told_so(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.eventstore.rows.EVENT_BYTES_MAX", 100)

    answer = await hall.command(Role.WINDOW_CLERK, "/v1/cases", APPLICATION)

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
