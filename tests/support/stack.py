"""
Real PostgreSQL and real Kafka for tests, started once a session and shared by its workers.

- `postgres_dsn`: a fresh, migrated database of its own for each test, as superuser
- `role_dsn`: the same database as one of the services' roles: `role_dsn("casetrack_intake")`
- `kafka`: the broker's address; nobody owns a topic there unless it made one
- `make_topic`: makes a topic with a name of its own: `await make_topic()`, or one that takes
  nothing larger: `await make_topic(message_bytes_max=10_000)`
- `bureau_topics`: the broker's address with all topics of the bureau, empty; one test at a time
- `no_bureau_topics`: the same before they are made
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from deploy.databases import addressed
from deploy.stack.journal import StackPhase, last_record
from deploy.stack.places import CHECKOUT, StackFolders
from deploy.stack.postgres import embedded_postgres
from shared.kafka.topics import (
    CHECKPOINTS,
    DEAD_LETTER_TOPICS,
    EVENT_TOPICS,
    MESSAGE_BYTES_MAX,
    ensure_topics,
)
from tests.support.eventually import eventually
from tests.support.ports import HOME
from tests.support.servers import PASSWORD, TEMPLATE

SESSION = "CASETRACK_TEST_SESSION"
START_SECONDS_MAX = 180.0
STOP_SECONDS_MAX = 30.0
LOOK_SECONDS = 0.05
MESSAGE_LIMIT = "max.message.bytes"

MakeTopic = Callable[..., Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Servers:
    """The session's servers."""

    home: Path
    kafka: str
    postgres: str

    @property
    def supervisor_pid(self) -> int:
        record = last_record(StackFolders(self.home).state)
        assert record is not None
        return record.supervisor.pid


def pytest_configure(config: pytest.Config) -> None:
    """Name the session's folder; the workers inherit the name and start nothing of their own."""
    if hasattr(config, "workerinput"):
        return
    home = Path(tempfile.mkdtemp(prefix="casetrack-tests-"))
    home.chmod(0o711)
    os.environ[HOME] = str(home)
    os.environ[SESSION] = str(os.getpid())


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers with the session that named their folder."""
    if hasattr(config, "workerinput") or os.environ.get(SESSION) != str(os.getpid()):
        return
    home = Path(os.environ[HOME])
    record = last_record(StackFolders(home).state)
    if record is not None and record.supervisor.found():
        os.kill(record.supervisor.pid, signal.SIGTERM)
        _wait(lambda: record.supervisor.found() is None, STOP_SECONDS_MAX)
    shutil.rmtree(embedded_postgres(StackFolders(home), PASSWORD).home, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def servers() -> Servers:
    """Return the session's PostgreSQL and Kafka; the first worker that asks starts them."""
    home = Path(os.environ[HOME])
    with _locked(home / "start.lock"):
        if last_record(StackFolders(home).state) is None:
            _start(home)
    record = last_record(StackFolders(home).state)
    assert record is not None
    return Servers(home, record.kafka, record.postgres)


