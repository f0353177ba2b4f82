"""Assist's settings, from the environment."""

from pydantic import Field

from shared.contracts.registry import Owner
from shared.runtime.settings import KafkaServers, Port, PostgresDsn
from shared.web.service_settings import ServiceSettings


class AssistSettings(ServiceSettings, env_prefix="ASSIST_"):
    """Where assist's store and Kafka are, and where it listens."""

    owner = Owner.ASSIST

    postgres_dsn: PostgresDsn = Field(
        description="assist's database, as the role `casetrack_assist`",
        examples=["postgresql://casetrack_assist:secret@127.0.0.1:5432/casetrack"],
    )
    kafka: KafkaServers = Field(
        description="bootstrap servers, for foreign facts of assist's family",
        examples=["127.0.0.1:9092"],
    )
    port: Port = Field(8702, description="the port to listen on", examples=["8702"])
