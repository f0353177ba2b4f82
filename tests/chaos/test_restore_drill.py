"""
PostgreSQL's data are destroyed while facts keep coming, and restored: nothing is lost unnamed.

Two disasters: PostgreSQL comes back as of some seconds before, and Kafka knows what it lacks; and
both are gone, and PostgreSQL comes back with all that its log had.
"""

import asyncio
import json
import shutil
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import asyncpg
import httpx2
import psutil
import pytest

from deploy.containers.load import BATCH_EVENTS, SOURCE, Load
from deploy.delivery import Delivery, client_of
from deploy.stack import control
from deploy.stack.credentials import load_passwords
from deploy.stack.places import server_account, server_home
from deploy.stack.postgres import SUPERUSER, embedded_postgres
from shared.runtime.clock import Clock, SystemClock
from shared.runtime.ids import SystemIds
from shared.web.auth import Role
from tests.support.backups import Backup
from tests.support.drills import LONG
from tests.support.eventually import eventually
from tests.support.logs import logged
from tests.support.standing_bureau import StandingBureau, bring_up, standing_bureau
from tests.support.terminal import Terminal

PATIENCE_SECONDS = 240.0
UNDER_LOAD_SECONDS_MAX = 120.0
FACTS = 300
"""So many more are accepted at each stage of the drill."""
HELD = """
SELECT id
FROM intake.events
WHERE source = $1
"""

pytestmark = pytest.mark.timeout(900)


@dataclass
class Remembered(Load):
    """A load whose publisher still has everything that it ever told."""

    told: list[bytes] = field(default_factory=list)

    def _next(self, clock: Clock) -> bytes:
        fact = super()._next(clock)
        self.told.append(fact)
        return fact


@dataclass
class Drill:
    """A bureau under load, its backups, and what its publisher was told."""

    bureau: StandingBureau
    backup: Backup
    load: Remembered = field(default_factory=Remembered)

    @property
    def terminal(self) -> Terminal:
        settings = self.bureau.settings
        return Terminal(settings.home, {"CASETRACK_PORT": str(settings.port)})

    def delivery(self, client: httpx2.AsyncClient) -> Delivery:
        return Delivery(
            client=client,
            url=self.bureau.addresses["intake"],
            bearer=partial(self.bureau.token, Role.PUBLISHER),
            clock=SystemClock(),
            ids=SystemIds(),
            patience_seconds=PATIENCE_SECONDS,
            troubled=lambda reason, _: self.load.troubles.append(reason),
        )

    async def accepted(self, more: int = FACTS) -> None:
        """Return once *more* facts were acknowledged than are now."""
        goal = self.load.accepted + more
        await eventually(lambda: self.load.accepted >= goal, within=UNDER_LOAD_SECONDS_MAX)

    async def destroy(self, *, kafka: bool) -> None:
        """Kill PostgreSQL, stop what is left, and take its data away, and Kafka's too if so."""
        places = self.bureau.settings.places
        status = (await self.terminal.casetrack("status", "--json")).document
        psutil.Process(status["postgres"]["pid"]).kill()
        await asyncio.to_thread(control.stop, places)
        shutil.rmtree(server_home(places, server_account()) / "data")
        if kafka:
            shutil.rmtree(places.kafka)

    async def restore(self, until: str = "") -> None:
        """Do what the page says: lay the data, and start everything."""
        places = self.bureau.settings.places
        data = server_home(places, server_account()) / "data"
        self.backup.done("restore", str(data), *([until] if until else []))
        environment = {**self.backup.environment, **self.terminal.environment}
        await asyncio.to_thread(bring_up, environment | {"CASETRACK_HOME": str(places.home)})

    async def held(self) -> set[str]:
        """Return which facts of the load are on record."""
        connection = await asyncpg.connect(self.backup.dsn)
        try:
            return {row["id"] for row in await connection.fetch(HELD, SOURCE)}
        finally:
            await connection.close()

    def named(self) -> set[str]:
        """Return which facts of the load were named as lost."""
        log = self.bureau.settings.places.logs / "supervisor.log"
        return {line["id"] for line in logged(log, "fact_lost")} & self._ids()

    def _ids(self) -> set[str]:
        return {json.loads(fact)["id"] for fact in self.load.told}

    async def tell_again(self) -> dict[str, int]:
        """Send everything again, as a publisher does, and return how often each verdict fell."""
        counted: dict[str, int] = {}
        told = self.load.told
        async with client_of(1) as client:
            delivery = self.delivery(client)
            for start in range(0, len(told), BATCH_EVENTS):
                for one in await delivery.send(told[start : start + BATCH_EVENTS]):
                    counted[one.status] = counted.get(one.status, 0) + 1
        return counted

    async def differences(self) -> list[str]:
        said = await self.terminal.casetrack("verify", "--json", "--patience", "120")
        return [one["what"] for one in said.document["differences"]]

    async def sign(self, *words: str) -> None:
        signed = await self.terminal.casetrack("checkpoint", *words)
        assert signed.status == 0, signed.err


