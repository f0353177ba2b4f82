"""PostgreSQL and Kafka for a benchmark: their own, with the durability that production has."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import asyncpg

from bench.whole import python_of
from deploy.command.interruption import ended_once
from deploy.databases import ROLES, addressed, prepare_database
from deploy.stack.journal import Journal
from deploy.stack.part import PartGroup, StackPart
from deploy.stack.places import CHECKOUT, StackFolders
from deploy.stack.postgres import embedded_postgres
from deploy.stack.servers import embedded_kafka, kafka_part, postgres_part
from deploy.stack.supervisor import Supervisor

PREPARE = """
import asyncio, sys
from bench.stack import Servers

_, postgres, name = sys.argv
asyncio.run(Servers("", postgres).database(name))
"""
"""Whatever the checkout, this much of its benchmarks is as here."""

PASSWORD = "only-for-benchmarks"  # noqa: S105 - the server lives in a private folder for minutes


@dataclass(frozen=True, slots=True)
class Servers:
    """Where they listen."""

    kafka: str
    postgres: str

    async def database(self, name: str, checkout: Path = CHECKOUT) -> str:
        """Return the address of a database of *checkout*, made anew where it is missing."""
        dsn = addressed(self.postgres, database=name)
        if checkout == CHECKOUT:
            await prepare_database(dsn, dict.fromkeys(ROLES, PASSWORD))
        else:
            argv = [str(python_of(checkout)), "-c", PREPARE, self.postgres, name]
            await asyncio.to_thread(subprocess.run, argv, check=True, cwd=checkout)
        return dsn

    async def drop(self, name: str) -> None:
        """Leave nothing of a database that the next run would have to vacuum or write out."""
        connection = await asyncpg.connect(self.postgres)
        try:
            await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            await connection.execute("CHECKPOINT")
        finally:
            await connection.close()

    def as_role(self, name: str, role: str) -> str:
        return addressed(self.postgres, database=name, role=role, password=PASSWORD)


@asynccontextmanager
async def servers() -> AsyncIterator[Servers]:
    """Start both in a folder of their own, and take everything away afterwards."""
    places = new_places()
    postgres, kafka = embedded_postgres(places, PASSWORD), embedded_kafka(places, 0)
    journal = Journal(places.state, kafka=kafka.address, postgres=postgres.dsn("postgres"))
    try:
        with ended_once():
            async with kept_running(places, journal, postgres_part(postgres), kafka_part(kafka)):
                yield Servers(kafka.address, postgres.dsn("postgres"))
    finally:
        shutil.rmtree(postgres.home, ignore_errors=True)
        shutil.rmtree(places.home, ignore_errors=True)


@asynccontextmanager
async def kept_running(
    places: StackFolders, journal: Journal, *parts: StackPart
) -> AsyncIterator[None]:
    """Start *parts* together, and keep them running within the block."""
    async with supervised(places, journal, [PartGroup(parts)], os.environ):
        yield


@asynccontextmanager
async def supervised(
    places: StackFolders,
    journal: Journal,
    stages: Sequence[PartGroup],
    environment: Mapping[str, str],
) -> AsyncIterator[None]:
    """Start *stages* one after another, and keep all of them running within the block."""
    ready = asyncio.Event()
    *before, last = stages

    async def settle() -> None:
        if last.settle is not None:
            await last.settle()
        ready.set()

    stages = [*before, replace(last, settle=settle)]
    supervisor = Supervisor(places, journal, stages, environment)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(supervisor.run())
        tasks.create_task(_ready_or_done(ready, running))
        await ready.wait()
        try:
            yield
        finally:
            supervisor.request_stop()


def new_places() -> StackFolders:
    """Return folders of their own; whoever asked takes them away."""
    home = Path(tempfile.mkdtemp(prefix="casetrack-bench-"))
    home.chmod(0o711)
    places = StackFolders(home)
    places.make()
    return places


async def _ready_or_done(ready: asyncio.Event, running: asyncio.Task[None]) -> None:
    await asyncio.wait({running})
    ready.set()
