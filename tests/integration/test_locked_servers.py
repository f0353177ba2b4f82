"""Kafka and PostgreSQL over TLS with passwords: who is let in works, who is not hears why."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from deploy.databases import ROLES, addressed, prepare_database
from deploy.faults import ServerDistrusted
from deploy.kafka_users import settle_access
from deploy.principals import USERS, publisher_user
from deploy.topics import prepare_topics
from shared.contracts.documents import write
from shared.contracts.registry import INBOX, Owner, encode, inbox_of
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.eventstore.roles import DatabaseRole
from shared.kafka.access import KafkaAccess, Mechanism, Security
from shared.kafka.dead_letter_box import DeadLetterBox
from shared.kafka.ends import load_ends
from shared.kafka.entrance import AccessRefused, require_access
from shared.kafka.feed import KafkaFeed
from shared.kafka.port import PARTITIONS, Record, SendUnknown
from shared.kafka.producer import KafkaProducer
from shared.kafka.topics import ensure_topics, topics_of
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.runtime.refused import Distrust, distrust_of
from shared.web.issuer import LocalIssuer
from tests.support.eventually import eventually
from tests.support.facts import foreign
from tests.support.foreign_facts import foreign as foreign_fact
from tests.support.locked import (
    PASSWORD,
    LockedKafka,
    LockedPostgres,
    locked_kafka,
    locked_postgres,
)
from tests.support.ports import free_port
from tests.support.whole_way import whole_way

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOPIC = "locked"
SECONDS_MAX = 60
SEAL = f"2026:{32 * '5e'}"


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    # Not pytest's own folders: PostgreSQL runs under another account where we are root.
    folder = Path(tempfile.mkdtemp(prefix="casetrack-locked-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kafka(home: Path) -> AsyncIterator[LockedKafka]:
    async with locked_kafka(home) as broker:
        yield broker


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def postgres(home: Path) -> AsyncIterator[LockedPostgres]:
    async with locked_postgres(home) as server:
        await prepare_database(server.dsn(), dict.fromkeys(ROLES, PASSWORD))
        yield server


async def test_a_record_goes_there_and_comes_back_over_tls(kafka: LockedKafka) -> None:
    await ensure_topics(kafka.keeper, 1, [TOPIC])
    async with KafkaProducer(kafka.keeper) as producer:
        await producer.send([Record(TOPIC, b"a", b"locked")])
    async with KafkaFeed(kafka.keeper, TOPIC, [TOPIC], clock=SystemClock()) as feed:
        got: list[Record] = []
        async with asyncio.timeout(SECONDS_MAX):
            while not got:
                got = [record for records in (await feed.fetch()).values() for record in records]

    assert [record.value for record in got] == [b"locked"]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"password": "another"}, Distrust.WRONG_PASSWORD),
        ({"user": "nobody"}, Distrust.WRONG_PASSWORD),
        ({"mechanism": Mechanism.PLAIN}, Distrust.MECHANISM_UNKNOWN),
        ({"ca": None}, Distrust.UNKNOWN_CA),
        ({"security": Security.PLAINTEXT}, Distrust.HUNG_UP),
        ({"security": Security.SASL_PLAINTEXT}, Distrust.HUNG_UP),
    ],
)
async def test_who_is_not_let_in_hears_why(
    kafka: LockedKafka, wrong: dict[str, Any], reason: Distrust
) -> None:
    with pytest.raises(AccessRefused) as refused:
        await require_access(replace(kafka.keeper, **wrong))

    assert refused.value.distrust is reason


async def test_a_certificate_is_for_the_name_that_was_asked_for(kafka: LockedKafka) -> None:
    elsewhere = kafka.server.address.replace("127.0.0.1", "localhost")
    with pytest.raises(AccessRefused) as refused:
        await require_access(replace(kafka.keeper, servers=elsewhere))

    assert refused.value.distrust is Distrust.NAME_MISMATCH


async def test_a_server_without_tls_is_told_as_such() -> None:
    async with await asyncio.start_server(_talk_plainly, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(AccessRefused) as refused:
            await require_access(KafkaAccess(f"127.0.0.1:{port}", Security.SSL))

    assert refused.value.distrust is Distrust.NOT_ENCRYPTED


async def _talk_plainly(_: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
    out.write(b"\x00\x00\x00\x04what else")
    await out.drain()
    out.close()


async def test_where_nobody_listens_nobody_is_distrusted() -> None:
    await require_access("127.0.0.1:1")


async def test_a_sender_says_why_it_could_not(kafka: LockedKafka) -> None:
    async with KafkaProducer(kafka.user("nobody")) as producer:
        with pytest.raises(SendUnknown, match="wrong_password") as fault:
            await producer.send([Record(TOPIC, b"a", b"b")])

    assert distrust_of(fault.value) is Distrust.WRONG_PASSWORD


def told(access: KafkaAccess, prefix: str, password: Path) -> dict[str, str]:
    """Return *access* as a process is told of it; its password lies in a file."""
    password.write_text(f"{access.password}\n")
    return {
        f"{prefix}_KAFKA": access.servers,
        f"{prefix}_KAFKA_SECURITY": access.security.value,
        f"{prefix}_KAFKA_CA": str(access.ca),
        f"{prefix}_KAFKA_USER": access.user,
        f"{prefix}_KAFKA_PASSWORD_FILE": str(password),
    }


async def command(*words: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "deploy.command", *words],
        env={**os.environ, "CASETRACK_LANG": "en", **env},
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
    )


async def test_the_command_reads_letters_over_tls(kafka: LockedKafka, tmp_path: Path) -> None:
    await ensure_topics(kafka.keeper)
    env = told(kafka.keeper, "CASETRACK", tmp_path / "password")
    done = await command("dlq", "list", "--json", env={**env, "CASETRACK_HOME": str(tmp_path)})

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["letters"] == []


@pytest.mark.parametrize(
    ("language", "line"), [("en", "user or password is wrong"), ("zh-CN", "用户名或密码不对")]
)
@pytest.mark.parametrize(
    "words", [("dlq", "list"), ("publish", "--via", "kafka", "{events}"), ("doctor",)]
)
async def test_the_command_says_in_one_line_that_the_password_is_wrong(
    kafka: LockedKafka, tmp_path: Path, words: tuple[str, ...], language: str, line: str
) -> None:
    env = told(kafka.user("nobody"), "CASETRACK", tmp_path / "password")
    env |= {"CASETRACK_HOME": str(tmp_path), "CASETRACK_LANG": language}
    events = tmp_path / "events.jsonl"
    events.write_bytes(encode(foreign(1)) + b"\n")
    done = await command(*(word.format(events=events) for word in words), env=env)

    assert done.returncode != 0
    assert (done.stdout + done.stderr).count(line) == 1


@pytest.mark.parametrize(
    ("password", "reason"), [("wrong", "wrong_password"), (PASSWORD, "right_missing")]
)
async def test_a_worker_that_may_not_do_its_work_ends_with_one_line(
    kafka: LockedKafka, postgres: LockedPostgres, tmp_path: Path, password: str, reason: str
) -> None:
    await ensure_topics(kafka.keeper)
    await settle_access(kafka.keeper, frozenset(), {"casetrack-metrics": PASSWORD})
    env = told(kafka.user("casetrack-metrics", password), "METRICS", tmp_path / "password")
    env["METRICS_POSTGRES_DSN"] = postgres.dsn(user="casetrack_metrics")
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "services.metrics", "worker"],
        env={**os.environ, **env},
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
    )
    lines = [line for line in map(json.loads, done.stderr.splitlines()) if line["level"] == "error"]

    assert done.returncode == 1
    assert [line["reason"] for line in lines if "reason" in line] == [reason]


@pytest.mark.parametrize(
    ("module", "who", "event"),
    [
        ("shared.relay", ("nobody", PASSWORD), "relay_waits"),
        ("shared.relay", ("casetrack-relay", "wrong"), "relay_waits"),
        ("services.assist", ("nobody", PASSWORD), "consumer_away"),
    ],
)
async def test_what_waits_for_a_server_says_why_and_ends_when_it_is_told(
    kafka: LockedKafka,
    postgres: LockedPostgres,
    tmp_path: Path,
    module: str,
    who: tuple[str, str],
    event: str,
) -> None:
    kafka_user, database = who
    prefix = module.rpartition(".")[2].upper()
    LocalIssuer.open(tmp_path, SystemClock(), SystemIds())
    role = f"casetrack_{prefix.lower()}"
    await leave_a_fact(postgres.dsn(user="casetrack_intake"))
    env = {
        **os.environ,
        **told(kafka.user(kafka_user), prefix, tmp_path / "password"),
        f"{prefix}_POSTGRES_DSN": postgres.dsn(user=role, password=database),
        f"{prefix}_PORT": str(free_port()),
        "AUTH_JWKS": str(tmp_path / "jwks.json"),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, env=env, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    async with asyncio.timeout(SECONDS_MAX):
        line = ""
        while event not in line:
            line = (await process.stderr.readline()).decode()
    process.terminate()
    await process.communicate()
    fault = json.loads(line)["fault"]

    assert "wrong_password" in fault or "password authentication failed" in fault
    assert process.returncode == 0


async def leave_a_fact(dsn: str) -> None:
    """Give the relay something to send."""
    async with await open_pool(dsn, Owner.INTAKE.value) as pool:
        await PostgresEventStore(pool).record([foreign(1)])


async def test_every_role_of_the_database_comes_in_over_tls(postgres: LockedPostgres) -> None:
    dsn = postgres.dsn()
    # Who makes backups comes to no database.
    for role in set(ROLES) - {DatabaseRole.BACKUP}:
        connection = await asyncpg.connect(
            addressed(dsn, database="casetrack", role=role, password=PASSWORD)
        )
        encrypted = await connection.fetchval(
            "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        )
        await connection.close()

        assert encrypted


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"password": "another"}, Distrust.WRONG_PASSWORD),
        ({"host": "localhost"}, Distrust.NAME_MISMATCH),
        ({"sslmode": "disable"}, Distrust.NOT_ADMITTED),
    ],
)
async def test_a_database_that_does_not_let_us_in_is_told_in_one_line(
    postgres: LockedPostgres, wrong: dict[str, str], reason: Distrust
) -> None:
    with pytest.raises(ServerDistrusted) as fault:
        await prepare_database(postgres.dsn(**wrong), {})

    assert distrust_of(fault.value) is reason


PUBLISHERS = ("hall-terminal", "inspection-app")
HALL, STOLEN = map(publisher_user, PUBLISHERS)


async def hand_in(kafka: LockedKafka, key: bytes, truth: bytes, lie: bytes) -> None:
    """Let the hall tell the *truth*, and somebody with another's password a *lie* of the hall's."""
    inbox, other = map(inbox_of, PUBLISHERS)
    async with KafkaProducer(kafka.user(HALL)) as publisher:
        await publisher.send([Record(inbox, key, truth), Record(inbox, key, b"unreadable")])
    async with KafkaProducer(kafka.user(STOLEN)) as thief:
        await thief.send([Record(other, key, lie)])
        with pytest.raises(SendUnknown):
            await thief.send([Record(inbox, key, lie)])


async def test_each_service_goes_its_way_with_its_own_rights_and_believes_sealed_facts_alone(
    kafka: LockedKafka,
    postgres: LockedPostgres,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await prepare_topics(kafka.keeper, PARTITIONS, PUBLISHERS)
    await kafka.admit(dict.fromkeys([*USERS, HALL, STOLEN], PASSWORD))

    for service in ("intake", "assist", "review", "metrics", "relay"):
        access = kafka.user(f"casetrack-{service}")
        for name, value in told(access, service.upper(), tmp_path / service).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv(f"{service.upper()}_KAFKA_SEAL", SEAL)

    await leave_a_fact(postgres.dsn(user="casetrack_intake"))
    rating = foreign_fact("review.rating.posted", recordedtime="2024-09-18T08:51:00+08:00")
    key = rating["partitionkey"].encode()
    lie = write({**rating, "id": "a lie"})
    await hand_in(kafka, key, write(rating), lie)
    async with whole_way(
        tmp_path / "home",
        role_dsn=lambda role: postgres.dsn(user=role),
        kafka=kafka.server.address,
        owners=",".join(owner.value for owner in Owner),
        deciders=("intake", "assist", "review"),
    ) as way:
        # What lay there, the rating as it was told, and the order that review gives because of it.
        await way.folded(3)

        # Whoever gets past the broker still has no key of the relay's.
        forged = Record(Owner.INTAKE.topic, key, write({**rating, "id": "forged"}))
        async with KafkaProducer(kafka.keeper) as thief:
            await thief.send([forged, Record(INBOX, key, lie)])

        async def laid() -> set[tuple[str, str]]:
            box = DeadLetterBox(kafka.user("casetrack-operator"))
            return {(letter.group, letter.refusal.code) async for letter in box.load_all()}

        async def all_laid() -> bool:
            return await laid() == {
                ("casetrack-intake", "not_json"),
                ("casetrack-intake", "source_not_allowed"),
                ("casetrack-intake", "inbox_closed"),
                ("casetrack-assist", "unsealed"),
                ("casetrack-review", "unsealed"),
                ("casetrack-metrics", "unsealed"),
            }

        await eventually(all_laid, within=SECONDS_MAX)

        assert await way.count() == 3

    ends = await load_ends(kafka.user("casetrack-operator"), [Owner.REVIEW.topic])
    # What was refused of a publisher's words it reads itself.
    told_to_it = await load_ends(kafka.user(HALL), topics_of("hall-terminal")[1:])

    assert sum(ends.values()) == 1
    assert sum(told_to_it.values()) == 1
