"""The inbox on Kafka: the verdicts of HTTP, with dead letters for answers."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent

from services.intake.consumer import GROUP
from shared.contracts.documents import write
from shared.contracts.registry import INBOX
from shared.eventstore.port import StoreUnavailable
from shared.kafka.consumer import ConsumerLoop
from shared.kafka.dead_letters import DeadLetter, read_dead_letter
from shared.kafka.memory import MemoryBus
from shared.kafka.port import Record
from shared.runtime.clock import SystemClock
from tests.contracts.test_strangers import POISONS
from tests.support.eventually import eventually
from tests.support.foreign_facts import MORNING, foreign, numbered
from tests.support.intake_service import Hall

STRUCTURED = (("content-type", b"application/cloudevents+json; charset=UTF-8"),)
CASE = b"XC20240902000017"


NINE_FORTY = datetime.fromisoformat(MORNING)

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def delivered(hall: Hall, *records: Record) -> list[DeadLetter]:
    """Put *records* into the inbox, let intake read them all, return the dead letters."""
    bus, stopping = MemoryBus(SystemClock()), asyncio.Event()
    await bus.send(records)
    loop = ConsumerLoop(
        bus.feed(GROUP.group, [INBOX]), hall.service.inbox.handle, bus, GROUP, SystemClock()
    )
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(loop.run(stopping))
        await eventually(lambda: sum(bus.committed(GROUP.group).values()) == len(records))
        stopping.set()
    return [read_dead_letter(letter) for letter in bus.records(f"dlq.{INBOX}")]


def structured(value: bytes | None, key: bytes | None = CASE) -> Record:
    return Record(INBOX, key, value, STRUCTURED)


async def versions(hall: Hall) -> int:
    return (await hall.store.load(f"case-{CASE.decode()}")).version


async def test_a_fact_in_the_inbox_is_recorded(hall: Hall) -> None:
    letters = await delivered(hall, structured(numbered(1)), structured(numbered(2)))

    assert letters == []
    assert await versions(hall) == 2


async def test_a_repeated_delivery_adds_nothing(hall: Hall) -> None:
    letters = await delivered(hall, structured(numbered(1)), structured(numbered(1)))

    assert letters == []
    assert await versions(hall) == 1


@pytest.mark.parametrize("name", POISONS)
async def test_a_poison_becomes_a_dead_letter_and_harms_no_neighbour(hall: Hall, name: str) -> None:
    body, code, field = POISONS[name]
    value = body or None

    (letter,) = await delivered(
        hall, structured(numbered(1)), structured(value), structured(numbered(2))
    )

    assert (letter.refusal.code, letter.refusal.field) == (code, field)
    assert letter.record.value == value
    assert letter.record.headers == STRUCTURED
    assert await versions(hall) == 2


@pytest.mark.parametrize("mode", [to_structured_event, to_binary_event])
async def test_the_cloudevents_sdk_is_understood_unchanged(hall: Hall, mode: Any) -> None:  # noqa: ANN401 - of the SDK
    example = foreign()
    attributes = {name: value for name, value in example.items() if name != "data"}
    message = mode(
        CloudEvent({**attributes, "time": NINE_FORTY, "note": "新城区"}, example["data"])
    )
    key = message.key.encode() if isinstance(message.key, str) else message.key

    letters = await delivered(
        hall, Record(INBOX, key, message.value, tuple(message.headers.items()))
    )

    assert letters == []
    assert await versions(hall) == 1


async def test_a_structured_event_may_carry_binary_headers_that_say_nothing(hall: Hall) -> None:
    record = Record(INBOX, CASE, numbered(1), (*STRUCTURED, ("ce_id", b"x"), ("ce_type", b"y")))

    assert await delivered(hall, record) == []


async def test_a_content_type_is_read_in_whatever_case_its_header_is_written(hall: Hall) -> None:
    headers = (("Content-Type", b"application/cloudevents+json"), ("ce_id", b"x"))

    assert await delivered(hall, Record(INBOX, CASE, numbered(1), headers)) == []


async def test_a_bare_json_event_needs_no_headers(hall: Hall) -> None:
    assert await delivered(hall, Record(INBOX, None, numbered(1))) == []


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (structured(numbered(1), b"XC1"), "key_mismatch"),
        (structured(numbered(1, source="urn:casetrack:610102:intake")), "source_reserved"),
        (structured(numbered(1, time="2024-09-03T12:00:00+08:00")), "time_in_future"),
        (Record(INBOX, CASE, b"{}", (("ce_id", b"1"), ("ce_id", b"2"))), "invalid_attribute"),
        (Record(INBOX, CASE, b"{}", (("ce_id", b"\xff"),)), "invalid_attribute"),
        (
            structured(
                write(
                    foreign("intake.application.withdrawn", source="urn:xincheng:inspection-app:7")
                )
            ),
            "type_not_allowed",
        ),
    ],
)
async def test_what_http_refuses_the_inbox_refuses_too(
    hall: Hall, record: Record, code: str
) -> None:
    (letter,) = await delivered(hall, record)

    assert letter.refusal.code == code


async def test_other_content_under_a_used_id_is_a_dead_letter(hall: Hall) -> None:
    (letter,) = await delivered(
        hall, structured(numbered(1)), structured(numbered(1, windowid="W13"))
    )

    assert (letter.refusal.code, letter.refusal.field) == ("event_conflict", "windowid")
    assert letter.refusal.message == "windowid"


async def test_while_the_store_is_away_the_inbox_waits(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, failures = hall.store.record, [StoreUnavailable("away"), StoreUnavailable("away")]

    async def flaky(facts: Any, **options: Any) -> Any:  # noqa: ANN401 - a store's own
        if failures:
            raise failures.pop()
        return await record(facts, **options)

    monkeypatch.setattr(hall.store, "record", flaky)

    assert await delivered(hall, structured(numbered(1))) == []
    assert await versions(hall) == 1
