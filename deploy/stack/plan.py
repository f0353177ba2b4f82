"""What a stack consists of under given settings: its servers, or other people's, and our parts."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from deploy.alignment import align
from deploy.databases import ROLES, addressed, prepare_database
from deploy.stack.credentials import load_passwords, write_passfile
from deploy.stack.java import ShowProgress
from deploy.stack.part import PartGroup, StackPart
from deploy.stack.parts import Briefing, service_parts
from deploy.stack.places import StackFolders
from deploy.stack.postgres import SUPERUSER, embedded_postgres
from deploy.stack.servers import embedded_kafka, kafka_part, postgres_part
from deploy.stack.settings import LocalSettings
from deploy.topics import prepare_topics
from shared.eventstore.roles import DatabaseRole
from shared.kafka.access import Broker
from shared.kafka.seal import Seal
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.web.issuer import LocalIssuer

DATABASE = "casetrack"
KAFKA_PORT_OFFSET = 10
OURS = "CASETRACK_KAFKA_"
# The services are told where their own database is; how we reach the server is not theirs.
WITHHELD = ("CASETRACK_POSTGRES", "CASETRACK_KAFKA")


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a supervisor needs."""

    stages: tuple[PartGroup, ...]
    kafka: str
    postgres: str
    env: Mapping[str, str]


def plan_stack(settings: LocalSettings, progress: ShowProgress | None = None) -> Plan:
    """Return the plan for *settings*; downloads Kafka where it is wanted and not there."""
    places = settings.places
    passwords = load_passwords(places, [SUPERUSER, *ROLES])
    write_passfile(places, SUPERUSER, passwords[SUPERUSER])
    postgres, postgres_parts = _postgres(settings, passwords[SUPERUSER])
    kafka, kafka_parts = _kafka(settings, progress)
    broker, seal = (kafka, None) if kafka_parts else (settings.access(kafka), settings.seal)
    desk = Briefing(
        places=places,
        first_port=settings.port,
        kafka=kafka,
        dsn_of=lambda role: _as_role(postgres, role, passwords),
        trust=_trust(places),
        identity={} if kafka_parts else _identity(),
        checkpoint_key=_checkpoint_key(settings),
        delivers=bool(os.environ.get("METRICS_DELIVERIES")),
        probes=settings.probes,
    )
    settle = partial(_settle, postgres, broker, passwords, settings.partitions, seal)
    servers = PartGroup((*postgres_parts, *kafka_parts), settle)
    return Plan(
        stages=(servers, PartGroup(service_parts(desk))),
        kafka=kafka,
        postgres=postgres,
        env={name: value for name, value in os.environ.items() if not name.startswith(WITHHELD)},
    )


def _postgres(settings: LocalSettings, password: str) -> tuple[str, tuple[StackPart, ...]]:
    if settings.postgres is not None:
        return addressed(settings.postgres.get_secret_value(), database=DATABASE), ()
    server = embedded_postgres(settings.places, password)
    return server.dsn(DATABASE), (postgres_part(server),)


def _kafka(
    settings: LocalSettings, progress: ShowProgress | None
) -> tuple[str, tuple[StackPart, ...]]:
    if settings.kafka is not None:
        return settings.kafka, ()
    broker = embedded_kafka(settings.places, settings.port + KAFKA_PORT_OFFSET, progress)
    return broker.address, (kafka_part(broker),)


def _identity() -> dict[str, str]:
    """Return who we are to a given Kafka, as our processes are told under their own prefixes."""
    found = os.environ.items()
    return {name.removeprefix(OURS): value for name, value in found if name.startswith(OURS)}


def _checkpoint_key(settings: LocalSettings) -> Path | None:
    """Return the key that checkpoints are signed with, where somebody has set or made one."""
    if settings.checkpoint_key is not None or settings.key_of_checkpoints.exists():
        return settings.key_of_checkpoints.absolute()
    return None


def _as_role(postgres: str, role: DatabaseRole, passwords: Mapping[str, str]) -> str:
    return addressed(postgres, database=DATABASE, role=role, password=passwords[role])


def _trust(places: StackFolders) -> dict[str, str]:
    # An OIDC issuer in the environment wins over the local one.
    LocalIssuer.open(places.keys, SystemClock(), SystemIds())
    jwks = str(places.keys / "jwks.json")
    local = {"AUTH_JWKS": jwks, "AUTH_SESSION_JWKS": jwks, "CASETRACK_HOME": str(places.home)}
    return {name: os.environ.get(name, value) for name, value in local.items()}


async def _settle(
    postgres: str,
    broker: Broker,
    passwords: Mapping[str, str],
    partitions: int,
    seal: Seal | None,
) -> None:
    await prepare_database(postgres, {role: passwords[role] for role in ROLES})
    await prepare_topics(broker, partitions)
    await align(postgres, broker, seal)
