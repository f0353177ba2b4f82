"""Topics that somebody made otherwise: a worker ends with a line that names them."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from services.metrics.adapters.memory.projection import MemoryProjection
from services.metrics.adapters.memory.tables import MemoryTables
from services.metrics.consumer.agreement import agreed_lanes
from shared.eventstore.memory import MemoryEventStore
from shared.kafka.port import TopicMismatch
from shared.kafka.topics import BUREAU_TOPICS, ensure_topics
from shared.runtime.clock import SystemClock
from tests.support.folding_workers import TOPIC, workers
from tests.support.stack import MakeTopic

SECONDS_MAX = 60.0


def nothing_folded() -> MemoryProjection:
    return MemoryProjection(MemoryTables(MemoryEventStore(), SystemClock()))


@pytest.mark.parametrize("odd", [2, 6])
async def test_a_topic_with_fewer_or_more_partitions_than_the_others_is_found(
    kafka: str, make_topic: MakeTopic, odd: int
) -> None:
    projection, clock, stopping = nothing_folded(), SystemClock(), asyncio.Event()
    usual, other = [await make_topic(), await make_topic()], await make_topic(odd)

    with pytest.raises(TopicMismatch) as found:
        await agreed_lanes(kafka, [other, *usual], projection, clock, stopping)

    assert found.value.values == {"topic": other, "partitions": odd, "wanted": 4}
    places = [(topic, number) for topic in (*usual, other) for number in range(6)]
    assert await projection.offsets(places) == {}
    assert await agreed_lanes(kafka, usual, projection, clock, stopping) == 4
    assert await projection.offsets(places) == dict.fromkeys(
        [(topic, number) for topic in usual for number in range(4)], 0
    )


async def test_what_was_folded_says_which_number_is_wanted(
    kafka: str, make_topic: MakeTopic
) -> None:
    projection, clock, stopping = nothing_folded(), SystemClock(), asyncio.Event()
    folded, newer = await make_topic(), [await make_topic(6), await make_topic(6)]
    await agreed_lanes(kafka, [folded], projection, clock, stopping)

    with pytest.raises(TopicMismatch) as found:
        await agreed_lanes(kafka, [folded, *newer], projection, clock, stopping)

    assert found.value.values == {"topic": newer[0], "partitions": 6, "wanted": 4}


async def test_where_nobody_answers_it_is_asked_again_until_we_stop() -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().call_later(0.2, stopping.set)

    assert not await agreed_lanes("127.0.0.1:1", [TOPIC], nothing_folded(), SystemClock(), stopping)


async def test_a_worker_whose_topics_differ_ends_with_one_line_and_folds_nothing(
    no_bureau_topics: str, role_dsn: Callable[[str], str], tmp_path: Path
) -> None:
    await ensure_topics(no_bureau_topics, 6, [TOPIC])
    await ensure_topics(no_bureau_topics, 4, [name for name in BUREAU_TOPICS if name != TOPIC])
    with workers(role_dsn("casetrack_metrics"), no_bureau_topics, tmp_path) as start:
        status = await asyncio.to_thread(start().wait, SECONDS_MAX)
    lines = [json.loads(line) for line in (tmp_path / "worker-0.log").read_text().splitlines()]
    troubles = [line for line in lines if line["level"] in {"error", "critical"}]

    assert status == 1
    assert [line["event"] for line in troubles] == ["topic_partitions_differ"]
    assert (troubles[0]["topic"], troubles[0]["partitions"]) == (TOPIC, 6)
