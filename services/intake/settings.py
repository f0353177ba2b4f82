"""Intake's settings, from the environment."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.runtime.server import LOOPBACK
from shared.runtime.settings import KafkaServers, Port, PostgresDsn, Settings

District = Annotated[str, StringConstraints(pattern=r"^\d{6}$")]


class IntakeSettings(Settings, env_prefix="INTAKE_"):
    """Where intake's store and Kafka are, and where it listens."""

    postgres_dsn: PostgresDsn = Field(
        description="intake's database, as the role `casetrack_intake`",
        examples=["postgresql://casetrack_intake:secret@127.0.0.1:5432/casetrack"],
    )
    kafka: KafkaServers = Field(
        description="bootstrap servers, for the inbox of other systems' facts",
        examples=["127.0.0.1:9092"],
    )
    host: str = Field(LOOPBACK, description="the address to listen on", examples=["0.0.0.0"])  # noqa: S104 - an example
    port: Port = Field(8701, description="the port to listen on", examples=["8701"])
    district: District = Field(
        "610102",
        description="the district's code: it stands in our facts, and names us as their source",
        examples=["610102"],
    )

    @property
    def source(self) -> str:
        return f"urn:casetrack:{self.district}:intake"
