"""What the relay has to be told."""

from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from shared.contracts.registry import Owner
from shared.kafka.access import KafkaAccess, KafkaSettings
from shared.runtime.settings import KafkaServers, Port, PostgresDsn
from shared.web.server import LOOPBACK


class RelaySettings(KafkaSettings, env_prefix="RELAY_"):
    """From where to where, and whose facts."""

    postgres_dsn: PostgresDsn = Field(
        description="the event stores' database, as the role `casetrack_relay`",
        examples=["postgresql://casetrack_relay:secret@localhost/casetrack"],
    )
    kafka: KafkaServers = Field(
        description="Kafka's bootstrap servers", examples=["localhost:9092"]
    )
    owners: Annotated[tuple[Owner, ...], NoDecode] = Field(
        default=tuple(Owner),
        description="whose facts to send, separated by commas",
        examples=["intake,review"],
    )
    host: str = Field(LOOPBACK, description="the address to listen on", examples=["0.0.0.0"])  # noqa: S104 - an example
    probe_port: Port | None = Field(
        None, description="where the relay says how it is; none: nowhere", examples=["8710"]
    )

    @property
    def broker(self) -> KafkaAccess:
        return self.access(self.kafka)

    @field_validator("owners", mode="before")
    @classmethod
    def _split(cls, owners: object) -> object:
        return owners.split(",") if isinstance(owners, str) else owners
