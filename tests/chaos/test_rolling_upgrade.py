"""
Release after release is rolled out under load, and one taken back: nothing is lost or refused.

Each changes tables in use (tests/support/releases.py). Its processes take the place of the ones
before one by one, in any order. CASETRACK_ROLLING_ROUNDS says how many there are;
CASETRACK_RELEASE_BEFORE may name another release's checkout to begin with.
"""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx2
import pytest

from deploy.bureau import stories
from deploy.bureau.counters import Counters
from deploy.bureau.errand import Errand, Pace
from deploy.containers.load import SOURCE, Load
from deploy.databases import addressed
from deploy.delivery import Delivery, client_of
from deploy.stack.places import CHECKOUT
from shared.eventstore.migrations import EVENT_STORES
from shared.kafka.ends import load_ends
from shared.kafka.topics import DEAD_LETTER_TOPICS
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer
from tests.support.drills import LONG
from tests.support.eventually import eventually
from tests.support.releases import Release, release
from tests.support.servers import PASSWORD
from tests.support.whole_way import WholeWay, whole_way

ROUNDS = int(os.environ.get("CASETRACK_ROLLING_ROUNDS", "1"))
SEED = os.environ.get("CASETRACK_CHAOS_SEED", "")
BEFORE = os.environ.get("CASETRACK_RELEASE_BEFORE", "")
METRICS = {"metrics": "api", "worker-1": "worker", "worker-2": "worker", "ticker": "ticker"}
DECIDERS = ("intake", "assist", "review")
OWNERS = "intake,assist,review,supervision"
WINDOW = "window-7"
BATCH_EVENTS = 5
PEOPLE_SECONDS = 1.0
SPEED = 3000.0
PATIENCE_SECONDS = 120.0
SWITCH_SECONDS_MAX = 240.0
AWAY = 503
"""The one answer for which a client is told to wait; any other beyond 500 is a fault."""
FAULTY = 500
PATHS = ("/v1/kpis", "/v1/alerts", "/v1/cases?phase=EXAMINING", "/v1/freshness")
LOOK_SECONDS = 0.2

FINGERPRINT = "SELECT fingerprint FROM metrics.projection"
COUNT_RECEIPTS = "SELECT count(*) FROM {}.receipts"


