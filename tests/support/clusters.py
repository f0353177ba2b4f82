"""PostgreSQL servers of a test's own, which may be destroyed and made again."""

import asyncio
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from deploy.databases import ROLES, prepare_database
from deploy.stack.places import StackFolders
from deploy.stack.postgres import Postgres, embedded_postgres
from deploy.stack.program import as_account
from tests.support.eventually import eventually
from tests.support.servers import PASSWORD

START_SECONDS_MAX = 60.0


@contextmanager
def place_of_a_cluster() -> Iterator[Postgres]:
    """Give the place of a server that does not run; what is left there goes with the block."""
    # Not pytest's own folder, which other accounts may not enter.
    folder = Path(tempfile.mkdtemp(prefix="casetrack-cluster-"))
    folder.chmod(0o711)
    places = StackFolders(folder / "home")
    places.make()
    server = embedded_postgres(places, PASSWORD)
    try:
        yield server
    finally:
        shutil.rmtree(server.home, ignore_errors=True)
        shutil.rmtree(folder)


@asynccontextmanager
async def serving(server: Postgres) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run *server* within the block."""
    await server.prepare()
    process = await asyncio.create_subprocess_exec(
        *server.argv(fsync="off"),
        stderr=asyncio.subprocess.DEVNULL,
        **as_account(server.account),
    )
    try:
        await eventually(server.answers, within=START_SECONDS_MAX)
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.wait()


@asynccontextmanager
async def another_cluster() -> AsyncIterator[Postgres]:
    """Give a server that has just been made, with our roles and an empty database."""
    with place_of_a_cluster() as server:
        async with serving(server):
            await prepare_database(server.dsn("before"), dict.fromkeys(ROLES, PASSWORD))
            yield server
