"""Review's settings, from the environment."""

from pydantic import Field

from shared.contracts.registry import Owner
from shared.runtime.settings import KafkaServers, Port, PostgresDsn
from shared.web.service_settings import ServiceSettings


class ReviewSettings(ServiceSettings, env_prefix="REVIEW_"):
    """Where review's store and Kafka are, and where it listens."""

    owner = Owner.REVIEW

    postgres_dsn: PostgresDsn = Field(
        description="review's database, as the role `casetrack_review`",
        examples=["postgresql://casetrack_review:secret@127.0.0.1:5432/casetrack"],
    )
    kafka: KafkaServers = Field(
        description="bootstrap servers, for foreign ratings, and our own",
        examples=["127.0.0.1:9092"],
    )
    port: Port = Field(8703, description="the port to listen on", examples=["8703"])
