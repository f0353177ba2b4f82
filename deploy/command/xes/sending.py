"""One log on its way to the gateway: in order by case, a few requests at once, counted."""

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO
from zlib import crc32

from deploy.command.delivery import Delivery, Verdict
from deploy.command.xes.mapping import Import, Unusable
from deploy.command.xes.reading import opened, read_cases
from shared.contracts.registry import encode

BATCH_EVENTS = 100
LANES = 4
"""Requests in flight. A case keeps its lane, so that its events arrive in their order."""
LANE_BATCHES_MAX = 2
REJECTIONS_SHOWN_MAX = 20

Body = tuple[str, bytes]
"""The case that an event belongs to, and the event as it is sent."""

Queue = asyncio.Queue[list[bytes] | None]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Which part of a log is sent, in what order and how often; as logged, unless for a test."""

    cases_max: int | None = None
    seed: int | None = None
    times: int = 1


@dataclass(slots=True)
class Tally:
    """What became of the events of one log."""

    cases: int = 0
    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    rejections: list[dict[str, Any]] = field(default_factory=list)

    def count(self, verdict: Verdict) -> None:
        match verdict.status:
            case "accepted":
                self.accepted += 1
            case "duplicate":
                self.duplicate += 1
            case _:
                self.reject(verdict.model_dump(exclude={"status"}, exclude_none=True))

    def reject(self, reason: dict[str, Any]) -> None:
        """Count one that was not taken; the first reasons are kept."""
        self.rejected += 1
        if len(self.rejections) < REJECTIONS_SHOWN_MAX:
            self.rejections.append(reason)


@dataclass(slots=True)
class Sending:
    """The import of one file."""

    path: Path
    log: Import
    arrangement: Arrangement
    settled: Callable[[int, float], None]
    """Called with how many events just got their verdicts, and how much of the log is done."""
    tally: Tally = field(default_factory=Tally)
    _raw: BinaryIO | None = None
    _total: int = 0
    _sent: int = 0

    async def run(self, delivery: Delivery) -> None:
        """
        Send every event of the log and count the verdicts.

        Raises:
            LogUnreadable: the file breaks off; what stood before has been sent.
            Fault: the gateway is away for too long, or refuses us.
        """
        queues: list[Queue] = [asyncio.Queue(LANE_BATCHES_MAX) for _ in range(LANES)]
        try:
            with self.path.open("rb") as self._raw:
                async with asyncio.TaskGroup() as tasks:
                    for queue in queues:
                        tasks.create_task(self._lane(queue, delivery))
                    await self._fill(queues, self._arranged(self._raw))
        except ExceptionGroup as several:
            raise _first(several) from several

    async def _lane(self, queue: Queue, delivery: Delivery) -> None:
        while (batch := await queue.get()) is not None:
            for verdict in await delivery.send(batch):
                self.tally.count(verdict)
            self._sent += len(batch)
            self.settled(len(batch), self._fraction())

    async def _fill(self, queues: list[Queue], bodies: Iterator[Body]) -> None:
        batches: list[list[bytes]] = [[] for _ in queues]
        for case_no, body in bodies:
            lane = crc32(case_no.encode()) % len(queues)
            batches[lane].append(body)
            if len(batches[lane]) == BATCH_EVENTS:
                await queues[lane].put(batches[lane])
                batches[lane] = []
        for queue, batch in zip(queues, batches, strict=True):
            if batch:
                await queue.put(batch)
            await queue.put(None)

    def _arranged(self, raw: BinaryIO) -> Iterator[Body]:
        bodies = (body for body in self._bodies(raw) for _ in range(self.arrangement.times))
        if self.arrangement.seed is None:
            return bodies
        whole = list(bodies)
        self._total = len(whole)
        random.Random(self.arrangement.seed).shuffle(whole)  # noqa: S311 - an order, no secret
        return iter(whole)

    def _bodies(self, raw: BinaryIO) -> Iterator[Body]:
        for case in islice(read_cases(opened(raw)), self.arrangement.cases_max):
            events, unusable = self.log.told(case)
            self.tally.cases += 1
            for one in unusable:
                self.tally.reject(_reason(one))
            for event in events:
                yield event.partitionkey, encode(event)

    def _fraction(self) -> float:
        if self._total:
            return self._sent / self._total
        size = self.path.stat().st_size
        return self._raw.tell() / size if self._raw is not None and size else 0.0


def _reason(one: Unusable) -> dict[str, Any]:
    return {"id": f"{one.case_no} #{one.number}", "code": "missing_attribute", "field": one.missing}


def _first(several: ExceptionGroup[Exception]) -> Exception:
    first = several.exceptions[0]
    return _first(first) if isinstance(first, ExceptionGroup) else first
