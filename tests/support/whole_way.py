"""The way of one event as processes: gateway, relay and metrics worker over real servers."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from deploy.stack.parts import ALONE
from shared.contracts.envelope import Event
from shared.eventstore.connecting import connect
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.web.issuer import LocalIssuer
from tests.support.eventually import eventually
from tests.support.ports import free_port

START_SECONDS_MAX = 120.0
READY_SECONDS_MAX = 120.0
STOP_SECONDS_MAX = 20.0
ANSWER_SECONDS_MAX = 10.0
LOG_CHARACTERS = 12_000
FACTS_AT_ONCE = 1_000
TELLING = {"PYTHONFAULTHANDLER": "1"}
"""A process that is aborted says where it stood."""

# Those about cards come by the clock, however long a test takes, and on whichever day it runs.
COUNT_FOLDED = """
SELECT (SELECT count(*) FROM metrics.timeline) - (SELECT count(*) FROM supervision.events)
"""


async def recorded(dsn: str, facts: Sequence[Event]) -> None:
    """Put *facts* on record with intake, at the database that *dsn* names as its role."""
    async with await open_pool(dsn, "intake") as pool:
        store = PostgresEventStore(pool)
        for first in range(0, len(facts), FACTS_AT_ONCE):
            await store.record(facts[first : first + FACTS_AT_ONCE])


class StillRunning(Exception):
    """A process that was told to end has not: the end of its log, with its threads' stacks."""


@dataclass
class Kept:
    """A process that is started again whenever it ends."""

    place: Path
    argv: Sequence[str]
    env: Mapping[str, str]
    answers: Callable[[], object] | None = None
    """Whether it serves; None where it writes a file to say so."""
    process: asyncio.subprocess.Process | None = None
    starts: int = 0

    @property
    def ready(self) -> Path:
        return self.place.with_suffix(".ready")

    async def keep(self) -> None:
        while True:
            self.ready.unlink(missing_ok=True)
            self.starts += 1
            with self.place.with_suffix(".log").open("ab") as log:
                self.process = await asyncio.create_subprocess_exec(
                    *self.argv,
                    env={
                        **os.environ,
                        **self.env,
                        **TELLING,
                        "CASETRACK_READY_FILE": str(self.ready),
                    },
                    stdout=log,
                    stderr=log,
                )
            await self.process.wait()

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.returncode is None

    def kill(self) -> None:
        """Kill the process as `kill -9` does; it comes back by itself."""
        if self.process is not None and self.alive:
            self.process.kill()

    async def replaced(self, env: Mapping[str, str]) -> None:
        """Ask the process to end, and return once its successor serves, which is told *env*."""
        self.env = {**self.env, **env}
        starts = self.starts
        if self.process is not None and self.alive:
            self.process.terminate()
        await eventually(
            lambda: self.starts > starts and self.ready.exists(), within=READY_SECONDS_MAX
        )

    async def stop(self) -> None:
        if self.process is None or not self.alive:
            return
        self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), STOP_SECONDS_MAX)
        except TimeoutError:
            self.process.send_signal(signal.SIGABRT)
            await self.process.wait()
            log = self.place.with_suffix(".log").read_text(errors="replace")[-LOG_CHARACTERS:]
            raise StillRunning(f"{self.place.name} after {STOP_SECONDS_MAX} s:\n{log}") from None


@dataclass(frozen=True)
class WholeWay:
    """The running processes, by name, and how to reach what they make."""

    home: Path
    addresses: Mapping[str, str]
    """Where each service answers over HTTP."""
    auditor_dsn: str
    parts: Mapping[str, Kept]
    probes: Mapping[str, str]
    """Where each process says how it is."""

    @property
    def gateway(self) -> str:
        return self.addresses["intake"]

    async def count(self) -> int:
        """Return how many facts the projection holds, beside what we ourselves say of them."""
        connection = await connect(self.auditor_dsn, command_timeout=ANSWER_SECONDS_MAX)
        try:
            return int(await connection.fetchval(COUNT_FOLDED))
        finally:
            await connection.close()

    async def folded(self, count: int, *, within: float = 120.0) -> None:
        """Return once the projection holds *count* facts."""

        async def reached() -> bool:
            return await self.count() == count

        await eventually(reached, within=within)


@asynccontextmanager
async def whole_way(
    home: Path,
    *,
    role_dsn: Callable[[str], str],
    kafka: str,
    metrics: Mapping[str, str] = MappingProxyType({"metrics": "worker"}),
    owners: str = "intake",
    deciders: Sequence[str] = ("intake",),
) -> AsyncIterator[WholeWay]:
    """
    Give the running way; its keys lie where the command looks for them.

    *metrics* names the processes of metrics, each with what it is; *deciders* are
    the other services; the relay sends the facts of *owners*.
    """
    keys = home / "keys"
    keys.mkdir(parents=True)
    LocalIssuer.open(keys, SystemClock(), SystemIds())
    ports = {name: free_port() for name in (*deciders, "metrics")}
    probes = {name: free_port() for name in ("relay", *metrics)}

    def part(name: str, service: str, module: str, *words: str, **extra: str) -> Kept:
        role = f"casetrack_{service}_api" if "api" in words else f"casetrack_{service}"
        env = {
            f"{service.upper()}_POSTGRES_DSN": role_dsn(role),
            f"{service.upper()}_KAFKA": kafka,
            "AUTH_JWKS": str(keys / "jwks.json"),
            **extra,
        }
        return Kept(home / name, (sys.executable, "-m", module, *words), env)

    def listening(service: str) -> dict[str, str]:
        return {f"{service.upper()}_PORT": str(ports[service]), **ALONE.get(service, {})}

    parts = {
        **{name: part(name, name, f"services.{name}", **listening(name)) for name in deciders},
        "relay": part(
            *("relay", "relay", "shared.relay"),
            RELAY_OWNERS=owners,
            RELAY_PROBE_PORT=str(probes["relay"]),
        ),
        **{
            name: part(
                *(name, "metrics", "services.metrics", kind),
                **listening("metrics"),
                METRICS_PROBE_PORT=str(probes[name]),
            )
            for name, kind in metrics.items()
        },
    }
    async with kept(parts):
        yield WholeWay(
            home,
            _addresses(ports),
            role_dsn("casetrack_auditor"),
            parts,
            _addresses(probes | {name: ports[name] for name in deciders}),
        )


def _addresses(ports: Mapping[str, int]) -> dict[str, str]:
    return {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}


@asynccontextmanager
async def kept(parts: Mapping[str, Kept]) -> AsyncIterator[None]:
    """Start *parts* and keep them running within the block."""
    async with asyncio.TaskGroup() as tasks:
        keeping = [tasks.create_task(part.keep()) for part in parts.values()]
        try:
            for part in parts.values():
                await eventually(part.answers or part.ready.exists, within=START_SECONDS_MAX)
            yield
        finally:
            for task in keeping:
                task.cancel()
            # All of them, also where one does not end: a process left over is another test's.
            ends = await asyncio.gather(
                *(part.stop() for part in parts.values()), return_exceptions=True
            )
            if faults := [end for end in ends if isinstance(end, Exception)]:
                raise ExceptionGroup("parts that did not end", faults)
