"""Two PostgreSQL servers, one of which follows the other and waits to take its place."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import psutil

from deploy.databases import ROLES, prepare_database
from deploy.stack.places import StackFolders
from deploy.stack.ports import LOOPBACK
from deploy.stack.postgres import SUPERUSER, Postgres, embedded_postgres
from deploy.stack.program import as_account, run_within
from tests.support.eventually import eventually
from tests.support.pages import BASH, HERE, Page
from tests.support.ports import free_port

PASSWORD = "only-for-tests"  # noqa: S105 - the servers live in a private folder for minutes
DATABASE = "casetrack"
START_SECONDS_MAX = 120.0
TYPED_SECONDS_MAX = 120.0
COPY, WAIT_FOR, PROMOTE = range(3)
"""The blocks of the page, in their order."""

IN_SYNC = """
SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')
"""


@dataclass
class Member:
    """One of the two: its folder, its port, and its process."""

    name: str
    postgres: Postgres
    port: int
    _process: asyncio.subprocess.Process | None = field(default=None, init=False)

    @property
    def dsn(self) -> str:
        """The way to it alone, as who may do everything."""
        return f"postgresql://{SUPERUSER}:{PASSWORD}@{LOOPBACK}:{self.port}/postgres"

    async def start(self) -> None:
        """Start it, and return once it takes connections."""
        argv = self.postgres.argv(listen_addresses=LOOPBACK, port=str(self.port))
        with (self.postgres.home.parent / f"{self.name}.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *argv, stdout=log, stderr=log, **as_account(self.postgres.account)
            )
        await eventually(self._answers, within=START_SECONDS_MAX)

    async def kill(self) -> None:
        """Kill the server as `kill -9` does; its sessions' processes end when they notice."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def vanish(self) -> None:
        """Let it say nothing more, as a machine does that is gone from the network."""
        assert self._process is not None
        for process in self._processes():
            process.send_signal(signal.SIGSTOP)

    async def fence(self) -> None:
        """Make sure that it never answers again."""
        ended = self._processes()
        for process in ended:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        await self.kill()
        await asyncio.to_thread(psutil.wait_procs, ended[1:], START_SECONDS_MAX)

    async def ask(self, query: str) -> object:
        connection = await asyncpg.connect(self.dsn)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    def _processes(self) -> list[psutil.Process]:
        if self._process is None or self._process.returncode is not None:
            return []
        server = psutil.Process(self._process.pid)
        # The server itself first: it would start anew what it sees end.
        return [server, *server.children(recursive=True)]

    async def _answers(self) -> bool:
        try:
            connection = await asyncpg.connect(self.dsn)
        except (OSError, asyncpg.PostgresError):
            return False
        await connection.close()
        return True


@dataclass
class Pair:
    """A server that takes writes, and one that holds whatever was acknowledged."""

    leads: Member
    follows: Member

    def dsn(self, role: str) -> str:
        """Return what names the bureau's database as *role*, whichever of the two leads."""
        # Whoever led at first stands last, so that the one that takes over is asked before it: as
        # a standby it is passed, and should it fall silent later it is in the way of the other.
        members = sorted((self.leads, self.follows), key=lambda one: one.name, reverse=True)
        servers = ",".join(f"{LOOPBACK}:{member.port}" for member in members)
        asked = "target_session_attrs=read-write"
        return f"postgresql://{role}:{PASSWORD}@{servers}/{DATABASE}?{asked}"

    async def promote(self) -> None:
        """Let the one that follows take the place of the other."""
        await self._type(PROMOTE)
        self.leads, self.follows = self.follows, self.leads

    async def follow(self) -> None:
        """Make the one that follows anew from the one that leads, which then waits for it."""
        follower = self.follows.postgres
        shutil.rmtree(follower.data_folder, ignore_errors=True)
        await self._type(COPY)
        await self.follows.start()
        await self._type(WAIT_FOR)
        await eventually(self.in_sync, within=START_SECONDS_MAX)

    async def _type(self, number: int) -> None:
        """Type what the page says in its block of this *number*."""
        follower = self.follows.postgres
        told = {
            "LEADER": self.leads.dsn,
            "FOLLOWER": self.follows.dsn,
            "FOLLOWER_NAME": self.follows.name,
            "FOLLOWER_DATA": follower.data_folder,
            "PATH": f"{follower.programs}:{os.environ['PATH']}",
        }
        commands = Page("failover").blocks(HERE)[number].commands
        words = ("env", *(f"{name}={value}" for name, value in told.items()), BASH, "-euc")
        done = await run_within(
            TYPED_SECONDS_MAX,
            (*words, commands),
            folder=follower.home,
            account=follower.account,
        )
        assert done.returncode == 0, done.stderr

    async def in_sync(self) -> bool:
        """Say whether what is acknowledged from now on lies on both."""
        return bool(await self.leads.ask(IN_SYNC))


@asynccontextmanager
async def standby_pair(home: Path) -> AsyncIterator[Pair]:
    """Give two servers with the bureau's database within the block; *home* lets others pass."""
    members = [_member(home, name) for name in ("east", "west")]
    pair = Pair(*members)
    try:
        await pair.leads.postgres.prepare()
        await pair.follows.postgres.prepare()
        await pair.leads.start()
        await prepare_database(pair.dsn(SUPERUSER), dict.fromkeys(ROLES, PASSWORD))
        await pair.follow()
        yield pair
    finally:
        for member in members:
            await member.fence()


def _member(home: Path, name: str) -> Member:
    places = StackFolders(home / name)
    places.make()
    return Member(name, embedded_postgres(places, PASSWORD), free_port())