@pytest.fixture
def postgres_dsn(servers: Servers) -> Iterator[str]:
    """Give this test a migrated database of its own."""
    name = f"test_{uuid.uuid4().hex}"  # noqa: TID251 - a name that no other worker has
    _psql(servers, f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
    yield addressed(servers.postgres, database=name)
    _psql(servers, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def role_dsn(postgres_dsn: str) -> Callable[[str], str]:
    """Return what names the test's database as another role."""
    name = urlsplit(postgres_dsn).path[1:]

    def of(role: str) -> str:
        return addressed(postgres_dsn, database=name, role=role, password=PASSWORD)

    return of


@pytest.fixture
def kafka(servers: Servers) -> str:
    """Return the broker's address."""
    return servers.kafka


@pytest.fixture
def make_topic(kafka: str) -> MakeTopic:
    """Return a maker of topics that nobody else knows."""

    async def make(partitions: int = 4, *, message_bytes_max: int = MESSAGE_BYTES_MAX) -> str:
        name = f"test-{uuid.uuid4().hex}"  # noqa: TID251 - a name that no other worker has
        configs = {MESSAGE_LIMIT: str(message_bytes_max)}
        async with kafka_admin(kafka) as admin:
            await admin.create_topics([NewTopic(name, partitions, 1, topic_configs=configs)])
        return name

    return make


@pytest.fixture
async def no_bureau_topics(kafka: str, servers: Servers) -> AsyncIterator[str]:
    """Take the bureau's own topics away; others that want them wait for this test's end."""
    with _locked(servers.home / "topics.lock"):
        await delete_topics(kafka, {*EVENT_TOPICS, *DEAD_LETTER_TOPICS, CHECKPOINTS})
        yield kafka


@pytest.fixture
async def bureau_topics(no_bureau_topics: str) -> str:
    """Give this test the bureau's own topics, empty."""
    await ensure_topics(no_bureau_topics)
    await _until_present(no_bureau_topics, {*EVENT_TOPICS, *DEAD_LETTER_TOPICS, CHECKPOINTS})
    return no_bureau_topics


async def limit_messages(kafka: str, topic: str, bytes_max: int = MESSAGE_BYTES_MAX) -> None:
    """Let *topic* take nothing larger; without a number as much as the bureau's own topics do."""
    limit = ConfigResource(ConfigResourceType.TOPIC, topic, {MESSAGE_LIMIT: str(bytes_max)})
    async with kafka_admin(kafka) as admin:
        await admin.alter_configs([limit])

        async def known() -> bool:
            (told,) = await admin.describe_configs([limit])
            (((*_, settings),)) = told.resources
            return (MESSAGE_LIMIT, str(bytes_max)) in {
                (name, value) for name, value, *_ in settings
            }

        await eventually(known)


@asynccontextmanager
async def kafka_admin(kafka: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """Give the way to make and delete topics within the block."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def delete_topics(kafka: str, names: Collection[str]) -> None:
    """Return once the broker, too, knows of none of them: whoever makes them anew asks it."""
    async with kafka_admin(kafka) as admin:

        async def gone() -> bool:
            return not {*names} & {*await admin.list_topics()}

        present = {*names} & {*await admin.list_topics()}
        if present:
            await admin.delete_topics([*present])
            await eventually(gone)


async def _until_present(kafka: str, names: set[str]) -> None:
    """Wait until the broker tells of what its controller has made already."""
    async with kafka_admin(kafka) as admin:

        async def told() -> bool:
            return names <= set(await admin.list_topics())

        await eventually(told)


def _start(home: Path) -> None:
    # Not subprocess: whoever starts the servers may end before them, and a
    # handle that is dropped while its process runs is a warning.
    pid = os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "tests.support.servers", str(home), os.environ[SESSION]],
        {**os.environ, "PYTHONPATH": str(CHECKOUT)},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(home / "servers.log"), os.O_WRONLY | os.O_CREAT, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )

    def settled() -> bool:
        record = last_record(StackFolders(home).state)
        phase = None if record is None else record.phase
        return (
            phase in {StackPhase.READY, StackPhase.FAILED} or os.waitpid(pid, os.WNOHANG)[0] == pid
        )

    _wait(settled, START_SECONDS_MAX)
    record = last_record(StackFolders(home).state)
    if record is None or record.phase is not StackPhase.READY:
        pytest.exit((home / "servers.log").read_text()[-4000:], returncode=3)


def _psql(servers: Servers, statement: str) -> None:
    program = embedded_postgres(StackFolders(servers.home), PASSWORD).programs / "psql"
    dsn = addressed(servers.postgres, database="postgres")
    subprocess.run(
        [program, "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "-c", statement, dsn],
        check=True,
        capture_output=True,
    )


def _wait(condition: Callable[[], bool], seconds_max: float) -> None:
    deadline = time.monotonic() + seconds_max
    while not condition() and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
