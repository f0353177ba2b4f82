"""A Kafka and a PostgreSQL that ask who somebody is, over TLS with certificates of our own."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from deploy.kafka_users import AccessChange, prepare_users
from deploy.stack.kafka import Kafka, Lock
from deploy.stack.places import Account, StackFolders, server_account
from deploy.stack.program import as_account, run_within
from deploy.stack.servers import embedded_kafka
from shared.kafka.access import KafkaAccess
from tests.support.certificates import LOOPBACK, Authority
from tests.support.eventually import eventually
from tests.support.ports import free_port

ADMIN = "keeper"
PASSWORD = "only-for-tests"  # noqa: S105 - the servers live in a private folder for minutes
START_SECONDS_MAX = 60.0
REAUTH_MS = 5_000
"""So long a connection lives: ours have to outlive it."""
DEBIAN = Path("/usr/lib/postgresql")
NOTHING = AccessChange(frozenset(), frozenset(), frozenset(), frozenset())
HBA = """\
hostssl all all 127.0.0.1/32 scram-sha-256
"""


@dataclass(frozen=True, slots=True)
class LockedKafka:
    """The broker, and who signed its certificate."""

    server: Kafka
    authority: Authority

    @property
    def keeper(self) -> KafkaAccess:
        """The way in as who may do everything."""
        return self.server.access()

    def user(self, name: str, password: str = PASSWORD) -> KafkaAccess:
        return replace(self.keeper, user=name, password=password)

    async def admit(self, passwords: Mapping[str, str]) -> AccessChange:
        """Let users have these passwords and their rights; return once the broker acts by them."""
        change = await prepare_users(self.keeper, passwords)

        # It hears of what its controller was told a moment later.
        async def is_heard() -> bool:
            return await prepare_users(self.keeper, passwords) == NOTHING

        await eventually(is_heard)
        return change

    def shown(self, name: str) -> KafkaAccess:
        """Return the way in as whom a certificate names."""
        return replace(self.keeper, certificate=self.authority.issue(name).both)


@asynccontextmanager
async def locked_kafka(home: Path, *, by_certificate: bool = False) -> AsyncIterator[LockedKafka]:
    """Give a broker with TLS and rules within the block; users have passwords or certificates."""
    places = StackFolders(home)
    places.make()
    authority = Authority(home)
    ours = authority.issue("broker", LOOPBACK)
    lock = Lock(
        ours.both,
        "CN=broker",
        authority.certificate,
        ADMIN,
        PASSWORD,
        reauth_ms=REAUTH_MS,
        by_certificate=by_certificate,
    )
    kafka = replace(embedded_kafka(places, 0), lock=lock)
    await kafka.prepare()
    with _running(kafka.argv(), home / "kafka.log"):
        await eventually(kafka.answers, within=START_SECONDS_MAX)
        yield LockedKafka(kafka, authority)


@dataclass(frozen=True, slots=True)
class LockedPostgres:
    """The server's port, and who signed its certificate."""

    port: int
    authority: Authority

    def dsn(self, *, user: str = ADMIN, password: str = PASSWORD, **told: str) -> str:
        """Return the bureau's database as *user*, checked in full; *told* is said of the DSN."""
        host = told.pop("host", "127.0.0.1")
        words = {"sslmode": "verify-full", "sslrootcert": str(self.authority.certificate), **told}
        query = "&".join(f"{name}={value}" for name, value in words.items())
        return f"postgresql://{user}:{password}@{host}:{self.port}/casetrack?{query}"


@asynccontextmanager
async def locked_postgres(home: Path) -> AsyncIterator[LockedPostgres]:
    """Give a PostgreSQL that takes nobody without TLS; the wheel's has none, the system's has."""
    programs = _programs()
    authority = Authority(home, "postgres-authority")
    ours = authority.issue("postgres", LOOPBACK)
    account, data, secret = server_account(), home / "postgres", home / "postgres-password"
    data.mkdir(mode=0o700)
    secret.write_text(PASSWORD)
    if account is not None:
        for path in (data, secret, ours.certificate, ours.key):
            os.chown(path, account.uid, account.gid)
    initdb = (programs / "initdb", "-D", data, "-U", ADMIN, f"--pwfile={secret}", "-E", "UTF8")
    asked = await run_within(
        START_SECONDS_MAX,
        (*initdb, "--auth=scram-sha-256", "--locale=C", "--no-sync"),
        folder=home,
        account=account,
    )
    assert asked.returncode == 0, asked.stderr
    (data / "pg_hba.conf").write_text(HBA)
    port = free_port()
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "fsync": "off",
        "ssl": "on",
        "ssl_cert_file": str(ours.certificate),
        "ssl_key_file": str(ours.key),
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    server = LockedPostgres(port, authority)
    with _running((programs / "postgres", "-D", data, *options), home / "postgres.log", account):
        alone = server.dsn().replace("/casetrack?", "/postgres?")
        await eventually(partial(_answers, alone), within=START_SECONDS_MAX)
        yield server
    shutil.rmtree(data)


def _programs() -> Path:
    found = next(iter(sorted(DEBIAN.glob("*/bin/postgres"), reverse=True)), None)
    if found is None:
        pytest.skip("no PostgreSQL with TLS on this machine: install Debian's postgresql")
    return found.parent


async def _answers(dsn: str) -> bool:
    try:
        connection = await asyncpg.connect(dsn)
    except (OSError, asyncpg.PostgresError):
        return False
    await connection.close()
    return True


@contextmanager
def _running(
    argv: tuple[str | Path, ...], log: Path, account: Account | None = None
) -> Iterator[None]:
    with log.open("wb") as out:
        process = subprocess.Popen(argv, stdout=out, stderr=out, **as_account(account))
        try:
            yield
        finally:
            process.terminate()
            process.wait(START_SECONDS_MAX)
