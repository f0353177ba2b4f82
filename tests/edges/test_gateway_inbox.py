"""The inboxes on Kafka: the verdicts of HTTP, with dead letters for answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent

from services.intake.consumer import GROUP, Inbox
from shared.contracts.documents import write
from shared.contracts.registry import INBOX, inbox_of
from shared.contracts.rules.facts import PublisherRegistered, PublisherRemoved
from shared.eventstore.port import StoreUnavailable
from shared.kafka.consumer import ConsumerLoop
from shared.kafka.dead_letters import DeadLetter, read_dead_letter, replayed
from shared.kafka.memory import MemoryBus
from shared.kafka.port import Record
from shared.policy.rules import evolve, shipped
from shared.runtime.clock import SystemClock
from shared.web.shares import QuotaSettings, Shares
from tests.contracts.test_strangers import POISONS
from tests.support.eventually import eventually
from tests.support.foreign_facts import MORNING, foreign, numbered
from tests.support.intake_service import Hall

STRUCTURED = (("content-type", b"application/cloudevents+json; charset=UTF-8"),)
CASE = b"XC20240902000017"


NINE_FORTY = datetime.fromisoformat(MORNING)

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def delivered(hall: Hall, *records: Record, inbox: Inbox | None = None) -> list[DeadLetter]:
    """Put *records* where they go, let intake read them all, return the dead letters."""
    bus, topics = MemoryBus(SystemClock()), sorted({record.topic for record in records})
    await bus.send(records)
    async with read_by(inbox or hall.service.inbox, bus, topics):
        await eventually(lambda: sum(bus.committed(GROUP.group).values()) == len(records))
    return [read_dead_letter(one) for topic in topics for one in bus.records(f"dlq.{topic}")]


@asynccontextmanager
async def read_by(inbox: Inbox, bus: MemoryBus, topics: list[str]) -> AsyncIterator[None]:
    """Let *inbox* handle what comes on *topics* within the block."""
    stopping = asyncio.Event()
    feed = bus.feed(GROUP.group, topics)
    loop = ConsumerLoop(feed, inbox.handle, bus, GROUP, SystemClock())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(loop.run(stopping))
        yield
        stopping.set()


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


OURS, THEIRS = "hall-terminal", "qinwuyuan"
OF_THEIRS = {"source": "urn:shaanxi:qinwuyuan:portal"}


def own(value: bytes, publisher: str = OURS, key: bytes = CASE) -> Record:
    """Return *value* as it lies in the inbox of *publisher*."""
    return Record(inbox_of(publisher), key, value, STRUCTURED)


async def test_what_lies_in_its_own_inbox_a_publisher_has_said_as_over_http(hall: Hall) -> None:
    await hall.publish(numbered(1), publisher=OURS)
    over_http = (await hall.store.load(f"case-{CASE.decode()}")).events
    hall.forget()

    assert await delivered(hall, own(numbered(1))) == []
    assert (await hall.store.load(f"case-{CASE.decode()}")).events == over_http
    assert [event.publisher for event in over_http] == [OURS]


async def test_in_its_own_inbox_a_publisher_speaks_for_nobody_else(hall: Hall) -> None:
    (letter,) = await delivered(hall, own(numbered(1, **OF_THEIRS)))

    assert (letter.refusal.code, letter.refusal.field) == ("source_not_allowed", "source")
    assert letter.record.topic == inbox_of(OURS)
    assert await versions(hall) == 0

    # The same fact of the rightful speaker.
    assert await delivered(hall, own(numbered(1, **OF_THEIRS), THEIRS)) == []
    assert await versions(hall) == 1


async def test_not_even_one_that_may_speak_from_every_source_is_believed_for_its_source(
    hall: Hall,
) -> None:
    """The longest prefix decides in the common inbox alone: an own one says who speaks."""
    await delivered(hall, own(numbered(1), "trial"))

    (stored,) = (await hall.store.load(f"case-{CASE.decode()}")).events
    assert stored.publisher == "trial"


@pytest.mark.parametrize(
    ("value", "key", "code"),
    [
        (numbered(1), b"XC1", "key_mismatch"),
        (numbered(1, source="urn:casetrack:610102:intake"), CASE, "source_reserved"),
        (
            numbered(1, publisher="importer", time="2024-09-03T12:00:00+08:00"),
            CASE,
            "time_in_future",
        ),
    ],
)
async def test_its_own_inbox_has_the_same_door(
    hall: Hall, value: bytes, key: bytes, code: str
) -> None:
    (letter,) = await delivered(hall, own(value, key=key))

    assert letter.refusal.code == code


async def test_who_is_not_registered_is_refused_and_heard_once_it_is(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry of the register comes and goes while intake runs, and nothing is lost by it."""
    rules = hall.service.rules
    monkeypatch.setattr(rules.editions, "newest", shipped(trial=True))
    record = Record(inbox_of("tax"), CASE, numbered(1, source="urn:xian:tax:7"), STRUCTURED)
    entry = PublisherRegistered(
        edition=1,
        publisher_id="tax",
        name="税务",
        sources=("urn:xian:tax:",),
        types=("casetrack.intake.*",),
    )

    (letter,) = await delivered(hall, record)
    assert (letter.refusal.code, letter.refusal.message) == ("publisher_unknown", "tax")

    rules.editions.newest = evolve(rules.newest, entry)
    assert await delivered(hall, replayed(letter)) == []
    assert await versions(hall) == 1

    rules.editions.newest = evolve(rules.newest, PublisherRemoved(edition=2, publisher_id="tax"))
    (letter,) = await delivered(hall, record)
    assert letter.refusal.code == "publisher_unknown"


async def test_where_the_broker_knows_who_speaks_nothing_in_the_common_inbox_is_believed(
    hall: Hall,
) -> None:
    service = hall.service
    inbox = Inbox(service.gateway, service.rules, service.shares, known=True)

    (letter,) = await delivered(hall, structured(numbered(1)), own(numbered(2)), inbox=inbox)

    assert (letter.refusal.code, letter.record.topic) == ("inbox_closed", INBOX)
    assert await versions(hall) == 1


async def test_who_is_over_its_quota_waits_alone_and_loses_nothing(hall: Hall) -> None:
    service, quota = hall.service, 10
    shares = Shares(hall.clock, QuotaSettings(events_per_second=1))
    inbox = Inbox(service.gateway, service.rules, shares)
    bus, topics = MemoryBus(SystemClock()), [inbox_of(OURS), inbox_of(THEIRS)]
    flood = [own(numbered(number)) for number in range(quota + 5)]
    await bus.send([*flood, own(numbered(99, **OF_THEIRS), THEIRS)])

    async with read_by(inbox, bus, topics):
        await eventually(lambda: read_of(bus) == {topics[1]: 1} and told(hall) == quota + 1)
        hall.clock.advance(timedelta(seconds=5))
        await eventually(lambda: read_of(bus) == {topics[0]: len(flood), topics[1]: 1})

    assert told(hall) == len(flood) + 1
    assert not any(bus.records(f"dlq.{topic}") for topic in topics)


def told(hall: Hall) -> int:
    """Return how many facts are on record."""
    return len(hall.store.published(0, 100))


def read_of(bus: MemoryBus) -> dict[str, int]:
    """Return how much is read of each topic, as the group remembers it."""
    return {place.topic: offset for place, offset in bus.committed(GROUP.group).items()}
