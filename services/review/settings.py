"""Review's settings, from the environment."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.runtime.server import LOOPBACK
from shared.runtime.settings import KafkaServers, Port, PostgresDsn, Settings

District = Annotated[str, StringConstraints(pattern=r"^\d{6}$")]


class ReviewSettings(Settings, env_prefix="REVIEW_"):
    """Where review's store and Kafka are, and where it listens."""

    postgres_dsn: PostgresDsn = Field(
        description="review's database, as the role `casetrack_review`",
        examples=["postgresql://casetrack_review:secret@127.0.0.1:5432/casetrack"],
    )
    kafka: KafkaServers = Field(
        description="bootstrap servers, for foreign ratings, and our own",
        examples=["127.0.0.1:9092"],
    )
    host: str = Field(LOOPBACK, description="the address to listen on", examples=["0.0.0.0"])  # noqa: S104 - an example
    port: Port = Field(8703, description="the port to listen on", examples=["8703"])
    district: District = Field(
        "610102",
        description="the district's code: it stands in our facts, and names us as their source",
        examples=["610102"],
    )

    @property
    def source(self) -> str:
        return f"urn:casetrack:{self.district}:review"
