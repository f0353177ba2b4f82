"""What is read of a partition from outside, where its broker says nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaTimeoutError

from shared.kafka.reader import SILENT_FETCHES_MAX, load_between

PLACE = TopicPartition("casetrack.intake.v1", 0)


class Silent:
    """A reader to whom a leader that is away sends nothing."""

    def __init__(self) -> None:
        self.fetches = 0

    def assign(self, places: Sequence[TopicPartition]) -> None: ...

    def seek(self, place: TopicPartition, offset: int) -> None: ...

    async def position(self, _: TopicPartition) -> int:
        return 3

    async def getmany(self, *_: TopicPartition, **__: int) -> Mapping[TopicPartition, Any]:
        self.fetches += 1
        return {}


async def test_what_lies_there_and_does_not_come_is_waited_for_with_a_bound() -> None:
    reader = Silent()

    with pytest.raises(KafkaTimeoutError, match="v1-0"):
        [record async for record in load_between(reader, PLACE, 3, 4)]

    assert reader.fetches == SILENT_FETCHES_MAX + 1


async def test_where_nothing_lies_nobody_is_asked() -> None:
    reader = Silent()

    assert [record async for record in load_between(reader, PLACE, 4, 4)] == []
    assert reader.fetches == 0
