"""
An open load: requests leave when they are due, however slow the answers to earlier ones are.

A request that had to wait for a connection waited since it was due, so a
stall shows in the latency of every request that it held up.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from deploy.stack.ports import LOOPBACK

CONNECTIONS = 64
ANSWER_SECONDS_MAX = 20.0
HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length: "


@dataclass(slots=True)
class Answers:
    """Which request was due and answered when, and what the answer was; in the order of answers."""

    numbers: list[int] = field(default_factory=list)
    due: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    @property
    def milliseconds(self) -> list[float]:
        return [1000 * (b - a) for a, b in zip(self.due, self.answered, strict=True)]

    def add(self, number: int, due: float, status: int) -> None:
        self.numbers.append(number)
        self.due.append(due)
        self.answered.append(time.perf_counter())
        self.statuses.append(status)

    def count(self, status: int) -> int:
        return self.statuses.count(status)


class Line:
    """One connection that is kept; a bare HTTP/1.1 client, so that it costs next to nothing."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> "Line":
        return cls(*await asyncio.open_connection(LOOPBACK, port))

    async def ask(self, request: bytes) -> int:
        """Send *request* and return the status of its answer."""
        self._writer.write(request)
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            head = (await self._reader.readuntil(HEAD_END)).lower()
            length = int(head.split(LENGTH, 1)[1].split(b"\r\n", 1)[0])
            await self._reader.readexactly(length)
        return int(head[9:12])

    def close(self) -> None:
        self._writer.close()


def post(path: str, token: str, kind: str, body: bytes) -> bytes:
    """Return a request as it stands on the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {LOOPBACK}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def open_load(port: int, requests: Sequence[bytes], per_second: float) -> Answers:
    """Send *requests* at a steady rate and return what came of them."""
    lines: asyncio.Queue[Line] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        lines.put_nowait(await Line.open(port))
    answers = Answers()
    started = time.perf_counter() + 0.05

    async def one(number: int, due: float, request: bytes) -> None:
        line = await lines.get()
        status = await line.ask(request)
        answers.add(number, due, status)
        lines.put_nowait(line)

    async with asyncio.TaskGroup() as tasks:
        for number, request in enumerate(requests):
            due = started + number / per_second
            if (early := due - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            tasks.create_task(one(number, due, request))
    while not lines.empty():
        lines.get_nowait().close()
    return answers


async def closed_load(port: int, requests: Iterable[bytes], connections: int) -> Answers:
    """Send *requests* over so many connections, each as soon as its last answer came."""
    waiting = enumerate(requests)
    answers = Answers()

    async def work() -> None:
        line = await Line.open(port)
        for number, request in waiting:
            due = time.perf_counter()
            answers.add(number, due, await line.ask(request))
        line.close()

    async with asyncio.TaskGroup() as tasks:
        for _ in range(connections):
            tasks.create_task(work())
    return answers


def quantile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank quantile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
