"""Topics made anew with more partitions, and filled again from the stores."""

import os
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from bench.bureau import SOURCE, Span, bureau_events
from deploy.command.database import auditor_dsn
from deploy.stack.journal import last_record
from shared.contracts.registry import Owner
from shared.kafka.ends import load_ends
from shared.kafka.keys import partition_of
from shared.kafka.reader import kafka_reader, load_between, places_of
from shared.kafka.topics import BUREAU_TOPICS
from shared.runtime.clock import SystemClock
from shared.web.auth import Role
from tests.support.drills import LONG
from tests.support.eventually import eventually
from tests.support.pages import Page, Shell
from tests.support.standing_bureau import CASETRACK, StandingBureau, standing_bureau

pytestmark = pytest.mark.timeout(900)

SECONDS_MAX = 600.0
BATCH = "application/cloudevents-batch+json"
CASES = 40
EVENTS = 400
INTAKE = Owner.INTAKE.topic


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[StandingBureau]:
    # Where PostgreSQL's own account may pass, so that its data lie in the home.
    tmp_path.chmod(0o711)
    with standing_bureau(tmp_path / ".casetrack") as standing:
        yield standing


def told(bureau: StandingBureau, **more: str) -> dict[str, str]:
    return {
        "CASETRACK_HOME": str(bureau.settings.home),
        "CASETRACK_PORT": str(bureau.settings.port),
        "CASETRACK_LANG": "en",
        **more,
    }


def casetrack(bureau: StandingBureau, *words: str, **more: str) -> tuple[int, str]:
    """Return how the command ended, and what it said."""
    done = subprocess.run(
        [*CASETRACK, *words],
        env={**os.environ, **told(bureau, **more)},
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS_MAX,
    )
    return done.returncode, done.stdout


def does(bureau: StandingBureau, *words: str, **more: str) -> str:
    code, said = casetrack(bureau, *words, **more)
    assert code == 0, said
    return said


async def write(bureau: StandingBureau, number: int) -> None:
    """Have publishers tell of so many cases more; another *number* has other cases."""
    span = Span(SystemClock().now() - timedelta(days=2), days=1.5, pace=0.02)
    events = [
        body.replace(SOURCE.encode(), b"urn:example:refill")
        for _, body in bureau_events(EVENTS, CASES, span, bureau=number)
    ]
    headers = {"Authorization": f"Bearer {bureau.token(Role.PUBLISHER)}", "Content-Type": BATCH}
    async with httpx2.AsyncClient(trust_env=False, timeout=60.0) as client:
        for first in range(0, EVENTS, 100):
            answer = await client.post(
                f"{bureau.addresses['intake']}/v1/events",
                content=b"[" + b",".join(events[first : first + 100]) + b"]",
                headers=headers,
            )
            assert {one["status"] for one in answer.json()} == {"accepted"}


def kafka_of(bureau: StandingBureau) -> str:
    record = last_record(bureau.settings.places.state)
    assert record is not None
    return record.kafka


async def asked(bureau: StandingBureau, query: str) -> list[Any]:
    connection = await asyncpg.connect(auditor_dsn(bureau.settings))
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def partitions_of(bureau: StandingBureau) -> Mapping[str, int]:
    counts: defaultdict[str, int] = defaultdict(int)
    for place in await load_ends(kafka_of(bureau), BUREAU_TOPICS):
        counts[place.topic] += 1
    return counts


async def published(bureau: StandingBureau) -> dict[str, list[int]]:
    """Return the versions of each stream as they lie on intake's topic, all where they belong."""
    reader = kafka_reader(kafka_of(bureau))
    await reader.start()
    versions: defaultdict[str, list[int]] = defaultdict(list)
    try:
        places = await places_of(reader, INTAKE)
        ends = await reader.end_offsets(places)
        for place in places:
            async for record in load_between(reader, place, 0, ends[place]):
                assert partition_of(record.key or b"", len(places)) == place.partition
                stream, version = record.header("stream"), record.header("version")
                assert stream is not None
                assert version is not None
                versions[stream.decode()].append(int(version))
    finally:
        await reader.stop()
    return dict(versions)


async def test_the_page_brings_a_bureau_to_more_partitions_and_nothing_differs(
    bureau: StandingBureau, tmp_path: Path
) -> None:
    await write(bureau, 0)

    Shell(tmp_path, told(bureau)).follow(Page("grow-partitions"), seconds_max=SECONDS_MAX)

    assert set((await partitions_of(bureau)).values()) == {8}
    assert len(await partitions_of(bureau)) == len(BUREAU_TOPICS)
    dossiers = await asked(bureau, "SELECT dossier, partition FROM metrics.dossiers")
    assert all(partition_of(key.encode(), 8) == lane for key, lane in dossiers)
    assert max(lane for _, lane in dossiers) > 3
    (before,) = await asked(bureau, "SELECT count(*) FROM metrics.timeline")
    await write(bureau, 1)
    does(bureau, "verify")
    (after,) = await asked(bureau, "SELECT count(*) FROM metrics.timeline")
    assert after[0] - before[0] >= EVENTS
    streams = await asked(bureau, "SELECT stream, count(*) FROM intake.events GROUP BY stream")
    assert await published(bureau) == {
        stream: list(range(1, count + 1)) for stream, count in streams
    }


@LONG
async def test_where_numbers_disagree_nobody_folds_and_a_refill_mends_it(
    bureau: StandingBureau,
) -> None:
    await write(bureau, 0)
    does(bureau, "verify")
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_of(bureau))
    await admin.start()
    await admin.create_partitions({INTAKE: NewPartitions(8)})
    await admin.close()
    logs = bureau.settings.places.logs

    def noticed() -> bool:
        return any(
            "topic_partitions_differ" in log.read_text() for log in logs.glob("metrics-worker-*")
        )

    await eventually(noticed, within=120.0)
    await write(bureau, 1)
    at_work, why_not = casetrack(bureau, "refill", CASETRACK_PARTITIONS="8")
    does(bureau, "down")
    refused, by_what = casetrack(bureau, "up", "--detach", CASETRACK_PARTITIONS="8")
    does(bureau, "refill", CASETRACK_PARTITIONS="8")
    does(bureau, "up", "--detach", CASETRACK_PARTITIONS="8")

    assert (at_work, "still at work" in why_not) == (1, True)
    assert (refused, "has 4 partitions, the setting wants 8" in by_what) == (1, True)
    assert "no difference" in does(bureau, "verify")
    (facts,) = await asked(
        bureau, "SELECT count(*) FROM metrics.timeline WHERE body LIKE '%refill%'"
    )
    assert facts == (2 * EVENTS,)
