"""The embedded stack's settings, from the environment."""

from pathlib import Path

from pydantic import Field

from deploy.stack.places import CHECKOUT, StackFolders
from shared.kafka.access import KafkaSettings
from shared.kafka.port import PARTITIONS
from shared.runtime.settings import KafkaServers, PostgresDsn


class LocalSettings(KafkaSettings, env_prefix="CASETRACK_"):
    """Where the stack lives, and which servers it brings itself."""

    home: Path = Field(
        CHECKOUT / ".casetrack",
        description="state of the embedded stack",
        examples=["/var/lib/casetrack"],
    )
    port: int = Field(
        8700,
        ge=1024,
        le=65535 - 12,
        description="first of the local ports: +0 metrics and dashboard, +1 intake, +2 assist, "
        "+3 review; +4 to +9 are for probes; the embedded Kafka prefers +10",
        examples=["8700"],
    )
    probes: bool = Field(
        default=False,
        description="whether workers (ports +4, +5), ticker (+6), courier (+7), relay (+8) and "
        "signer (+9) answer `/metrics`, too: for a Prometheus, at the price of a door in each",
        examples=["true"],
    )
    kafka: KafkaServers | None = Field(
        None,
        description="bootstrap servers of an existing Kafka; none: the embedded one",
        examples=["kafka-1:9092,kafka-2:9092"],
    )
    postgres: PostgresDsn | None = Field(
        None,
        description="DSN of an existing PostgreSQL server, of a role that may make roles and "
        "databases; none: the embedded one",
        examples=["postgresql://postgres:secret@db.example.org/postgres"],
    )
    auditor_dsn: PostgresDsn | None = Field(
        None,
        description="DSN of the bureau's database as the role `casetrack_auditor`, for verify and "
        "figures; none: that of the local stack",
        examples=["postgresql://casetrack_auditor:secret@db.example.org/casetrack"],
    )
    metrics_dsn: PostgresDsn | None = Field(
        None,
        description="DSN of the bureau's database as the role `casetrack_metrics`, for rebuild; "
        "none: that of the local stack",
        examples=["postgresql://casetrack_metrics:secret@db.example.org/casetrack"],
    )
    checkpoint_key: Path | None = Field(
        None,
        description="the file of the key with which `checkpoint` signs, made where it is missing; "
        "beside it lie its public half and what was signed last; where there is one, `up` signs by "
        "itself; none: that of the home",
        examples=["/etc/casetrack/checkpoints.pem"],
    )
    checkpoint_keys: Path | None = Field(
        None,
        description="the JWK set by which `verify` believes checkpoints; none: that of the home",
        examples=["/etc/casetrack/checkpoints.jwks.json"],
    )
    checkpoint_minutes_max: float = Field(
        15.0,
        gt=0,
        description="`verify` warns where something has stood without a checkpoint for longer",
        examples=["30"],
    )
    partitions: int = Field(
        PARTITIONS,
        ge=1,
        le=64,
        description="partitions of every topic; more: docs/howto/grow-partitions.md",
        examples=["4"],
    )
    lang: str = Field(
        "",
        description="language of what people read in a terminal; none: the locale's",
        examples=["zh-CN"],
    )

    @property
    def key_of_checkpoints(self) -> Path:
        """Where the key lies that signs checkpoints, if there is one."""
        return self.checkpoint_key or self.places.keys / "checkpoints.pem"

    @property
    def places(self) -> StackFolders:
        return StackFolders(self.home.absolute())
