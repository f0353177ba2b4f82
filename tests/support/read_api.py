"""The API of metrics over a real projection, on a morning of the test's choice."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx2

from services.metrics.adapters.deadlines import PostgresDeadlines
from services.metrics.adapters.projection import PostgresProjection
from services.metrics.adapters.sight import Sight, open_sight
from services.metrics.app.fingerprint import our_fingerprint
from services.metrics.app.rules import SEARCH_PATH
from services.metrics.app.serving import Reader
from services.metrics.domain.entry import Arrived
from services.metrics.handlers.folding import Folding, Lane
from services.metrics.handlers.live import TIME_KEYS
from services.metrics.handlers.reading import read_records
from services.metrics.handlers.ticker import Ticker
from services.metrics.ports.deadlines import Deadlines
from services.metrics.ports.projection import Stretch
from shared.contracts.envelope import Event
from shared.contracts.registry import encode
from shared.eventstore.postgres import open_pool
from shared.policy.rules import shipped
from shared.runtime.clock import Clock
from shared.runtime.ids import SeededIds
from shared.web.auth import Role
from shared.web.gate import AuthSettings
from shared.web.issuer import Bearer, LocalIssuer
from shared.web.server import serve
from tests.support.completing import completed
from tests.support.facts import SUPERVISION
from tests.support.fetched import FetchedRecord
from tests.support.organisations import BUREAU
from tests.support.ports import free_port

TOPIC = "casetrack.intake.v1"
HEARD_SECONDS_MAX = 10.0

RoleDsn = Callable[[str], str]
"""What names the database as a role."""


class MorningClock(Clock):
    """Runs as fast as any clock, from an instant of the test's choice."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._began = time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return time.monotonic() - self._began

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def move_to(self, instant: datetime) -> None:
        self._start = instant - timedelta(seconds=self.monotonic())


@dataclass(frozen=True, slots=True)
class Heard:
    """One event of the stream."""

    event: str
    event_id: str
    document: dict[str, Any]


class Listener:
    """What a browser hears."""

    def __init__(self, response: httpx2.Response) -> None:
        self._lines = response.aiter_lines()

    async def next(self) -> Heard:
        """Return the next event."""
        told: dict[str, str] = {}
        async with asyncio.timeout(HEARD_SECONDS_MAX):
            async for line in self._lines:
                name, _, value = line.partition(": ")
                told[name] = value
                if not line and "data" in told:
                    return Heard(told["event"], told.get("id", ""), json.loads(told["data"]))
        raise AssertionError("the stream ended")

    async def until(self, key: str) -> Heard:
        """Return the next event that speaks of *key*."""
        while key not in (heard := await self.next()).document:
            pass
        return heard

    async def until_quiet(self) -> Heard:
        """Return all that is shown of a change once the time alone goes on after it."""
        picture: dict[str, Any] = {}
        while (news := (heard := await self.next()).document.keys() - TIME_KEYS) or not picture:
            picture |= {key: heard.document[key] for key in news}
        return Heard(heard.event, heard.event_id, picture)


@dataclass
class ReadApi:
    """A running API, the way to talk to it, and the worker and ticker behind it."""

    client: httpx2.AsyncClient
    issuer: LocalIssuer
    clock: MorningClock
    projection: PostgresProjection
    deadlines: Deadlines
    stopping: asyncio.Event
    reader: Reader
    _next_offset: int = 0
    _lane: Lane | None = field(default=None)

    async def fold(self, *events: Event) -> None:
        """Fold *events* as a worker does."""
        await self.fold_bodies(*((event.partitionkey, encode(event)) for event in events))

    async def fold_bodies(self, *told: tuple[str, bytes]) -> None:
        """Fold events as they lie on the topic, each with its key."""
        if self._lane is None:
            await self.projection.begin(TOPIC, 0, 0)
            self._lane = Lane(0, (await self.projection.claim([0]))[0].epoch)
        records = [FetchedRecord(key.encode(), body) for key, body in told]
        arrived = [one for one in read_records(records) if isinstance(one, Arrived)]
        assert len(arrived) == len(told)
        following = self._next_offset + len(told)
        stretch = Stretch(TOPIC, 0, self._next_offset, following, following)
        await Folding(self.projection, shipped()).handle(self._lane, stretch, arrived)
        self._next_offset = following
        await self.projection.wake_readers()

    async def sweep(self) -> None:
        """Judge anew what older rules have made, as a worker does when it has heard of others."""
        if self._lane and self._lane.edition < await self.projection.edition():
            await Folding(self.projection, shipped()).sweep(self._lane)

    async def tick(self) -> int:
        """Let a ticker look that has seen no jump of the clock; return what was due."""
        if self._lane is not None:
            await completed(self.projection, self._lane, self.clock.now())
        reader = self.reader
        ticker = Ticker(self.deadlines, reader.rules.newest, self.clock, reader.source)
        return await ticker.handle(self.clock.now())

    def token(self, role: Role = Role.SUPERVISOR, org: str = BUREAU) -> dict[str, str]:
        return {"authorization": f"Bearer {self.issuer.issue(Bearer(role, org, name='王督察'))}"}

    async def get(
        self, path: str, role: Role = Role.SUPERVISOR, language: str = "zh-CN"
    ) -> httpx2.Response:
        headers = {**self.token(role), "accept-language": language}
        return await self.client.get(path, headers=headers)

    async def read(self, path: str) -> Any:  # noqa: ANN401 - any JSON
        """Return what a supervisor reads at *path*."""
        answer = await self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    @asynccontextmanager
    async def listening(
        self, last_event_id: str = "", org: str = BUREAU
    ) -> AsyncIterator[Listener]:
        known = {"last-event-id": last_event_id} if last_event_id else {}
        headers = {**self.token(org=org), **known}
        async with self.client.stream("GET", "/v1/stream", headers=headers) as response:
            assert response.status_code == 200
            assert response.headers["content-type"].startswith("text/event-stream")
            yield Listener(response)


@asynccontextmanager
async def read_api(role_dsn: RoleDsn, folder: Path, morning: datetime) -> AsyncIterator[ReadApi]:
    """Give an API that serves on a port of its own, at *morning*, and the worker behind it."""
    async with (
        await open_pool(role_dsn("casetrack_metrics"), SEARCH_PATH) as pool,
        open_sight(role_dsn("casetrack_metrics_api"), SEARCH_PATH) as sight,
        _served(sight, pool, folder, morning) as api,
    ):
        yield api


@asynccontextmanager
async def _served(
    sight: Sight, pool: asyncpg.Pool, folder: Path, morning: datetime
) -> AsyncIterator[ReadApi]:
    clock, stopping, serving = MorningClock(morning), asyncio.Event(), asyncio.Event()
    issuer = LocalIssuer.open(folder, clock, SeededIds(1))
    reader = Reader.over(
        sight,
        auth=AuthSettings(jwks=str(folder / "jwks.json")),
        clock=clock,
        ids=SeededIds(2),
        source=SUPERVISION,
    )
    port = free_port()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(reader.boards.run(stopping))
        tasks.create_task(serve(reader.web, port=port, stopping=stopping, serving=serving))
        await serving.wait()
        async with httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False
        ) as client:
            yield ReadApi(
                client,
                issuer,
                clock,
                PostgresProjection(pool, our_fingerprint()),
                PostgresDeadlines(pool, our_fingerprint()),
                stopping,
                reader,
            )
        stopping.set()


def keyed(document: Mapping[str, Any], name: str) -> Sequence[Any]:
    """Return one field of every item on a page."""
    return [item[name] for item in document["items"]]
