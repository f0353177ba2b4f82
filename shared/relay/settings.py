"""What the relay has to be told."""

from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from shared.contracts.registry import Owner
from shared.runtime.settings import KafkaServers, PostgresDsn, Settings


class RelaySettings(Settings, env_prefix="RELAY_"):
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

    @field_validator("owners", mode="before")
    @classmethod
    def _split(cls, owners: object) -> object:
        return owners.split(",") if isinstance(owners, str) else owners
