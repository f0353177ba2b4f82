"""A bureau of its own for the drill: everything as `casetrack up` starts it, workers by hand."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil

from bench.stack import new_places, supervised
from bench.whole import Whole
from deploy.command.interruption import ended_once
from deploy.stack.journal import Journal
from deploy.stack.part import PartGroup, StackPart
from deploy.stack.parts import PORT_OFFSET
from deploy.stack.places import server_account, server_home
from deploy.stack.plan import Plan, plan_stack
from deploy.stack.ports import any_free
from deploy.stack.program import follow_parent
from deploy.stack.settings import LocalSettings

NOTING_COMMITS = ("-c", "track_commit_timestamp=on")
WORKER = "metrics-worker"
NOT_THEIRS = "CASETRACK_"
SETTLED_SECONDS_MAX = 60.0
ENDED_SECONDS_MAX = 20.0
LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Worker:
    """One that the drill has started."""

    process: psutil.Popen
    log: Path

    def lanes(self) -> Sequence[int]:
        """Return the lanes that it claimed last, as its log has it."""
        claimed: Sequence[int] = ()
        for line in self.log.read_bytes().splitlines():
            if b"lanes_claimed" in line:
                # The last line may be half written.
                with suppress(ValueError):
                    claimed = json.loads(line)["partitions"]
        return claimed


@dataclass(slots=True)
class Stand:
    """A running bureau without workers, and those that the drill has started since."""

    whole: Whole
    postgres: str
    partitions: int
    template: StackPart
    environment: Mapping[str, str]
    journal: Journal
    workers: list[Worker] = field(default_factory=list)
    begun: int = 0

    def processes(self) -> dict[str, psutil.Process]:
        """Return what runs by name; of the workers each has a number behind its name."""
        parts = {
            name: found
            for name, record in self.journal.parts.items()
            if record.process is not None and (found := record.process.found()) is not None
        }
        workers = enumerate((worker.process for worker in self.workers), 1)
        return parts | {f"{WORKER}-{number}": process for number, process in workers}

    def begin_worker(self) -> None:
        self.begun += 1
        log = self.whole.settings.places.logs / f"{WORKER}-{self.begun}.log"
        own = {name: value for name, value in self.template.env.items() if "READY" not in name}
        with log.open("ab") as output:
            process = psutil.Popen(
                self.template.argv,
                env={**self.environment, **own},
                cwd=self.whole.settings.home,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=follow_parent(signal.SIGKILL),
            )
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, self.template.niceness)
        self.workers.append(Worker(process, log))

    async def end_worker(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send *number* to the worker that came last, and return when it is gone."""
        worker = self.workers.pop()
        worker.process.send_signal(number)
        await asyncio.to_thread(worker.process.wait, ENDED_SECONDS_MAX)

    async def staff(self, count: int) -> None:
        """Return when *count* workers have shared the lanes out among them."""
        while len(self.workers) < count:
            self.begin_worker()
        while len(self.workers) > count:
            await self.end_worker()
        async with asyncio.timeout(SETTLED_SECONDS_MAX):
            while count and not self.settled():  # noqa: ASYNC110 - other processes' logs
                await asyncio.sleep(LOOK_SECONDS)

    def settled(self) -> bool:
        """Say whether every lane has one worker, and as many workers have lanes as may."""
        claims = [worker.lanes() for worker in self.workers]
        lanes = sorted(lane for claim in claims for lane in claim)
        busy = sum(map(bool, claims))
        return lanes == [*range(self.partitions)] and busy == min(len(claims), self.partitions)

    async def verify(self) -> dict[str, Any]:
        """Have the command verify all of it; return what it found."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "deploy.command", "verify", "--json"),
            env={**self.environment, "CASETRACK_HOME": str(self.whole.settings.home)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        said, _ = await process.communicate()
        told: dict[str, Any] = json.loads(said)
        return told


@asynccontextmanager
async def stand(partitions: int) -> AsyncIterator[Stand]:
    """Start a bureau in a folder and on ports of its own, and take everything away afterwards."""
    places = new_places()
    settings = LocalSettings(
        home=places.home,
        port=any_free(PORT_OFFSET.values()),
        kafka=None,
        postgres=None,
        partitions=partitions,
    )
    try:
        with ended_once():
            plan = plan_stack(settings)
            environment = {
                name: value for name, value in plan.env.items() if not name.startswith(NOT_THEIRS)
            }
            journal = Journal(places.state, kafka=plan.kafka, postgres=plan.postgres)
            stages, template = _without_workers(plan)
            async with supervised(places, journal, stages, environment):
                standing = Stand(
                    *(Whole(settings), plan.postgres, partitions, template, environment, journal)
                )
                with _ended(standing):
                    yield standing
    finally:
        shutil.rmtree(server_home(places, server_account()), ignore_errors=True)
        shutil.rmtree(places.home, ignore_errors=True)


def _without_workers(plan: Plan) -> tuple[list[PartGroup], StackPart]:
    """Return the stages without workers, with a server that notes its commits; and a worker."""
    servers, services = plan.stages
    noting = tuple(
        replace(part, argv=(*part.argv, *NOTING_COMMITS)) if part.name == "postgres" else part
        for part in servers.parts
    )
    others = tuple(part for part in services.parts if not part.name.startswith(WORKER))
    template = next(part for part in services.parts if part.name.startswith(WORKER))
    return [PartGroup(noting, servers.settle), PartGroup(others)], template


@contextmanager
def _ended(standing: Stand) -> Iterator[None]:
    """Leave no worker behind; what it had in hand is folded again by whoever comes next."""
    try:
        yield
    finally:
        for worker in standing.workers:
            worker.process.kill()
        for worker in standing.workers:
            worker.process.wait()
