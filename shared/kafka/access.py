"""Who we are to a Kafka, and how it proves who it is: the one way to what its clients are told."""

import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, FilePath, SecretStr, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from shared.kafka.seal import KEYRING, Seal
from shared.runtime.certificates import tell_certificates
from shared.runtime.settings import Settings


class Security(StrEnum):
    """How a listener of Kafka's is spoken to, in Kafka's own words."""

    PLAINTEXT = "PLAINTEXT"
    SSL = "SSL"
    SASL_PLAINTEXT = "SASL_PLAINTEXT"
    SASL_SSL = "SASL_SSL"

    @property
    def encrypts(self) -> bool:
        return self in (Security.SSL, Security.SASL_SSL)

    @property
    def asks_for_password(self) -> bool:
        return self in (Security.SASL_PLAINTEXT, Security.SASL_SSL)


class Mechanism(StrEnum):
    """How a password is shown."""

    SCRAM_SHA_512 = "SCRAM-SHA-512"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    PLAIN = "PLAIN"


@dataclass(frozen=True, slots=True)
class KafkaAccess:
    """A Kafka's servers, and what lets us in there."""

    servers: str
    security: Security = Security.PLAINTEXT
    ca: Path | None = None
    """Who vouches for the brokers; None: whom the machine trusts."""
    certificate: Path | None = None
    key: Path | None = None
    mechanism: Mechanism = Mechanism.SCRAM_SHA_512
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def knows_us(self) -> bool:
        """Whether the brokers know who speaks, and so can tell one from another."""
        return self.security.asks_for_password or self.certificate is not None

    def connection(self) -> dict[str, Any]:
        """Return how a connection of aiokafka's proves both sides; certificates are read anew."""
        told: dict[str, Any] = {"security_protocol": self.security.value}
        if self.security.encrypts:
            told["ssl_context"] = self.context()
        if self.security.asks_for_password:
            told |= {
                "sasl_mechanism": self.mechanism.value,
                "sasl_plain_username": self.user,
                "sasl_plain_password": self.password,
            }
        return told

    def arguments(self) -> dict[str, Any]:
        """Return what every client of aiokafka's is told."""
        return {"bootstrap_servers": self.servers.split(","), **self.connection()}

    def context(self) -> ssl.SSLContext:
        """
        Return what checks the broker's certificate and its name, and shows ours.

        Raises:
            OSError: a file is none, or holds no certificate (SSLError).
        """
        context = ssl.create_default_context(cafile=self.ca)
        tell_certificates({"kafka_authority": self.ca, "kafka_client": self.certificate})
        if self.certificate is not None:
            # Without a password that it could wait for at a terminal.
            context.load_cert_chain(self.certificate, self.key, password="")
        return context


Broker = KafkaAccess | str
"""Where a Kafka is; its address alone, where it asks nobody who they are."""


def access_to(broker: Broker) -> KafkaAccess:
    return KafkaAccess(broker) if isinstance(broker, str) else broker


def _certificates(path: Path) -> Path:
    try:
        ssl.create_default_context(cafile=path)
    except (ssl.SSLError, OSError) as fault:
        raise PydanticCustomError(
            "certificate_unreadable", "there is no certificate in this file"
        ) from fault
    return path


CertificateFile = Annotated[FilePath, AfterValidator(_certificates)]
USER_MISSING = PydanticCustomError("kafka_user_missing", "this listener asks for user and password")


class KafkaSettings(Settings):
    """Who we are to Kafka: inherited by whoever speaks to it, under its own prefix."""

    kafka_security: Security = Field(
        Security.PLAINTEXT,
        description="how the listener is spoken to: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL",
        examples=["SASL_SSL"],
    )
    kafka_ca: CertificateFile | None = Field(
        None,
        description="file (PEM) of who vouches for the brokers; none: whom the machine trusts",
        examples=["/run/secrets/kafka-ca.pem"],
    )
    kafka_certificate: CertificateFile | None = Field(
        None,
        description="file (PEM) of our certificate, where the brokers ask for one",
        examples=["/run/secrets/kafka.pem"],
    )
    kafka_key: FilePath | None = Field(
        None,
        validate_default=True,
        description="file (PEM) of its key; none: it lies in the certificate's file",
        examples=["/run/secrets/kafka-key.pem"],
    )
    kafka_mechanism: Mechanism = Field(
        Mechanism.SCRAM_SHA_512,
        description="how the password is shown: SCRAM-SHA-512, SCRAM-SHA-256 or PLAIN",
        examples=["SCRAM-SHA-512"],
    )
    kafka_user: str = Field(
        "",
        validate_default=True,
        description="our name to Kafka",
        examples=["casetrack-intake"],
    )
    kafka_password: SecretStr = Field(
        SecretStr(""),
        validate_default=True,
        description="its password",
        examples=["a-long-random-word"],
    )

    kafka_seal: SecretStr | None = Field(
        None,
        description="named keys (32 bytes in hexadecimal) by which the owners' records are known: "
        "the relay seals with the first, readers believe all; none: every record is believed",
        examples=["2026:" + 32 * "5e"],
    )

    @field_validator("kafka_seal", mode="after")
    @classmethod
    def _a_keyring(cls, seal: SecretStr | None) -> SecretStr | None:
        if seal is not None and KEYRING.fullmatch(seal.get_secret_value()) is None:
            raise PydanticCustomError("kafka_seal", "keys are name:hexadecimal, of 32 bytes each")
        return seal

    @field_validator("kafka_key", mode="after")
    @classmethod
    def _of_the_certificate(cls, key: Path | None, told: ValidationInfo) -> Path | None:
        certificate = told.data.get("kafka_certificate")
        try:
            if certificate is not None:
                KafkaAccess("", certificate=certificate, key=key).context()
        except (ssl.SSLError, OSError) as fault:
            raise PydanticCustomError(
                "key_unreadable", "there is no key of the certificate in this file"
            ) from fault
        return key

    @field_validator("kafka_user", mode="after")
    @classmethod
    def _named(cls, user: str, told: ValidationInfo) -> str:
        if not user and _asks(told):
            raise USER_MISSING
        return user

    @field_validator("kafka_password", mode="after")
    @classmethod
    def _given(cls, password: SecretStr, told: ValidationInfo) -> SecretStr:
        if not password.get_secret_value() and _asks(told):
            raise USER_MISSING
        return password

    @property
    def seal(self) -> Seal | None:
        return None if self.kafka_seal is None else Seal.of(self.kafka_seal.get_secret_value())

    def access(self, servers: str) -> KafkaAccess:
        """Return the way to *servers* as who we are."""
        return KafkaAccess(
            servers=servers,
            security=self.kafka_security,
            ca=self.kafka_ca,
            certificate=self.kafka_certificate,
            key=self.kafka_key,
            mechanism=self.kafka_mechanism,
            user=self.kafka_user,
            password=self.kafka_password.get_secret_value(),
        )


def _asks(told: ValidationInfo) -> bool:
    security = told.data.get("kafka_security")
    return isinstance(security, Security) and security.asks_for_password
