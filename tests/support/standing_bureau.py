"""The whole bureau as `casetrack up` starts it, and what people and other systems do with it."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from deploy.bureau.counters import Counters
from deploy.delivery import client_of
from deploy.stack import control
from deploy.stack.parts import PORT_OFFSET, PROBE_OFFSET
from deploy.stack.places import StackFolders, server_account, server_home
from deploy.stack.ports import LOOPBACK
from deploy.stack.settings import LocalSettings
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer
from tests.support.eventually import eventually
from tests.support.ports import OF_A_BUREAU, free_port
from tests.support.terminal import Terminal

CASETRACK = (sys.executable, "-P", "-m", "deploy.command")
CONNECTIONS = 8
SEEN_SECONDS_MAX = 90.0
"""Kafka may have to start first, and whoever waits for it to look again."""
READ_SECONDS_MAX = 30.0
AGAIN_SECONDS = 0.5
EVENT = "application/cloudevents+json"


@dataclass
class Watched:
    """Today as the page has it: the snapshot with every delta laid over it."""

    picture: dict[str, Any] = field(default_factory=dict)

    def tile(self, name: str) -> int:
        return int(self.picture["now"][name])

    async def shows(self, name: str, count: int) -> None:
        """Return once the tile *name* shows *count*."""
        await eventually(lambda: self.tile(name) == count, within=SEEN_SECONDS_MAX)


@dataclass(frozen=True)
class StandingBureau:
    """The addresses of a running bureau, and the keys to it."""

    settings: LocalSettings

    @property
    def addresses(self) -> dict[str, str]:
        first = self.settings.port
        return {name: f"http://{LOOPBACK}:{first + offset}" for name, offset in PORT_OFFSET.items()}

    @property
    def probes(self) -> dict[str, str]:
        """Return where each process says how it is, if it was asked to."""
        doors = PORT_OFFSET | PROBE_OFFSET
        first = self.settings.port
        return {name: f"http://{LOOPBACK}:{first + offset}" for name, offset in doors.items()}

    def token(self, role: Role) -> str:
        return self._issuer.issue(Bearer(role))

    def sign_in(self) -> str:
        """Return a link that signs one browser in."""
        ticket = self._issuer.ticket(Bearer(Role.SUPERVISOR, name="王督察"))
        return f"{self.addresses['metrics']}/sign-in?ticket={ticket}"

    def counters(self) -> Counters:
        """Return the way to the counters of every service."""
        return Counters(
            client=client_of(CONNECTIONS),
            addresses=self.addresses,
            bearer=self.token,
            clock=SystemClock(),
        )

    async def publish(self, document: dict[str, Any]) -> int:
        """Publish one CloudEvent as another system does; return the status of the answer."""
        return (await self.offer(document)).status_code

    async def offer(self, document: dict[str, Any]) -> httpx2.Response:
        """Publish one CloudEvent as another system does; return the whole answer."""
        headers = {
            "Authorization": f"Bearer {self.token(Role.PUBLISHER)}",
            "Content-Type": EVENT,
        }
        async with httpx2.AsyncClient(trust_env=False, timeout=READ_SECONDS_MAX) as client:
            address = f"{self.addresses['intake']}/v1/events"
            return await client.post(address, content=json.dumps(document), headers=headers)

    async def read(self, path: str) -> dict[str, Any]:
        """Return what a supervisor reads at *path* of metrics."""
        headers = {"Authorization": f"Bearer {self.token(Role.SUPERVISOR)}"}
        async with httpx2.AsyncClient(trust_env=False, timeout=READ_SECONDS_MAX) as client:
            answer = await client.get(f"{self.addresses['metrics']}{path}", headers=headers)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def casetrack(self, *words: str) -> dict[str, Any]:
        """Return what the command answers to programs."""
        port = {"CASETRACK_PORT": str(self.settings.port)}
        said = await Terminal(self.settings.places.home, port).casetrack(*words, "--json")
        told: dict[str, Any] = said.document
        return told

    async def at_rest(self) -> None:
        """Return once all that anybody has said is folded, and no card is on its way."""
        assert (await self.casetrack("verify"))["differences"] == []

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[Watched]:
        """Watch the page's stream, as often as it has to be opened."""
        seen = Watched()
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(self._watch(seen))
            await eventually(lambda: "now" in seen.picture, within=SEEN_SECONDS_MAX)
            yield seen
            watching.cancel()

    async def _watch(self, seen: Watched) -> None:
        address = f"{self.addresses['metrics']}/v1/stream"
        async with httpx2.AsyncClient(trust_env=False, timeout=None) as client:
            while True:
                headers = {"Authorization": f"Bearer {self.token(Role.SUPERVISOR)}"}
                # As a page does whose server ends, or has no first picture yet.
                with suppress(httpx2.TransportError):
                    async with client.stream("GET", address, headers=headers) as line:
                        await _listen(line, seen)
                await asyncio.sleep(AGAIN_SECONDS)

    @property
    def _issuer(self) -> LocalIssuer:
        return LocalIssuer.open(self.settings.places.keys, SystemClock(), SystemIds())


async def _listen(line: httpx2.Response, seen: Watched) -> None:
    async for text in line.aiter_lines():
        if text.startswith("data: "):
            seen.picture |= json.loads(text.removeprefix("data: "))


@contextmanager
def standing_bureau(home: Path, **more: str) -> Iterator[StandingBureau]:
    """Give a bureau with servers of its own, which is told *more*, and take all of it down."""
    settings = LocalSettings(home=home, port=free_port(OF_A_BUREAU))
    environment = {
        **os.environ,
        "CASETRACK_HOME": str(home),
        "CASETRACK_PORT": str(settings.port),
        **more,
    }
    try:
        bring_up(environment)
        yield StandingBureau(settings)
    finally:
        control.stop(settings.places)
        sweep(settings.places)


def bring_up(environment: Mapping[str, str]) -> None:
    """Start a bureau; where it does not come up, say what it said and what its parts logged."""
    up = subprocess.run([*CASETRACK, "up", "--detach"], check=False, env=environment)
    if up.returncode:
        subprocess.run([*CASETRACK, "logs"], check=False, env=environment)
    assert up.returncode == 0, (
        "the bureau did not come up; its words and logs are in the captured output"
    )


def sweep(places: StackFolders) -> None:
    """Take away what a stopped bureau leaves outside its home, which is the test's own folder."""
    data = server_home(places, server_account())
    if not data.is_relative_to(places.home):
        shutil.rmtree(data.parent, ignore_errors=True)
