"""The load: a bureau's events, the same for every number of workers, and when each was accepted."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import asyncpg

from bench.bureau import SOURCE, Span, bureau_events
from bench.drill.sight import Folded
from bench.drill.sizes import Sizes
from bench.drill.stand import Stand
from bench.load import Answers, closed_load, open_load, post
from services.metrics.domain.entry import ENVELOPE, identity_of
from shared.kafka.keys import partition_of
from shared.runtime.clock import SystemClock
from shared.web.auth import Role

PATH = "/v1/events"
SINGLE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
FOREIGN = "urn:example:drill"
BATCH_EVENTS = 100
BATCH_CONNECTIONS = 4
ACCEPTED, EACH_ACCEPTED = 202, 207
LOOK_SECONDS = 0.1
CAUGHT_UP_SECONDS_MAX = 300.0

NOTHING_UNSENT = "SELECT intake.unsent_seconds() + supervision.unsent_seconds() = 0"
CAUGHT_UP = """
SELECT (SELECT count(*) FROM intake.events) + (SELECT count(*) FROM supervision.events)
       <= (SELECT count(*) FROM metrics.timeline)
   AND NOT EXISTS (SELECT FROM metrics.clocks WHERE next_at <= now())
"""
# The figures are in the transaction of their facts.
COMMITS = """
SELECT identity, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8
FROM metrics.timeline
"""


@dataclass(frozen=True, slots=True)
class Made:
    """An event as it is sent, and by what the projection knows it."""

    lane: int
    identity: bytes
    body: bytes


Accepted = dict[bytes, tuple[int, float]]
"""By identity: the lane, and when the sender was told."""


def made_events(sizes: Sizes) -> list[Made]:
    """Return what every stand is sent: all that happened within the last two days."""
    count = 2 * sizes.events + sizes.rate * sizes.seconds * (1 + 3 * sizes.rounds)
    span = Span(SystemClock().now() - timedelta(days=2), days=1.5, pace=0.02)
    made = []
    for key, body in bureau_events(count, max(1, count // sizes.events_a_case), span):
        foreign = body.replace(SOURCE.encode(), FOREIGN.encode())
        head = ENVELOPE.decode(foreign)
        lane = partition_of(key, sizes.partitions)
        made.append(Made(lane, identity_of(head.source, head.id), foreign))
    return made


@dataclass(slots=True)
class Sender:
    """Sends to one stand what has not been sent yet."""

    standing: Stand
    events: Sequence[Made]
    sent: int = 0

    async def batches(self, count: int) -> tuple[Accepted, float]:
        """Send *count* events as fast as they are taken; return events/s, too."""
        events = self._next(count)
        parts = [
            events[first : first + BATCH_EVENTS] for first in range(0, len(events), BATCH_EVENTS)
        ]
        bodies = [b"[" + b",".join(event.body for event in part) + b"]" for part in parts]
        token = self.standing.whole.token(Role.PUBLISHER)
        requests = [post(PATH, token, BATCH, body) for body in bodies]
        wall, began = _wall(), time.perf_counter()
        answers = await closed_load(self._port, requests, BATCH_CONNECTIONS)
        rate = count / (max(answers.answered) - began)
        return _accepted(answers, parts, wall), rate

    async def steadily(self, rate: int, seconds: int) -> Accepted:
        """Send *rate* events a second, one by one, however slow the answers are."""
        events = self._next(rate * seconds)
        token = self.standing.whole.token(Role.PUBLISHER)
        requests = [post(PATH, token, SINGLE, event.body) for event in events]
        wall = _wall()
        answers = await open_load(self._port, requests, rate)
        return _accepted(answers, [[event] for event in events], wall)

    @property
    def _port(self) -> int:
        return self.standing.whole.port("intake")

    def _next(self, count: int) -> Sequence[Made]:
        self.sent += count
        return self.events[self.sent - count : self.sent]


def _wall() -> float:
    """Return what turns a moment of the answers into one of the server's clock."""
    return SystemClock().now().timestamp() - time.perf_counter()


def _accepted(answers: Answers, parts: Sequence[Sequence[Made]], wall: float) -> Accepted:
    if other := set(answers.statuses) - {ACCEPTED, EACH_ACCEPTED}:
        raise RuntimeError(f"not all were accepted: {sorted(other)}")
    return {
        event.identity: (event.lane, wall + at)
        for number, at in zip(answers.numbers, answers.answered, strict=True)
        for event in parts[number]
    }


async def folded(connection: asyncpg.Connection, accepted: Accepted) -> list[Folded]:
    """Return when each of what was *accepted* was committed with its figures."""
    commits = dict(await connection.fetch(COMMITS))
    return [Folded(lane, at, commits[identity]) for identity, (lane, at) in accepted.items()]


async def sent(connection: asyncpg.Connection) -> None:
    """Return when the relay has nothing left."""
    await _until(connection, NOTHING_UNSENT)


async def caught_up(connection: asyncpg.Connection) -> None:
    """Return when everything is folded and judged."""
    await _until(connection, CAUGHT_UP)


async def _until(connection: asyncpg.Connection, query: str) -> None:
    async with asyncio.timeout(CAUGHT_UP_SECONDS_MAX):
        while not await connection.fetchval(query):  # noqa: ASYNC110 - other processes' work
            await asyncio.sleep(LOOK_SECONDS)
