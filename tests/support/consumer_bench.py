"""A bus, a consumer loop over it, and what its handler saw."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from shared.kafka.consumer import ConsumerLoop, ReadingPlan
from shared.kafka.letters import LettersOnce
from shared.kafka.memory import MemoryBus, MemoryFeed
from shared.kafka.port import (
    Handler,
    Record,
    SendRefused,
    SendUnknown,
)
from shared.runtime.clock import SystemClock
from tests.support.eventually import eventually

TOPIC = "casetrack.inbox.v1"
GROUP = "casetrack-intake"


class Away(Exception):
    """The store is away."""


class Quick(SystemClock):
    """
    Waits as asked, a hundred times quicker; time passes for those alone who wait.

    So nobody loses patience because the machine stood still.
    """

    def __init__(self) -> None:
        self._passed = 0.0

    def monotonic(self) -> float:
        return self._passed

    async def sleep(self, seconds: float) -> None:
        until = self._passed + seconds
        await asyncio.sleep(seconds / 100)
        self._passed = max(self._passed, until)


def record(number: int, key: str = "case-1", topic: str = TOPIC) -> Record:
    return Record(topic, key.encode(), str(number).encode(), (("h", b"1"),))


class Bench:
    """A bus, a loop over it, and what the handler saw."""

    def __init__(self, refuse: Callable[[bytes], None] | None = None) -> None:
        self.bus = MemoryBus(Quick())
        self.seen: list[bytes] = []
        self.stopping = asyncio.Event()
        self.refuse = refuse or (lambda _: None)
        self.reading = ReadingPlan(GROUP, passing=(Away,))
        self.clock = Quick()
        self.feed: MemoryFeed | None = None
        self.loop: ConsumerLoop
        self.handler: Handler = self.handle
        self.sender_faults = 0
        self.arrives_unsaid = 0
        self.takes_bytes = 1 << 30

    async def handle(self, message: Record) -> None:
        assert message.value is not None
        self.refuse(message.value)
        self.seen.append(message.value)

    async def send(self, records: Sequence[Record]) -> None:
        if self.sender_faults:
            self.sender_faults -= 1
            raise SendUnknown("broker is away")
        if any(len(record.value or b"") > self.takes_bytes for record in records):
            raise SendRefused("larger than the topic takes")
        await self.bus.send(records)
        if self.arrives_unsaid:
            self.arrives_unsaid -= 1
            raise SendUnknown("broker went away")

    async def run(self, until: Callable[[], bool | Awaitable[bool]]) -> None:
        self.stopping.clear()
        feed = self.feed or self.bus.feed(GROUP, [TOPIC])
        letters = LettersOnce(self, self.bus)
        loop = self.loop = ConsumerLoop(feed, self.handler, letters, self.reading, self.clock)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(loop.run(self.stopping))
            await eventually(until)
            self.stopping.set()

    @property
    def letters(self) -> list[Record]:
        return self.bus.records(f"dlq.{TOPIC}")
