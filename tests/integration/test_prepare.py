"""What the one-shot container does before the services start: everything, and twice no harm."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from deploy.databases import FOLDERS, addressed
from deploy.prepare import PrepareSettings, prepare
from deploy.sign_in import link
from services.intake.settings import IntakeSettings
from shared.eventstore.migrations import EVENT_STORES, OWN_FOLDER, Schema, load_folder
from shared.kafka.topics import DEAD_LETTER_TOPICS, EVENT_TOPICS
from shared.runtime.clock import SystemClock
from shared.web.auth import Role
from shared.web.gate import AuthSettings, tickets_verifier
from shared.web.keys import file_keys
from tests.support.servers import PASSWORD
from tests.support.stack import kafka_admin

SECONDS_MAX = 120
APPLIED = """
SELECT number
FROM {}.migrations
ORDER BY number
"""


@pytest.fixture
def settings(postgres_dsn: str, bureau_topics: str, tmp_path: Path) -> PrepareSettings:
    return PrepareSettings(
        postgres_dsn=postgres_dsn,
        kafka=bureau_topics,
        intake_password=PASSWORD,
        session_keys=tmp_path / "keys",
    )


async def test_afterwards_a_service_can_log_in_and_every_topic_is_there(
    settings: PrepareSettings,
) -> None:
    await prepare(settings)
    await prepare(settings)
    dsn = settings.postgres_dsn.get_secret_value()
    name = urlsplit(dsn).path[1:]
    intake = await asyncpg.connect(
        addressed(dsn, database=name, role="casetrack_intake", password=PASSWORD)
    )
    facts = await intake.fetchval("SELECT count(*) FROM intake.events")
    await intake.close()

    assert facts == 0
    assert {*EVENT_TOPICS, *DEAD_LETTER_TOPICS} <= await topics(settings.kafka)


async def test_who_makes_a_role_and_who_logs_in_read_its_password_from_one_file(
    postgres_dsn: str, bureau_topics: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = urlsplit(postgres_dsn)
    keeper, intake = tmp_path / "postgres", tmp_path / "casetrack_intake"
    keeper.write_text(f"{parts.password}\n")
    # Roles are of the whole server, and other tests log in as this one.
    intake.write_text(f"{PASSWORD}\n")
    server = parts.netloc.rpartition("@")[2]
    for prefix, user, password in (
        ("PREPARE", parts.username, keeper),
        ("INTAKE", "casetrack_intake", intake),
    ):
        dsn = urlunsplit(parts._replace(netloc=f"{user}@{server}"))
        monkeypatch.setenv(f"{prefix}_KAFKA", bureau_topics)
        monkeypatch.setenv(f"{prefix}_POSTGRES_DSN", dsn)
        monkeypatch.setenv(f"{prefix}_POSTGRES_DSN_PASSWORD_FILE", str(password))
    monkeypatch.setenv("PREPARE_INTAKE_PASSWORD_FILE", str(intake))
    await prepare(PrepareSettings())
    connection = await asyncpg.connect(IntakeSettings().postgres_dsn.get_secret_value())
    user = await connection.fetchval("SELECT current_user")
    await connection.close()

    assert user == "casetrack_intake"


async def test_the_session_key_is_made_once_and_opens_the_door(
    settings: PrepareSettings, tmp_path: Path
) -> None:
    await prepare(settings)
    jwks = tmp_path / "keys" / "jwks.json"
    first = jwks.read_text(encoding="utf-8")
    await prepare(settings)
    auth = AuthSettings(jwks="https://id.example.org/jwks", session_jwks=jwks)
    address = link(auth, Role.DIRECTOR, "https://casetrack.example.org") or ""
    where, _, ticket = address.partition("?ticket=")
    clock = SystemClock()
    bearer = await tickets_verifier(file_keys(jwks, clock), clock).verify(ticket)

    assert jwks.read_text(encoding="utf-8") == first
    assert (where, bearer.roles) == (
        "https://casetrack.example.org/sign-in",
        frozenset({Role.DIRECTOR}),
    )


async def test_a_topic_with_other_partitions_is_refused_in_two_lines(
    settings: PrepareSettings,
) -> None:
    done = await prepared(
        {
            "PREPARE_POSTGRES_DSN": settings.postgres_dsn.get_secret_value(),
            "PREPARE_KAFKA": settings.kafka,
            "PREPARE_PARTITIONS": "7",
        }
    )

    assert (done.returncode, len(done.stderr.splitlines())) == (1, 2)
    assert "7" in done.stderr


@pytest.fixture
def fresh_dsn(postgres_dsn: str) -> str:
    """Return the address of a database that nobody has made yet."""
    return addressed(postgres_dsn, database=f"{urlsplit(postgres_dsn).path[1:]}_fresh")


@pytest.mark.parametrize("place", ["migration.made", "migration.committed"])
async def test_killed_in_the_midst_of_its_migrations_the_next_start_goes_on(
    place: str, fresh_dsn: str, bureau_topics: str, superuser: asyncpg.Connection
) -> None:
    told = {"PREPARE_POSTGRES_DSN": fresh_dsn, "PREPARE_KAFKA": bureau_topics}
    kills = [await prepared({**told, "CASETRACK_CRASH": f"{place}:{after}"}) for after in (3, 20)]
    last = await prepared(told)
    connection = await asyncpg.connect(fresh_dsn)
    applied = {
        schema: [row["number"] for row in await connection.fetch(APPLIED.format(schema))]
        for schema in (*EVENT_STORES, Schema.METRICS)
    }
    await connection.close()
    await superuser.execute(f'DROP DATABASE "{urlsplit(fresh_dsn).path[1:]}" WITH (FORCE)')

    assert [killed.returncode for killed in kills] == [137, 137]
    assert (last.returncode, last.stderr) == (0, "")
    assert applied == {
        schema: [one.number for one in load_folder(FOLDERS.get(schema, OWN_FOLDER))]
        for schema in applied
    }


async def prepared(told: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Let the container `prepare` live as it is *told* to."""
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-P", "-m", "deploy.prepare"],
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        env={**os.environ, "CASETRACK_LANG": "en", **told},
    )


async def topics(kafka: str) -> set[str]:
    async with kafka_admin(kafka) as admin:
        return set(await admin.list_topics())
