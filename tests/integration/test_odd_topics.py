"""Topics that somebody made otherwise: a worker ends with a line that names them."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.kafka.port import TopicMismatch
from shared.kafka.standing import require_even
from shared.kafka.topics import BUREAU_TOPICS, ensure_topics
from tests.support.folding_workers import TOPIC, workers
from tests.support.stack import MakeTopic

SECONDS_MAX = 60.0


@pytest.mark.parametrize("odd", [2, 6])
async def test_a_topic_with_fewer_or_more_partitions_than_the_others_is_found(
    kafka: str, make_topic: MakeTopic, odd: int
) -> None:
    usual, other = [await make_topic(), await make_topic()], await make_topic(odd)
    await require_even(kafka, [*usual, "nobody-made-this"])

    with pytest.raises(TopicMismatch) as found:
        await require_even(kafka, [other, *usual])

    assert found.value.values == {"topic": other, "partitions": odd, "wanted": 4}


async def test_where_nobody_answers_nothing_is_found() -> None:
    await require_even("127.0.0.1:1", [TOPIC])


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
