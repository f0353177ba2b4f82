"""The bureau's way through a day of operations, step by step, each with what was seen."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx2

from deploy.containers.load import SOURCE, Load
from deploy.containers.standing import (
    FINE,
    INTAKE,
    METRICS,
    QUIET_SECONDS,
    ComposeStack,
    Step,
    Unexpected,
)
from deploy.containers.watching import Watching
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
SERVERS = ("kafka", "postgres")
WORKERS = (1, 2, 4)
CAUGHT_UP_SECONDS_MAX = 120.0
PATIENCE_SECONDS = 240.0
STOP_SECONDS_MAX = 5.0
LAG_SECONDS_MAX = 1.0
ACCEPTED, WRONG = 202, 422
RECEIVED_SECONDS_MAX = 60.0
BACKUP_AGE_SECONDS_MAX = 300.0
BACKUP = "/opt/casetrack/backup"
READ_MEASURES = """
import sys
from urllib.request import Request, urlopen
asked = Request("http://127.0.0.1:8710/metrics", headers={"Authorization": sys.argv[1]})
print(urlopen(asked).read().decode())
"""
BACKUP_AGE = re.compile(r'casetrack_backup_age_seconds\{part="(\w+)"\} (\S+)')


@dataclass(slots=True)
class Trial:
    """One bureau in containers."""

    standing: ComposeStack
    keys: Path
    readme: str
    """Its first event, as the README has it."""
    next_version: str
    """What it is upgraded to: it begins as the release before."""
    watched: bool
    """Whether there are images of those who watch."""
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
            ("backup under load", self.back_up),
            ("PostgreSQL's volume gone, restore", self.restore),
            *((("monitoring", self.watching),) if self.watched else ()),
            ("verify", self.verify),
            ("stop", self.stop),
        )

    async def up(self) -> str:
        """Bring everything up from nothing, as the release before."""
        await self.standing.up()
        names = await self.standing.tell("ps", "--format", "{{.Name}}")
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
        """Sign in with a link of the container's own, and see the page and its figures."""
        async with self.standing.browser() as client:
            figures = await self.standing.items(client, "/v1/kpis")
        return f"page and {len(figures)} figures"

    async def upgrade(self) -> str:
        """Replace the image of the release before by this one, as the runbook says."""
        self.standing.composed.environment["CASETRACK_VERSION"] = self.next_version
        async with self._loaded():
            began = time.monotonic()
            await self.standing.up()
            seconds = time.monotonic() - began
            await self._caught_up()
        return f"all healthy after {seconds:.0f} s"

    async def back_up(self) -> str:
        """Begin to keep backups: a base, the log behind it, and their age is told."""
        self.standing.composed.environment["COMPOSE_PROFILES"] = "backup"
        async with self._loaded():
            began = time.monotonic()
            await self.standing.up()
            seconds = time.monotonic() - began
            await self._caught_up()
        listed = (await self.standing.inside("backup", BACKUP, "list")).splitlines()
        measures = await self.standing.inside(
            "checkpoints", "python", "-c", READ_MEASURES, f"Bearer {self._token(Role.OPS)}"
        )
        ages = {part: float(age) for part, age in BACKUP_AGE.findall(measures)}
        if set(ages) != {"base", "log"} or max(ages.values()) > BACKUP_AGE_SECONDS_MAX:
            raise Unexpected(f"backups {listed}, told as old as {ages}")
        return (
            f"healthy with {len(listed) - 1} base after {seconds:.0f} s; told as "
            f"{ages['base']:.0f} s old, the log as {ages['log']:.0f} s"
        )

    async def restore(self) -> str:
        """Lose PostgreSQL with its volume, and lay its data from the backup, as the page says."""
        await self._received()
        began = time.monotonic()
        composed = self.standing.composed
        await self.standing.tell("down")
        await asyncio.to_thread(
            composed.engine.tell, "volume", "rm", f"{composed.project}_postgres"
        )
        await self.standing.tell("run", "--rm", "--no-TTY", "restore")
        await self.standing.up()
        seconds = time.monotonic() - began
        await self._caught_up()
        subjects = await self.standing.verified()
        said = await self.standing.tell("logs", "--no-log-prefix", "prepare")
        if "fact_lost" in said:
            raise Unexpected(f"{said.count('fact_lost')} facts were lost")
        return f"all healthy after {seconds:.0f} s, {subjects} subjects without a difference"

    async def _received(self) -> None:
        """Wait until all that is on record now lies in the backup, too."""
        now, began = self.clock.now().timestamp(), time.monotonic()
        while float(await self.standing.inside("backup", "cat", "/var/lib/backups/received")) < now:
            if time.monotonic() - began > RECEIVED_SECONDS_MAX:
                raise Unexpected("the backup does not receive PostgreSQL's log")
            await asyncio.sleep(QUIET_SECONDS)

    async def watching(self) -> str:
        """Let Prometheus and Alertmanager watch for a while."""
        return await Watching(self.standing, partial(self._token, Role.OPS)).tried()

    async def verify(self) -> str:
        """Compute everything anew from the events: no difference, and nothing accepted is lost."""
        subjects = await self.standing.verified()
        stored = (await self.standing.command("figures", "--source", SOURCE))["events"]
        if not self.load.accepted <= stored <= self.load.made:
            raise Unexpected(f"{self.load.accepted} accepted, {stored} counted")
        return f"{subjects} subjects without a difference, {stored} facts of the load"

    async def stop(self) -> str:
        """Ask every process to end: each does within its five seconds, and says that it is well."""
        slowest = 0.0
        services = (await self.standing.tell("ps", "--services")).split()
        # The servers last, as Compose does that stops everything.
        for service in sorted(services, key=SERVERS.__contains__):
            names = self.standing.composed.names(service)
            began = time.monotonic()
            await self.standing.tell("stop", service)
            seconds = time.monotonic() - began
            codes = {self.standing.composed.state(name)["ExitCode"] for name in names}
            if service not in SERVERS:
                slowest = max(slowest, seconds)
                if codes != {0} or seconds > STOP_SECONDS_MAX:
                    raise Unexpected(f"{service}: exit {codes} after {seconds:.1f} s")
        return f"every process of ours ended well, the slowest in {slowest:.1f} s"

    def _scaling(self, count: int) -> Callable[[], Awaitable[str]]:
        async def scale() -> str:
            async with self._loaded() as load:
                before, began = load.accepted, time.monotonic()
                await self.standing.up("--no-recreate", "--scale", f"metrics-worker={count}")
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
                await self.standing.tell(command, service)
            await self.standing.healthy(service)
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
            url=self.standing.address(INTAKE),
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

    def _client(self, inside: int, role: Role) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            base_url=self.standing.address(inside),
            headers={"Authorization": f"Bearer {self._token(role)}"},
            trust_env=False,
        )

    def _token(self, role: Role) -> str:
        return LocalIssuer.open(self.keys, self.clock, SystemIds()).issue(Bearer(role))