@dataclass
class Clients:
    """Other systems, people at counters and a page, each as the documentation tells them to be."""

    way: WholeWay
    load: Load = field(default_factory=partial(Load, BATCH_EVENTS))
    statuses: Counter[int] = field(default_factory=Counter)
    read: Counter[str] = field(default_factory=Counter)
    refusals: list[str] = field(default_factory=list)
    given: int = 0
    finished: int = 0
    clock: SystemClock = field(default_factory=SystemClock)
    _leaving: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Let all of them work for as long as the block, and let people finish what they began."""
        async with self._delivery() as delivery, self._counters() as counters:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._people(counters))
                tasks.create_task(self._page())
                async with self.load.under(delivery):
                    yield
                self._leaving.set()
            self.given, self.refusals = counters.given, counters.refusals

    async def _people(self, counters: Counters) -> None:
        async with asyncio.TaskGroup() as errands:
            while not self._leaving.is_set():
                number = self.finished + 1
                chance = Random(number)  # noqa: S311 - a story, no secret
                pace = Pace(self.clock, SPEED)
                name = f"XCROLL{number:06}"
                errands.create_task(
                    stories.apply(Errand(name, name, WINDOW, counters, pace, chance))
                )
                self.finished = number
                await self.clock.sleep(PEOPLE_SECONDS)

    async def _page(self) -> None:
        """Read figures and cards all the time; whoever is told 503, or nothing, asks again."""
        client = self._client()
        client.base_url = httpx2.URL(self.way.addresses["metrics"])
        async with client:
            while not self._leaving.is_set():
                for path in PATHS:
                    headers = {"Authorization": f"Bearer {self._bearer(Role.SUPERVISOR)}"}
                    try:
                        answer = await client.get(path, headers=headers)
                    except httpx2.TransportError:
                        self.read["away"] += 1
                    else:
                        self.read[f"{path.partition('?')[0]} {answer.status_code}"] += 1
                await self.clock.sleep(LOOK_SECONDS)

    def _delivery(self) -> Delivery:
        return Delivery(
            client=self._client(),
            url=self.way.gateway,
            bearer=partial(self._bearer, Role.PUBLISHER),
            clock=self.clock,
            ids=SystemIds(),
            patience_seconds=PATIENCE_SECONDS,
            troubled=lambda reason, _: self.load.troubles.append(reason),
        )

    def _counters(self) -> Counters:
        return Counters(self._client(), self.way.addresses, self._bearer, self.clock)

    def _client(self) -> httpx2.AsyncClient:
        client = client_of(8)
        client.event_hooks = {"response": [self._note]}
        return client

    async def _note(self, answer: httpx2.Response) -> None:
        self.statuses[answer.status_code] += 1

    def _bearer(self, role: Role) -> str:
        return LocalIssuer.open(self.way.home / "keys", self.clock, SystemIds()).issue(Bearer(role))


@dataclass(frozen=True)
class Bureau:
    """The running processes, and what is needed to put another release in their place."""

    way: WholeWay
    superuser_dsn: str
    metrics_dsn: str
    kafka: str

    async def roll_to(self, new: Release, chance: Random) -> None:
        """Prepare for *new*, then put its processes in place of the others, one by one."""
        await asyncio.to_thread(new.prepare, self.superuser_dsn, self.kafka)
        await self.replace(new, chance)
        await self.made_by(new)

    async def switch_to(self, known: Release, chance: Random) -> None:
        """Go to a release that has made the projection before: it makes it first, by hand."""
        words = ("-m", "deploy.command", "rebuild", "--switch")
        told = {"CASETRACK_METRICS_DSN": self.metrics_dsn}
        await asyncio.to_thread(partial(known.run, *words, **told))
        await self.replace(known, chance)
        await self.made_by(known)

    async def replace(self, new: Release, chance: Random) -> None:
        """Put processes of *new* in place of the others, one by one, in any order."""
        for name in chance.sample(sorted(self.way.parts), len(self.way.parts)):
            await self.way.parts[name].replaced(new.environment)

    async def made_by(self, one: Release) -> None:
        """Return once what is served was folded by *one*."""
        wanted = await asyncio.to_thread(one.fingerprint)

        async def served() -> bool:
            return bool(await self.ask(FINGERPRINT) == wanted)

        await eventually(served, within=SWITCH_SECONDS_MAX)

    async def verified(self, one: Release) -> dict[str, Any]:
        """Return what the command `verify` of *one* says."""
        told = await asyncio.to_thread(
            partial(
                one.run,
                *("-m", "deploy.command", "verify", "--json"),
                CASETRACK_AUDITOR_DSN=self.way.auditor_dsn,
                CASETRACK_KAFKA=self.kafka,
            )
        )
        return dict(json.loads(told))

    async def stored(self, one: Release) -> int:
        """Return how many facts of the load the figures know."""
        told = await asyncio.to_thread(
            partial(
                one.run,
                *("-m", "deploy.command", "figures", "--source", SOURCE, "--json"),
                CASETRACK_AUDITOR_DSN=self.way.auditor_dsn,
            )
        )
        return int(json.loads(told)["events"])

    async def ask(self, query: str) -> Any:  # noqa: ANN401 - whatever the query answers
        connection = await asyncpg.connect(self.superuser_dsn)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    async def receipts(self) -> int:
        """Return how many commands are on record."""
        return sum([await self.ask(COUNT_RECEIPTS.format(one)) for one in EVENT_STORES])


@pytest.fixture
async def bureau(
    tmp_path: Path, postgres_dsn: str, bureau_topics: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bureau]:
    """Give a bureau of the first release, on a database that this release has made."""
    name = f"{urlsplit(postgres_dsn).path[1:]}_rolling"
    dsn = addressed(postgres_dsn, database=name)

    def role_dsn(role: str) -> str:
        return addressed(dsn, database=name, role=role, password=PASSWORD)

    await asyncio.to_thread(first().prepare, dsn, bureau_topics)
    for variable, value in first().environment.items():
        monkeypatch.setenv(variable, value)
    async with whole_way(
        tmp_path / "home",
        role_dsn=role_dsn,
        kafka=bureau_topics,
        metrics=METRICS,
        owners=OWNERS,
        deciders=DECIDERS,
    ) as way:
        yield Bureau(way, dsn, role_dsn("casetrack_metrics"), bureau_topics)
    connection = await asyncpg.connect(postgres_dsn)
    await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await connection.close()


def first() -> Release:
    return Release(0, Path(BEFORE) if BEFORE else CHECKOUT)


@pytest.fixture
def chance() -> Random:
    seed = int(SEED or Random().randrange(1_000_000))  # noqa: S311 - printed, to be repeated
    sys.stdout.write(f"CASETRACK_CHAOS_SEED={seed}\n")
    return Random(seed)  # noqa: S311 - as above


async def settled(bureau: Bureau, clients: Clients, last: Release) -> None:
    """Hold what clients were told against what is on record and what is shown."""
    verified = await bureau.verified(last)
    stored = await bureau.stored(last)
    dead_letters = await load_ends(bureau.kafka, DEAD_LETTER_TOPICS)
    sys.stdout.write(
        f"{clients.load.accepted} facts, {clients.given} commands of {clients.finished} people, "
        f"{verified['subjects']} subjects; answers {dict(clients.statuses)}, "
        f"stretches without one {len(clients.load.troubles)}; read {dict(clients.read)}\n"
    )

    assert verified["differences"] == []
    assert clients.load.accepted <= stored <= clients.load.made
    assert clients.refusals == []
    assert await bureau.receipts() == clients.given
    assert sum(dead_letters.values()) == 0
    assert {one for one in clients.statuses if one >= FAULTY} <= {AWAY}


@pytest.mark.timeout(900 + 240 * ROUNDS)
async def test_releases_that_change_tables_are_rolled_out_under_load(
    bureau: Bureau, chance: Random, tmp_path: Path
) -> None:
    clients, last = Clients(bureau.way), first()
    async with clients.at_work():
        if BEFORE:
            await bureau.roll_to(Release(0, CHECKOUT), chance)
        for number in range(1, ROUNDS + 1):
            began = clients.clock.monotonic()
            last = await asyncio.to_thread(release, number, tmp_path / f"release-{number}")
            await bureau.roll_to(last, chance)
            seconds = clients.clock.monotonic() - began
            sys.stdout.write(f"release {number} after {seconds:.1f} s\n")

    await settled(bureau, clients, last)


@LONG
@pytest.mark.timeout(1800)
async def test_a_release_is_taken_back_under_load_and_comes_again(
    bureau: Bureau, chance: Random, tmp_path: Path
) -> None:
    clients, before = Clients(bureau.way), Release(0, CHECKOUT)
    after = release(1, tmp_path / "release-1")
    async with clients.at_work():
        await bureau.roll_to(after, chance)
        await bureau.switch_to(before, chance)
        taken_back = await bureau.verified(before)
        await bureau.switch_to(after, chance)

    assert taken_back["differences"] == []
    await settled(bureau, clients, after)
