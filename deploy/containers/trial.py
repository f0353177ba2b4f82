"""The bureau's way through a day of operations, step by step, each with what was seen."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx2

from deploy.containers.engine import Composed
from deploy.containers.load import SOURCE, Load
from deploy.delivery import Delivery, client_of
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer

KILLED = (
    *("intake", "assist", "review", "metrics", "metrics-worker", "metrics-ticker"),
    *("relay", "kafka", "postgres"),
)
"""Those whose loss somebody would notice; each of them is restarted and killed."""
WORKERS = (1, 2, 4)
CAUGHT_UP_SECONDS_MAX = 120.0
HEALTHY_SECONDS_MAX = 180
PATIENCE_SECONDS = 240.0
STOP_SECONDS_MAX = 5.0
QUIET_SECONDS = 0.5
LAG_SECONDS_MAX = 1.0
INTAKE, METRICS = 8701, 8700
ACCEPTED, FINE, WRONG = 202, 200, 422

Step = tuple[str, Callable[[], Awaitable[str]]]


class Unexpected(Exception):
    """Something was seen that should not be."""


@dataclass(slots=True)
class Trial:
    """One bureau in containers."""

    composed: Composed
    ports: Mapping[int, int]
    """Where on this machine each port of a container is reached."""
    keys: Path
    readme: str
    """Its first event, as the README has it."""
    next_version: str
    """What it is upgraded to: it begins as the release before."""
    clock: SystemClock = field(default_factory=SystemClock)
    load: Load = field(default_factory=Load)

    def steps(self) -> Sequence[Step]:
        """Return what is done, in its order."""
        return (
            ("up", self.up),
            ("first event", self.first_event),
            ("page", self.page),
            *((f"metrics-worker x{count} under load", self._scaling(count)) for count in WORKERS),
            *((f"restart {name} under load", self._restarting(name)) for name in KILLED),
            *((f"kill {name} under load", self._killing(name)) for name in KILLED),
            ("upgrade under load", self.upgrade),
            ("verify", self.verify),
            ("stop", self.stop),
        )

    async def up(self) -> str:
        """Bring everything up from nothing, as the release before."""
        await self._up()
        names = await self._compose("ps", "--format", "{{.Name}}")
        return f"{len(names.split())} containers healthy"

    async def first_event(self) -> str:
        """Publish the README's event: accepted, known again, and nonsense refused."""
        async with self._client(INTAKE, Role.PUBLISHER) as client:
            kind = {"Content-Type": "application/cloudevents+json"}
            answers = [
                (await client.post("/v1/events", content=body, headers=kind)).status_code
                for body in (self.readme, self.readme, "{}")
            ]
        if answers != [ACCEPTED, FINE, WRONG]:
            raise Unexpected(f"answered {answers}")
        return "202, again 200, nonsense 422"

    async def page(self) -> str:
        """Sign in with a link of the container's own, and see the page and its first picture."""
        at = self._address(METRICS)
        link = await self._compose(
            *("exec", "--no-TTY", "metrics", "python", "-m", "deploy.sign_in", "DIRECTOR", at)
        )
        async with httpx2.AsyncClient(follow_redirects=True, trust_env=False) as client:
            page = await client.get(link.strip())
            picture = await client.get(f"{at}/v1/kpis")
        if page.status_code != FINE or "<html" not in page.text:
            raise Unexpected(f"the page answered {page.status_code}")
        if picture.status_code != FINE:
            raise Unexpected(f"figures answered {picture.status_code}")
        return f"page and {len(picture.json()['items'])} figures"

    async def upgrade(self) -> str:
        """Replace the image of the release before by this one, as the runbook says."""
        self.composed.environment["CASETRACK_VERSION"] = self.next_version
        async with self._loaded():
            began = time.monotonic()
            await self._up()
            seconds = time.monotonic() - began
            await self._caught_up()
        return f"all healthy after {seconds:.0f} s"

    async def verify(self) -> str:
        """Compute everything anew from the events: no difference, and nothing accepted is lost."""
        told = json.loads(
            await self._compose("run", "--rm", "--no-TTY", "command", "verify", "--json")
        )
        if told["differences"]:
            raise Unexpected(f"{len(told['differences'])} differences")
        stored = json.loads(
            await self._compose(
                *("run", "--rm", "--no-TTY", "command"), *("figures", "--source", SOURCE, "--json")
            )
        )["events"]
        if not self.load.accepted <= stored <= self.load.made:
            raise Unexpected(f"{self.load.accepted} accepted, {stored} counted")
        return f"{told['subjects']} subjects without a difference, {stored} facts of the load"

    async def stop(self) -> str:
        """Ask every process to end: each does within its five seconds, and says that it is well."""
        slowest = 0.0
        services = (await self._compose("ps", "--services")).split()
        for service in services:
            names = self.composed.names(service)
            began = time.monotonic()
            await self._compose("stop", service)
            seconds = time.monotonic() - began
            codes = {self.composed.state(name)["ExitCode"] for name in names}
            if service not in {"kafka", "postgres"}:
                slowest = max(slowest, seconds)
                if codes != {0} or seconds > STOP_SECONDS_MAX:
                    raise Unexpected(f"{service}: exit {codes} after {seconds:.1f} s")
        return f"every process of ours ended well, the slowest in {slowest:.1f} s"

    def _scaling(self, count: int) -> Callable[[], Awaitable[str]]:
        async def scale() -> str:
            async with self._loaded() as load:
                before, began = load.accepted, time.monotonic()
                await self._up("--no-recreate", "--scale", f"metrics-worker={count}")
                lag = await self._caught_up()
                rate = (load.accepted - before) / (time.monotonic() - began)
            return f"{rate:.0f} events/s accepted, caught up after {lag:.1f} s"

        return scale

    def _restarting(self, service: str) -> Callable[[], Awaitable[str]]:
        async def restart() -> str:
            return await self._through(service, "restart")

        return restart

    def _killing(self, service: str) -> Callable[[], Awaitable[str]]:
        async def kill() -> str:
            # The engine does not restart what it has itself been told to kill.
            return await self._through(service, "kill", "start")

        return kill

    async def _through(self, service: str, *commands: str) -> str:
        async with self._loaded() as load:
            troubles, began = len(load.troubles), time.monotonic()
            for command in commands:
                await self._compose(command, service)
            await self._healthy(service)
            healthy = time.monotonic() - began
            lag = await self._caught_up()
            stalls = len(load.troubles) - troubles
        return f"healthy after {healthy:.1f} s, caught up {lag:.1f} s later, stalls seen: {stalls}"

    @asynccontextmanager
    async def _loaded(self) -> AsyncIterator[Load]:
        async with self._delivery() as delivery, self.load.under(delivery):
            yield self.load

    def _delivery(self) -> Delivery:
        return Delivery(
            client=client_of(1),
            url=self._address(INTAKE),
            bearer=partial(self._token, Role.PUBLISHER),
            clock=self.clock,
            ids=SystemIds(),
            patience_seconds=PATIENCE_SECONDS,
            troubled=lambda reason, _: self.load.troubles.append(reason),
        )

    async def _caught_up(self) -> float:
        """Return after how many seconds nothing waits any more to be sent or folded."""
        began = time.monotonic()
        while time.monotonic() - began < CAUGHT_UP_SECONDS_MAX:
            with suppress(httpx2.HTTPError):
                if await self._lag_seconds() < LAG_SECONDS_MAX:
                    return time.monotonic() - began
            await asyncio.sleep(QUIET_SECONDS)
        raise Unexpected("still behind after two minutes")

    async def _lag_seconds(self) -> float:
        async with self._client(METRICS, Role.OPS) as client:
            answer = await client.get("/v1/freshness")
        return float(answer.raise_for_status().json()["lag_seconds"])

    async def _up(self, *words: str) -> None:
        """Bring up what is not, and wait until all is well: *words* may say how many of a kind."""
        await self._compose("up", "--detach", "--no-build", *words)
        for service in (await self._compose("ps", "--services")).split():
            await self._healthy(service)

    async def _healthy(self, service: str) -> None:
        began = time.monotonic()
        while time.monotonic() - began < HEALTHY_SECONDS_MAX:
            states = [self.composed.state(name) for name in self.composed.names(service)]
            if states and all(state["Health"]["Status"] == "healthy" for state in states):
                return
            await asyncio.sleep(QUIET_SECONDS)
        said = await self._compose("logs", "--tail", "3", "--no-log-prefix", service)
        raise Unexpected(f"{service} is not healthy: {said}")

    def _client(self, inside: int, role: Role) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            base_url=self._address(inside),
            headers={"Authorization": f"Bearer {self._token(role)}"},
            trust_env=False,
        )

    def _address(self, inside: int) -> str:
        return f"http://127.0.0.1:{self.ports[inside]}"

    def _token(self, role: Role) -> str:
        return LocalIssuer.open(self.keys, self.clock, SystemIds()).issue(Bearer(role))

    async def _compose(self, *words: str) -> str:
        return await asyncio.to_thread(self.composed.tell, *words)
