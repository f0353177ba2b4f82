"""The settings that every service has, under its own prefix."""

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from shared.contracts.registry import Owner
from shared.kafka.access import KafkaAccess, KafkaSettings
from shared.runtime.settings import KafkaServers, Port, PostgresDsn
from shared.web.server import LOOPBACK

District = Annotated[str, StringConstraints(pattern=r"^\d{6}$")]


class ServiceSettings(KafkaSettings):
    """Where the store and Kafka are, and where the service listens; each says it in its words."""

    owner: ClassVar[Owner]
    """Whose facts the service records."""

    postgres_dsn: PostgresDsn
    kafka: KafkaServers
    host: str = Field(LOOPBACK, description="the address to listen on", examples=["0.0.0.0"])  # noqa: S104 - an example
    port: Port
    district: District = Field(
        "610102",
        description="the district's code: it stands in our facts, and names us as their source",
        examples=["610102"],
    )

    @property
    def broker(self) -> KafkaAccess:
        return self.access(self.kafka)

    @property
    def source(self) -> str:
        return f"urn:casetrack:{self.district}:{self.owner.value}"
