"""A wrong setting is refused in one line that helps."""

from pathlib import Path

import pytest
from pydantic import Field, ValidationError

from services.assist.settings import AssistSettings
from services.intake import settings as intake
from services.metrics.settings import MetricsSettings
from services.review.settings import ReviewSettings
from shared.contracts.naming import Language
from shared.runtime.settings import (
    KafkaServers,
    Port,
    PostgresDsn,
    Settings,
    faults_of,
    load_settings,
    settings_table,
    variable_of,
)
from shared.web.gate import AuthSettings
from shared.web.service_settings import ServiceSettings

DSN = "postgresql://intake:s3cret@localhost/casetrack"


class IntakeSettings(Settings, env_prefix="INTAKE_"):
    """As a service writes them."""

    port: Port = Field(8701, description="where the API listens", examples=["8701"])
    kafka: KafkaServers = Field("localhost:9092", description="brokers", examples=["kafka:9092"])
    postgres_dsn: PostgresDsn = Field(
        description="the database", examples=["postgresql://intake@localhost/casetrack"]
    )


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASETRACK_LANG", "en")
    monkeypatch.setenv("INTAKE_POSTGRES_DSN", DSN)


def test_settings_come_from_the_services_own_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_PORT", "9001")
    settings = load_settings(IntakeSettings)

    assert settings.port == 9001
    assert settings.postgres_dsn.get_secret_value() == DSN


@pytest.mark.parametrize(
    ("kind", "owner"),
    [
        (intake.IntakeSettings, "intake"),
        (AssistSettings, "assist"),
        (ReviewSettings, "review"),
        (MetricsSettings, "supervision"),
    ],
)
def test_every_service_speaks_as_the_district_that_it_is_told(
    monkeypatch: pytest.MonkeyPatch, kind: type[ServiceSettings], owner: str
) -> None:
    for name, value in (("POSTGRES_DSN", DSN), ("KAFKA", "kafka:9092"), ("DISTRICT", "610103")):
        monkeypatch.setenv(variable_of(kind, name), value)

    assert load_settings(kind).source == f"urn:casetrack:610103:{owner}"


@pytest.mark.parametrize(
    ("variable", "wrong", "example"),
    [
        ("INTAKE_PORT", "eighty", "INTAKE_PORT=8701"),
        ("INTAKE_PORT", "70000", "INTAKE_PORT=8701"),
        ("INTAKE_KAFKA", "kafka", "INTAKE_KAFKA=kafka:9092"),
        ("INTAKE_POSTGRES_DSN", "mysql://x", "INTAKE_POSTGRES_DSN=postgresql://intake@"),
    ],
)
def test_a_wrong_value_stops_the_start_with_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variable: str,
    wrong: str,
    example: str,
) -> None:
    monkeypatch.setenv(variable, wrong)

    with pytest.raises(SystemExit) as end:
        load_settings(IntakeSettings)
    said = capsys.readouterr().err
    assert end.value.code == 2
    assert said.startswith(f"{variable}: ")
    assert example in said
    assert said.count("\n") == 1


def test_a_missing_value_is_named_in_chinese_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INTAKE_POSTGRES_DSN")

    with pytest.raises(ValidationError) as fault:
        IntakeSettings()
    lines = faults_of(IntakeSettings, fault.value, Language.ZH_CN)
    assert lines[0].startswith("INTAKE_POSTGRES_DSN：未设置。正确示例：")


@pytest.mark.parametrize(
    ("variable", "wrong", "fault"),
    [
        ("INTAKE_PORT", "eighty", "应为整数"),
        ("INTAKE_PORT", "70000", "不得大于 65535"),
        ("INTAKE_KAFKA", "kafka", "服务器写作 host:port，以英文逗号分隔"),
        ("INTAKE_POSTGRES_DSN", "mysql://x", "DSN 以 postgresql:// 开头"),
    ],
)
def test_a_wrong_value_is_told_in_chinese_alone(
    monkeypatch: pytest.MonkeyPatch, variable: str, wrong: str, fault: str
) -> None:
    monkeypatch.setenv(variable, wrong)

    with pytest.raises(ValidationError) as refusal:
        IntakeSettings()
    lines = faults_of(IntakeSettings, refusal.value, Language.ZH_CN)
    assert lines[0].startswith(f"{variable}：{fault}。正确示例：")


def test_a_password_is_in_no_text_of_the_settings() -> None:
    settings = load_settings(IntakeSettings)

    assert "s3cret" not in repr(settings) + str(settings)


def test_a_wrong_secret_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INTAKE_POSTGRES_DSN", "s3cret")

    with pytest.raises(SystemExit):
        load_settings(IntakeSettings)
    assert "s3cret" not in capsys.readouterr().err


@pytest.mark.parametrize("dsn", ["variable", "file"])
def test_the_password_of_a_dsn_may_lie_in_a_file_by_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, dsn: str
) -> None:
    without = "postgresql://intake@one:5432,two:5432/casetrack?sslmode=verify-full"
    (tmp_path / "password").write_text("a/b@c:d\n")
    (tmp_path / "dsn").write_text(without)
    monkeypatch.setenv("INTAKE_POSTGRES_DSN_PASSWORD_FILE", str(tmp_path / "password"))
    if dsn == "file":
        monkeypatch.delenv("INTAKE_POSTGRES_DSN")
        monkeypatch.setenv("INTAKE_POSTGRES_DSN_FILE", str(tmp_path / "dsn"))
    else:
        monkeypatch.setenv("INTAKE_POSTGRES_DSN", without)

    assert load_settings(IntakeSettings).postgres_dsn.get_secret_value() == without.replace(
        "intake@", "intake:a%2Fb%40c%3Ad@"
    )


@pytest.mark.parametrize(
    ("dsn", "file", "said"),
    [
        (DSN, "password", "is set beside the secret itself"),
        ("postgresql:///casetrack", "password", "the DSN names no user"),
        ("postgresql://intake@db/casetrack", "no such", "there is no such file to read"),
    ],
)
def test_a_password_that_belongs_to_no_dsn_is_refused(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    dsn: str,
    file: str,
    said: str,
) -> None:
    (tmp_path / "password").write_text("s3cret")
    monkeypatch.setenv("INTAKE_POSTGRES_DSN", dsn)
    monkeypatch.setenv("INTAKE_POSTGRES_DSN_PASSWORD_FILE", str(tmp_path / file))

    with pytest.raises(SystemExit):
        load_settings(IntakeSettings)
    told = capsys.readouterr().err
    assert told.startswith(f"INTAKE_POSTGRES_DSN_PASSWORD_FILE: {said}; a right example: ")
    assert "s3cret" not in told


def test_keys_over_plain_http_are_refused_in_both_languages() -> None:
    with pytest.raises(ValidationError) as fault:
        AuthSettings(jwks="http://id.example/jwks")
    (chinese,), (english,) = (
        faults_of(AuthSettings, fault.value, language) for language in (Language.ZH_CN, Language.EN)
    )

    assert chinese.startswith("AUTH_JWKS：公钥须以 https 取得。正确示例：")
    assert english.startswith("AUTH_JWKS: keys are fetched over https; a right example: ")


def test_the_table_names_every_variable() -> None:
    table = settings_table([IntakeSettings, AuthSettings])

    assert "| `INTAKE_PORT` | where the API listens | `8701` | `8701` |" in table
    assert "| `INTAKE_POSTGRES_DSN` | the database | required |" in table
    assert "`AUTH_JWKS`" in table
