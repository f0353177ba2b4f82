"""The settings of metrics, read from the environment."""

from pathlib import Path

from pydantic import Field, field_validator

from shared.contracts.registry import Owner
from shared.runtime.settings import KafkaServers, Port, PostgresDsn
from shared.web.service_settings import ServiceSettings


class MetricsSettings(ServiceSettings, env_prefix="METRICS_"):
    """What every process of metrics is told."""

    owner = Owner.SUPERVISION

    postgres_dsn: PostgresDsn = Field(
        description="projection and supervision's events, as the role `casetrack_metrics`; for the "
        "API `casetrack_metrics_api`, which sees the rows of its readers' organisations alone",
        examples=["postgresql://casetrack_metrics:secret@/casetrack?host=/run/casetrack"],
    )
    kafka: KafkaServers = Field(
        description="bootstrap servers of the topics that are folded",
        examples=["127.0.0.1:9092"],
    )
    port: Port = Field(
        8700, description="where the API and the dashboard listen", examples=["8700"]
    )
    batch_records_max: int = Field(
        # More than a fetch brings of ordinary facts: what one leaves over is a small batch of its
        # own, for which the pictures of its dossiers are made once more.
        20_000,
        ge=1,
        le=50_000,
        description="records of one fetch that are folded in one transaction at most",
        examples=["20000"],
    )
    rebuild_processes: int | None = Field(
        None,
        ge=1,
        description="processes that fold everything again after an upgrade; more than a topic has "
        "partitions have nothing to do; none: one for each CPU",
        examples=["2"],
    )
    probe_port: Port | None = Field(
        None,
        description="where worker, ticker and courier say how they are; none: nowhere",
        examples=["8710"],
    )
    rules_second_person: bool = Field(
        default=False,
        description="whether a change of the rules is published only when a second person hands "
        "in the same",
        examples=["true"],
    )
    deliveries: Path | None = Field(
        None,
        description="the profile of deliveries: channels, and who is told of what through them, "
        "which the courier reads; none: nobody is told",
        examples=["/etc/casetrack/deliveries.json"],
    )
    delivery_hosts: str = Field(
        "",
        description="hosts that anything may be sent to, comma-separated; a channel of another "
        "one is refused",
        examples=["qyapi.weixin.qq.com,smtp.xincheng.gov.cn"],
    )
    delivery_networks: str = Field(
        "",
        description="networks of the bureau's own that such a host may be in, comma-separated; "
        "public addresses need none",
        examples=["10.20.0.0/16"],
    )
    certificate_key: Path | None = Field(
        None,
        description="the file of the key that signs deadline certificates, made where it is "
        "missing, its public half beside it; none: they say that they are unsigned",
        examples=["/etc/casetrack/certificates.pem"],
    )
    demo: bool = Field(
        default=False,
        description="whether the page says that its data are made up",
        examples=["true"],
    )

    @field_validator("certificate_key", mode="before")
    @classmethod
    def _set(cls, key: object) -> object:
        # So Compose says that there is none.
        return key or None
