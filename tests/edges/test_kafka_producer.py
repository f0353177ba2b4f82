"""Whoever lets go of a producer leaves nothing behind that asyncio would tell of in the end."""

import asyncio
import gc
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition

from shared.kafka.port import Record
from shared.kafka.producer import KafkaProducer, _confirm

NOBODY = "127.0.0.1:9"
PLACE = TopicPartition("casetrack.intake.v1", 0)


@pytest.fixture
async def complaints() -> list[str]:
    """Return what asyncio tells of futures that nobody has read."""
    told: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: told.append(str(context["message"])))
    return told


class Queueing:
    """A producer that puts records into its queue, and sends none."""

    def __init__(self) -> None:
        self.driver = AIOKafkaProducer(bootstrap_servers=NOBODY)
        self.queued = asyncio.Event()

    async def send(self, *_: object, value: bytes, key: bytes, **__: object) -> Any:  # noqa: ANN401 - a future of the driver's
        confirmation = await self.driver._message_accumulator.add_message(PLACE, key, value, 1)  # noqa: SLF001 - as its own send
        self.queued.set()
        return confirmation


async def test_what_was_queued_and_is_given_up_leaves_no_fault_unread(
    complaints: list[str],
) -> None:
    producer = Queueing()
    record = Record(PLACE.topic, b"key", b"value")
    confirming = asyncio.ensure_future(_confirm(producer, [record, record]))
    await producer.queued.wait()
    confirming.cancel()
    await asyncio.wait({confirming})
    await KafkaProducer(NOBODY)._abandon(producer.driver)  # noqa: SLF001 - as after a fault
    del producer, confirming
    gc.collect()
    await asyncio.sleep(0)

    assert complaints == []
