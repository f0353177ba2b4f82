"""Who we are to a Kafka comes from settings, secrets also from files; what is wrong is told."""

import ssl
from pathlib import Path

import pytest

from shared.kafka.access import KafkaAccess, KafkaSettings, Mechanism, Security
from shared.runtime.refused import Distrust, distrust_of
from shared.runtime.settings import load_settings
from tests.support.certificates import Authority

SERVERS = "kafka-1:9093,kafka-2:9093"


class ReaderSettings(KafkaSettings, env_prefix="READER_"):
    """As somebody who reads Kafka has them."""


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASETRACK_LANG", "en")


def told(monkeypatch: pytest.MonkeyPatch, **settings: object) -> KafkaAccess:
    for name, value in settings.items():
        monkeypatch.setenv(f"READER_KAFKA_{name.upper()}", str(value))
    return load_settings(ReaderSettings).access(SERVERS)


def test_without_a_setting_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = told(monkeypatch).arguments()

    assert arguments == {
        "bootstrap_servers": ["kafka-1:9093", "kafka-2:9093"],
        "security_protocol": "PLAINTEXT",
    }


def test_user_and_password_go_over_tls_that_checks_the_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    access = told(
        monkeypatch, security="SASL_SSL", ca=authority.certificate, user="me", password="secret"
    )
    arguments = access.arguments()
    context = arguments.pop("ssl_context")

    assert arguments == {
        "bootstrap_servers": ["kafka-1:9093", "kafka-2:9093"],
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "me",
        "sasl_plain_password": "secret",
    }
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_a_password_lies_in_a_file_and_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = tmp_path / "password"
    secret.write_text("long and secret\n")
    access = told(
        monkeypatch, security="SASL_SSL", mechanism="PLAIN", user="me", password_file=secret
    )

    assert access.password == secret.read_text().strip()
    assert access.mechanism is Mechanism.PLAIN
    assert "long" not in repr(access)


def test_our_certificate_is_shown_where_one_is_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    ours = authority.issue("reader")
    access = told(
        monkeypatch,
        security="SSL",
        ca=authority.certificate,
        certificate=ours.certificate,
        key=ours.key,
    )

    assert access.security is Security.SSL
    assert access.connection()["ssl_context"]


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"security": "TLS"}, "READER_KAFKA_SECURITY"),
        ({"security": "SASL_SSL", "password": "x"}, "READER_KAFKA_USER: this listener asks"),
        ({"security": "SASL_SSL", "user": "x"}, "READER_KAFKA_PASSWORD: this listener asks"),
        ({"ca": "/nowhere.pem"}, "READER_KAFKA_CA: Path does not point to a file"),
        ({"ca": __file__}, "READER_KAFKA_CA: there is no certificate in this file"),
        ({"certificate": __file__}, "READER_KAFKA_CERTIFICATE: there is no certificate"),
        (
            {"password_file": "/nowhere"},
            "READER_KAFKA_PASSWORD_FILE: there is no such file to read",
        ),
        (
            {"password": "x", "password_file": __file__},
            "READER_KAFKA_PASSWORD_FILE: is set beside the secret itself",
        ),
    ],
)
def test_what_is_wrong_is_told_in_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    settings: dict[str, str],
    line: str,
) -> None:
    with pytest.raises(SystemExit):
        told(monkeypatch, **settings)
    said = capsys.readouterr().err.splitlines()

    assert len(said) == 1
    assert line in said[0]


def test_a_certificate_without_its_key_is_told_at_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    ours = Authority(tmp_path).issue("reader")
    with pytest.raises(SystemExit):
        told(monkeypatch, certificate=ours.certificate)

    assert "READER_KAFKA_KEY: there is no key of the certificate" in capsys.readouterr().err


def test_the_reason_is_found_wherever_it_lies_in_a_fault() -> None:
    inner = ssl.SSLCertVerificationError()
    inner.verify_code = 10
    outer = RuntimeError("no facts for now")
    outer.__cause__ = inner

    assert distrust_of(ExceptionGroup("tasks", [ValueError(), outer])) is (
        Distrust.CERTIFICATE_EXPIRED
    )
    assert distrust_of(ConnectionRefusedError()) is None


def test_a_chain_of_faults_that_bites_its_own_tail_has_an_end() -> None:
    part = TypeError("in a task")
    part.__cause__ = ExceptionGroup("tasks", [part])

    assert distrust_of(ExceptionGroup("all", [part])) is None
