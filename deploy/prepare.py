"""``python -m deploy.prepare``: database, topics, session key; once, before the services start."""

import asyncio
import sys
from pathlib import Path

from pydantic import DirectoryPath, Field, SecretStr

from deploy.alignment import align
from deploy.databases import prepare_database
from deploy.faults import Fault
from deploy.kafka_users import passwords_in, prepare_users, publishers_among
from deploy.texts import text
from deploy.topics import prepare_topics
from shared.eventstore.roles import DatabaseRole
from shared.kafka.access import Broker, KafkaSettings
from shared.kafka.port import PARTITIONS
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.runtime.settings import KafkaServers, PostgresDsn, load_settings
from shared.web.issuer import LocalIssuer

FAILED = 1
PASSWORD = "the role's password is set to this; none: it keeps the one it has"  # noqa: S105 - a meaning
EXAMPLE = ["a-long-random-word"]


class PrepareSettings(KafkaSettings, env_prefix="PREPARE_"):
    """Which servers to prepare, and how our processes will log in."""

    postgres_dsn: PostgresDsn = Field(
        description="the database to make, as a role that may make roles and databases",
        examples=["postgresql://postgres:secret@postgres:5432/casetrack"],
    )
    kafka: KafkaServers = Field(
        description="bootstrap servers, for the topics", examples=["kafka:9092"]
    )
    partitions: int = Field(
        PARTITIONS,
        ge=1,
        le=64,
        description="partitions of every topic; more: docs/howto/grow-partitions.md",
        examples=["4"],
    )
    intake_password: SecretStr | None = Field(None, description=PASSWORD, examples=EXAMPLE)
    assist_password: SecretStr | None = Field(None, description=PASSWORD, examples=EXAMPLE)
    review_password: SecretStr | None = Field(None, description=PASSWORD, examples=EXAMPLE)
    metrics_password: SecretStr | None = Field(None, description=PASSWORD, examples=EXAMPLE)
    metrics_api_password: SecretStr | None = Field(None, description=PASSWORD, examples=EXAMPLE)
    relay_password: SecretStr | None = Field(None, description=PASSWORD, examples=EXAMPLE)
    auditor_password: SecretStr | None = Field(None, description=PASSWORD, examples=EXAMPLE)
    backup_password: SecretStr | None = Field(None, description=PASSWORD, examples=EXAMPLE)

    kafka_users: DirectoryPath | None = Field(
        None,
        description="folder with a file for each user of ours on Kafka, named like the user, that "
        "holds the password, or nothing for who shows a certificate: users, rights and the "
        "publishers' inboxes are made so; none: somebody else makes them",
        examples=["/run/secrets/kafka-users"],
    )
    session_keys: Path | None = Field(
        None,
        description="folder where the key that signs browsers' sessions is made; none: no browser "
        "signs in by link",
        examples=["/var/lib/casetrack/keys"],
    )

    @property
    def passwords(self) -> dict[str, str]:
        """By role name, of those that are given."""
        given = {role: getattr(self, f"{role.name.lower()}_password") for role in DatabaseRole}
        return {
            role.value: secret.get_secret_value()
            for role, secret in given.items()
            if secret is not None
        }


async def prepare(settings: PrepareSettings) -> None:
    """
    Make what is missing and bring the rest up to date; a second time changes nothing.

    Raises:
        Fault: a server is away, or holds something that we must not change.
    """
    await prepare_database(settings.postgres_dsn.get_secret_value(), settings.passwords)
    broker = settings.access(settings.kafka)
    await prepare_kafka(broker, settings.partitions, settings.kafka_users)
    await align(settings.postgres_dsn.get_secret_value(), broker, settings.seal)
    if settings.session_keys is not None:
        LocalIssuer.open(settings.session_keys, SystemClock(), SystemIds())


async def prepare_kafka(broker: Broker, partitions: int, folder: Path | None) -> None:
    """Make topics, and where a *folder* tells of users, them with their rights and inboxes."""
    users = {} if folder is None else passwords_in(folder)
    await prepare_topics(broker, partitions, publishers_among(users))
    if folder is not None:
        await prepare_users(broker, users)


def main() -> int:
    settings = load_settings(PrepareSettings)
    try:
        asyncio.run(prepare(settings))
    except Fault as fault:
        said = text(fault.code, **fault.values)
        sys.stderr.write(f"{said.title}\n{said.detail}\n")
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main())
