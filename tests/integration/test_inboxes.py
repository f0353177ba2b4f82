"""An inbox for each publisher, on a real broker: it comes and goes, and floods nobody else's."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.topics import prepare_topics
from services.metrics.consumer.inbox import READERS
from shared.contracts.documents import write
from shared.contracts.registry import INBOX, INBOXES, inbox_of
from shared.eventstore.postgres import open_pool
from shared.kafka.dead_letter_box import DeadLetterBox
from shared.kafka.dead_letters import DeadLetter
from shared.kafka.ends import load_ends
from shared.kafka.port import PARTITIONS, Record
from shared.kafka.producer import KafkaProducer
from shared.kafka.standing import GroupStanding
from shared.kafka.topics import topics_of
from tests.support.eventually import eventually
from tests.support.foreign_facts import foreign
from tests.support.intake_process import intake_process
from tests.support.stack import delete_topics, kafka_admin

HALL, PLATFORM = "hall-terminal", "qinwuyuan"
HALLS, PLATFORMS = "urn:xincheng:hall-terminal:t1", "urn:shaanxi:qinwuyuan:portal"
CASES = 400
FLOOD = 12_000
"""More than one answer of the broker's brings of four partitions."""
MEANWHILE_MAX = 2_500
"""What may be taken of a flood while another inbox waits: a turn or two, and some air."""
SECONDS_MAX = 90
COUNT_BEFORE = """
SELECT count(*)
FROM events
WHERE source = $1
AND position < (SELECT position FROM events WHERE source = $2)
"""


@pytest.fixture
def dsn(role_dsn: Callable[[str], str]) -> str:
    return role_dsn("casetrack_intake")


@pytest.fixture
async def kafka(bureau_topics: str) -> AsyncIterator[str]:
    """Give the broker, and take the inboxes away that a test has made."""
    yield bureau_topics
    async with kafka_admin(bureau_topics) as admin:
        made = [name for name in await admin.list_topics() if INBOXES in name]
    await delete_topics(bureau_topics, made)


def fact(publisher: str, source: str, number: int) -> Record:
    """Return one of many facts about one of many cases, as it lies in the inbox of *publisher*."""
    event = foreign(id=f"fact-{number}", source=source)
    case = f"XC202409020{number % CASES:05}"
    data = {**event["data"], "case": {**event["data"]["case"], "case_no": case}}
    body = write({**event, "subject": case, "partitionkey": case, "data": data})
    return Record(inbox_of(publisher), case.encode(), body)


async def recorded(dsn: str) -> Counter[str]:
    """Return how many facts of each source are on record."""
    async with await open_pool(dsn, "intake") as pool:
        rows = await pool.fetch("SELECT source, count(*) AS facts FROM events GROUP BY source")
    return Counter({row["source"]: row["facts"] for row in rows})


async def recorded_before_the_platform(dsn: str) -> int:
    """Return how many facts of the hall came on record before the only one of the platform."""
    async with await open_pool(dsn, "intake") as pool:
        return int(await pool.fetchval(COUNT_BEFORE, HALLS, PLATFORMS))


async def test_an_inbox_that_is_made_while_intake_runs_is_read(
    tmp_path: Path, dsn: str, kafka: str
) -> None:
    async with intake_process(tmp_path, dsn=dsn, kafka=kafka), KafkaProducer(kafka) as sender:
        await sender.send([replace(fact(HALL, HALLS, 1), topic=INBOX)])
        await eventually_recorded(dsn, {HALLS: 1})

        await prepare_topics(kafka, PARTITIONS, [PLATFORM])
        await sender.send([fact(PLATFORM, PLATFORMS, 1)])
        await eventually_recorded(dsn, {HALLS: 1, PLATFORMS: 1})


async def test_a_flood_in_one_inbox_keeps_no_other_waiting(
    tmp_path: Path, dsn: str, kafka: str
) -> None:
    await prepare_topics(kafka, PARTITIONS, [HALL, PLATFORM])
    async with KafkaProducer(kafka) as sender:
        for begin in range(0, FLOOD, 1_000):
            await sender.send([fact(HALL, HALLS, begin + n) for n in range(1_000)])
        async with intake_process(tmp_path, dsn=dsn, kafka=kafka):

            async def is_flooded() -> bool:
                return (await recorded(dsn))[HALLS] > 0

            await eventually(is_flooded, within=SECONDS_MAX)
            await sender.send([fact(PLATFORM, PLATFORMS, 1)])
            before = (await recorded(dsn))[HALLS]

            async def is_heard() -> bool:
                return (await recorded(dsn))[PLATFORMS] == 1

            await eventually(is_heard, within=SECONDS_MAX)

    assert await recorded_before_the_platform(dsn) - before < MEANWHILE_MAX


async def test_a_letter_lies_below_its_inbox_and_goes_back_there(
    tmp_path: Path, dsn: str, kafka: str
) -> None:
    await prepare_topics(kafka, PARTITIONS, [HALL])
    inbox, letters = topics_of(HALL)
    box = DeadLetterBox(kafka)

    async def lying(count: int) -> list[DeadLetter]:
        found: list[DeadLetter] = []

        async def all_lie() -> bool:
            found[:] = [letter async for letter in box.load_all(HALL)]
            return len(found) == count

        await eventually(all_lie, within=SECONDS_MAX)
        return found

    async with intake_process(tmp_path, dsn=dsn, kafka=kafka), KafkaProducer(kafka) as sender:
        await sender.send([fact(HALL, PLATFORMS, 1)])
        (first,) = await lying(1)
        await box.replay([first.letter_id], sender)
        again = [letter for letter in await lying(2) if letter.replay_of]

    assert (first.refusal.code, first.record.topic) == ("source_not_allowed", inbox)
    assert [one.replay_of for one in again] == [first.letter_id]
    assert first.letter_id.startswith(letters)
    assert sum((await load_ends(kafka, [INBOX])).values()) == 0
    assert await recorded(dsn) == {}


async def test_what_waits_in_any_inbox_is_told(kafka: str) -> None:
    await prepare_topics(kafka, PARTITIONS, [HALL])
    async with KafkaProducer(kafka) as sender:
        await sender.send([fact(HALL, HALLS, n) for n in range(3)])
    async with GroupStanding(kafka, READERS, INBOX, INBOXES) as group:
        told = await group.load()

    assert {place.topic for place in told} == {INBOX, inbox_of(HALL)}
    assert sum(one.end - one.following for one in told.values()) == 3


async def eventually_recorded(dsn: str, wanted: Mapping[str, int]) -> None:
    async def are_recorded() -> bool:
        return await recorded(dsn) == wanted

    await eventually(are_recorded, within=SECONDS_MAX)
