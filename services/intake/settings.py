"""Intake's settings, from the environment."""

from pydantic import Field

from shared.contracts.registry import Owner
from shared.runtime.settings import KafkaServers, Port, PostgresDsn
from shared.web.service_settings import ServiceSettings


class IntakeSettings(ServiceSettings, env_prefix="INTAKE_"):
    """Where intake's store and Kafka are, and where it listens."""

    owner = Owner.INTAKE

    postgres_dsn: PostgresDsn = Field(
        description="intake's database, as the role `casetrack_intake`",
        examples=["postgresql://casetrack_intake:secret@127.0.0.1:5432/casetrack"],
    )
    kafka: KafkaServers = Field(
        description="bootstrap servers, for the inbox of other systems' facts",
        examples=["127.0.0.1:9092"],
    )
    trial: bool = Field(
        default=False,
        description="whether the publisher `trial` may speak from every source, as on one machine",
        examples=["true"],
    )
    port: Port = Field(8701, description="the port to listen on", examples=["8701"])
