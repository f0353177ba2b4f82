"""The gateway over real servers: what is acknowledged is on record, whatever is killed or away."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable
from pathlib import Path
from signal import SIGINT, SIGTERM

import httpx2
import pytest

from shared.contracts.registry import INBOX
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.kafka.dead_letter_box import DeadLetterBox
from shared.kafka.dead_letters import DeadLetter
from shared.kafka.ends import load_ends
from shared.kafka.port import Partition, Record
from shared.kafka.producer import KafkaProducer
from shared.runtime.lifecycle import KILLED
from tests.support.eventually import PATIENCE_SECONDS, eventually
from tests.support.foreign_facts import numbered
from tests.support.intake_process import NOBODY_LISTENS, intake_process

STREAM = "case-XC20240902000017"
KEY = b"XC20240902000017"
SPACES = b" " * 8_000
"""Behind an event, so that fifty of them are more than a pipe holds."""


@pytest.fixture
def dsn(role_dsn: Callable[[str], str]) -> str:
    return role_dsn("casetrack_intake")


async def versions(dsn: str) -> int:
    async with await open_pool(dsn, "intake") as pool:
        return (await PostgresEventStore(pool).load(STREAM)).version


async def test_killed_between_commit_and_answer_the_retry_is_a_duplicate(
    tmp_path: Path, dsn: str
) -> None:
    crash = {"CASETRACK_CRASH": "store.committed_before_reply"}
    async with intake_process(tmp_path, dsn=dsn, env=crash) as doomed:
        with pytest.raises(httpx2.TransportError):
            await doomed.publish(numbered(1))
        assert await doomed.process.wait() == KILLED

    async with intake_process(tmp_path, dsn=dsn) as intake:
        answer = await intake.publish(numbered(1))

    assert (answer.status_code, answer.json()["status"]) == (200, "duplicate")
    assert await versions(dsn) == 1


async def test_without_kafka_events_are_accepted_and_stored(tmp_path: Path, dsn: str) -> None:
    async with intake_process(tmp_path, dsn=dsn, kafka=NOBODY_LISTENS) as intake:
        answer = await intake.publish(
            b"[" + numbered(1) + b"," + numbered(2) + b"]", "cloudevents-batch"
        )
        ready = await intake.client.get("/readyz")

    assert [one["status"] for one in answer.json()] == ["accepted", "accepted"]
    assert ready.status_code == 200
    assert await versions(dsn) == 2


async def test_without_postgresql_nothing_is_acknowledged(tmp_path: Path) -> None:
    nowhere = f"postgresql://casetrack_intake@{NOBODY_LISTENS}/casetrack"
    async with intake_process(tmp_path, dsn=nowhere) as intake:
        answer = await intake.publish(numbered(1))
        ready = await intake.client.get("/readyz")

    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert answer.headers["retry-after"]
    assert ready.status_code == 503


async def test_it_stops_when_asked(tmp_path: Path, dsn: str) -> None:
    async with intake_process(tmp_path, dsn=dsn) as intake:
        intake.process.send_signal(SIGTERM)

        assert await intake.process.wait() == 0


async def test_the_inbox_records_what_is_good_and_lays_aside_what_is_not(
    tmp_path: Path, dsn: str, bureau_topics: str
) -> None:
    poison = Record(INBOX, KEY, b'{"specversion"', (("content-type", b"application/json"),))
    good = [Record(INBOX, KEY, numbered(number)) for number in range(20)]
    async with KafkaProducer(bureau_topics) as sender:
        await sender.send([*good[:10], poison, *good[10:], *good])

    async with intake_process(tmp_path, dsn=dsn, kafka=bureau_topics):
        letters: list[DeadLetter] = []

        async def all_read() -> bool:
            letters[:] = [letter async for letter in DeadLetterBox(bureau_topics).load_all()]
            return len(letters) == 1 and await versions(dsn) == len(good)

        await eventually(all_read)

    (letter,) = letters
    assert letter.refusal.code == "not_json"
    assert letter.record.value == poison.value
    assert letter.record.headers == poison.headers


def misspelt(number: int) -> Record:
    return Record(INBOX, KEY, numbered(number, type="casetrack.intake.aplication.received.v1"))


async def letters_of(kafka: str) -> list[DeadLetter]:
    return [letter async for letter in DeadLetterBox(kafka).load_all()]


async def test_any_number_of_refused_records_is_as_many_letters_whatever_is_restarted(
    tmp_path: Path, dsn: str, bureau_topics: str
) -> None:
    refused = 150
    async with KafkaProducer(bureau_topics) as sender:
        await sender.send([*map(misspelt, range(refused)), Record(INBOX, KEY, numbered(1))])

    async def all_read() -> bool:
        return await versions(dsn) == 1

    crash = {"CASETRACK_CRASH": "dlq.after_send_before_offset:40"}
    async with intake_process(tmp_path, dsn=dsn, kafka=bureau_topics, env=crash) as doomed:
        assert await doomed.process.wait() == KILLED
    async with intake_process(tmp_path, dsn=dsn, kafka=bureau_topics) as intake:
        await eventually(all_read)
        ready = await intake.client.get("/readyz")
    letters = await letters_of(bureau_topics)

    assert [letter.record.offset for letter in letters] == list(range(refused))
    assert (await load_ends(bureau_topics, [f"dlq.{INBOX}"]))[place_of(letters[0])] == refused
    (told,) = ready.json()["consumers"]
    assert (told["group"], told["condition"]) == ("casetrack-intake", "reading")


def place_of(letter: DeadLetter) -> Partition:
    return Partition(f"dlq.{letter.record.topic}", letter.record.partition or 0)


async def test_without_kafka_the_probe_names_the_consumer_that_is_away(
    tmp_path: Path, dsn: str
) -> None:
    async with intake_process(tmp_path, dsn=dsn, kafka=NOBODY_LISTENS) as intake:
        told: list[dict[str, object]] = []

        async def is_away() -> bool:
            told[:] = (await intake.client.get("/readyz")).json()["consumers"]
            return told[0]["condition"] == "away"

        await eventually(is_away)

    assert (told[0]["group"], told[0]["fault"]) == ("casetrack-intake", "KafkaConnectionError")


async def test_the_publish_command_tells_what_became_of_each_line(tmp_path: Path, dsn: str) -> None:
    lines = [numbered(1), b'{"specversion"', b"", numbered(2, partitionkey="XC1"), numbered(1)]
    events = tmp_path / "events.jsonl"
    events.write_bytes(b"\n".join(lines))
    async with intake_process(tmp_path / "keys", dsn=dsn) as intake:
        published = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "deploy.command", "publish", str(events), "--json"),
            *("--gateway", str(intake.client.base_url)),
            env={**os.environ, "CASETRACK_HOME": str(tmp_path)},
            stdout=PIPE,
        )
        told, _ = await published.communicate()

    outcome = json.loads(told)
    assert published.returncode == 1
    assert (outcome["accepted"], outcome["duplicate"], outcome["rejected"]) == (1, 1, 2)
    assert [(one["line"], one["code"]) for one in outcome["rejections"]] == [
        (2, "not_json"),
        (4, "key_mismatch"),
    ]


async def test_an_interrupted_publish_says_where_it_stood(tmp_path: Path, dsn: str) -> None:
    async with intake_process(tmp_path / "keys", dsn=dsn) as intake:
        publishing = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "deploy.command", "publish", "-", "--json"),
            *("--gateway", str(intake.client.base_url)),
            env={**os.environ, "CASETRACK_HOME": str(tmp_path), "CASETRACK_LANG": "en"},
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
        )
        assert publishing.stdin is not None
        lines = [numbered(number) + SPACES for number in range(150)]
        publishing.stdin.write(b"\xef\xbb\xbf" + b"\n".join(lines) + b"\n")

        async def hundred_are_stored() -> bool:
            return await versions(dsn) == 100

        await eventually(hundred_are_stored)
        # The rest fits through the pipe once it is read, and so the answer for the first is known.
        await asyncio.wait_for(publishing.stdin.drain(), PATIENCE_SECONDS)
        publishing.send_signal(SIGINT)
        told, said = await publishing.communicate()

    error = json.loads(told)["error"]
    assert (publishing.returncode, error["code"]) == (130, "publish.interrupted")
    assert (error["values"]["line"], error["values"]["accepted"]) == ("100", "100")
    assert "line 100 of ?: 100 accepted; it is safe to run it again" in said.decode()


async def test_the_publish_command_reaches_the_inbox(
    tmp_path: Path, dsn: str, bureau_topics: str
) -> None:
    async with intake_process(tmp_path, dsn=dsn, kafka=bureau_topics):
        published = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "deploy.command", "publish", "-", "--via", "kafka", "--json"),
            env={
                **os.environ,
                "CASETRACK_HOME": str(tmp_path),
                "CASETRACK_KAFKA": bureau_topics,
            },
            stdin=PIPE,
            stdout=PIPE,
        )
        told, _ = await published.communicate(numbered(1) + b"\n" + numbered(2) + b"\n")

        async def both_recorded() -> bool:
            return await versions(dsn) == 2

        await eventually(both_recorded)

    assert json.loads(told)["sent"] == 2
