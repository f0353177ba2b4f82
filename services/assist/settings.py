"""Assist's settings, from the environment."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.runtime.server import LOOPBACK
from shared.runtime.settings import KafkaServers, Port, PostgresDsn, Settings

District = Annotated[str, StringConstraints(pattern=r"^\d{6}$")]


class AssistSettings(Settings, env_prefix="ASSIST_"):
    """Where assist's store and Kafka are, and where it listens."""

    postgres_dsn: PostgresDsn = Field(
        description="assist's database, as the role `casetrack_assist`",
        examples=["postgresql://casetrack_assist:secret@127.0.0.1:5432/casetrack"],
    )
    kafka: KafkaServers = Field(
        description="bootstrap servers, for foreign facts of assist's family",
        examples=["127.0.0.1:9092"],
    )
    host: str = Field(LOOPBACK, description="the address to listen on", examples=["0.0.0.0"])  # noqa: S104 - an example
    port: Port = Field(8702, description="the port to listen on", examples=["8702"])
    district: District = Field(
        "610102",
        description="the district's code: it stands in our facts, and names us as their source",
        examples=["610102"],
    )

    @property
    def source(self) -> str:
        return f"urn:casetrack:{self.district}:assist"