@pytest.fixture
def drill(tmp_path: Path) -> Iterator[Drill]:
    with standing_bureau(tmp_path / "home") as bureau:
        places = bureau.settings.places
        password = load_passwords(places, [SUPERUSER])[SUPERUSER]
        server = embedded_postgres(places, password)
        backup = Backup(tmp_path / "backups", server.dsn(), server.programs, {})
        yield Drill(bureau, backup)


@asynccontextmanager
async def under_load(drill: Drill) -> AsyncIterator[None]:
    async with client_of(1) as client, drill.load.under(drill.delivery(client)):
        yield


@LONG
async def test_postgresql_comes_back_as_of_before_and_kafka_knows_more(drill: Drill) -> None:
    with drill.backup.kept():
        await drill.sign()
        async with under_load(drill):
            await drill.accepted()
            await drill.backup.settled()
            await drill.accepted()
            until = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")  # noqa: TID251
            await drill.accepted()
            await drill.sign()
            await drill.destroy(kafka=False)
    began = time.monotonic()
    before = drill.load.accepted
    await drill.restore(until)
    held = await drill.held()
    lost = before - len(held)
    seconds = time.monotonic() - began
    named = drill.named()
    told_first = await drill.differences()
    again = await drill.tell_again()
    told = await drill.differences()
    await drill.sign("--anew", str(drill.backup.folder / "signed-before.jws"))

    sys.stdout.write(f"lost {lost} of {before}, restored in {seconds:.1f} s, told again {again}\n")
    # What the relay had yet to send when the server died nobody knows but its publisher.
    assert FACTS <= len(named) <= lost
    assert named.isdisjoint(held)
    assert set(told_first) == {"checkpoint"} == set(told)
    assert again["accepted"] == len(drill.load.told) - (before - lost)
    assert again.get("rejected", 0) == 0
    assert await drill.differences() == []
    assert len(await drill.held()) == len(drill.load.told)


async def test_both_are_gone_and_postgresql_comes_back_with_its_log(drill: Drill) -> None:
    with drill.backup.kept():
        await drill.sign()
        async with under_load(drill):
            await drill.backup.settled()
            await drill.accepted()
            await drill.sign()
            kept = drill.load.accepted
            await drill.backup.kept_since(SystemClock().now())
            await drill.destroy(kafka=True)
    began = time.monotonic()
    before = drill.load.accepted
    await drill.restore()
    held = await drill.held()
    lost = before - len(held)
    seconds = time.monotonic() - began
    again = await drill.tell_again()
    await drill.sign("--anew", str(drill.backup.folder / "signed-before.jws"))

    sys.stdout.write(f"lost {lost} of {before}, restored in {seconds:.1f} s, told again {again}\n")
    # What the log had yet to receive when the server died is lost, and nothing of before.
    assert kept >= FACTS
    assert {json.loads(fact)["id"] for fact in drill.load.told[:kept]} <= held
    assert again.get("rejected", 0) == 0
    assert await drill.differences() == []
    assert len(await drill.held()) == len(drill.load.told)
