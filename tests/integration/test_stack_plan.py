"""What the stack brings itself, and what it leaves to servers that are there."""

from pathlib import Path

import pytest

from deploy.stack.plan import Plan, plan_stack
from deploy.stack.settings import LocalSettings

OURS = {
    *("intake", "assist", "review", "metrics"),
    *("metrics-worker-1", "metrics-worker-2", "metrics-ticker", "relay"),
}


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalSettings:
    for variable in ("CASETRACK_KAFKA", "CASETRACK_POSTGRES", "METRICS_DELIVERIES"):
        monkeypatch.delenv(variable, raising=False)
    settings = LocalSettings(home=tmp_path / "home")
    settings.places.make()
    return settings


def names(plan: Plan) -> list[set[str]]:
    return [{part.name for part in stage.parts} for stage in plan.stages]


def test_by_default_both_servers_come_before_our_processes(settings: LocalSettings) -> None:
    assert names(plan_stack(settings)) == [{"postgres", "kafka"}, OURS]


def test_checkpoints_are_signed_where_there_is_a_key(settings: LocalSettings) -> None:
    settings.key_of_checkpoints.write_text("a key")

    assert names(plan_stack(settings))[1] == {*OURS, "checkpoints"}


def test_people_are_told_of_cards_where_there_is_a_profile(
    settings: LocalSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METRICS_DELIVERIES", "deliveries.json")

    assert names(plan_stack(settings))[1] == {*OURS, "metrics-courier"}


def test_servers_that_are_named_are_not_brought(settings: LocalSettings) -> None:
    given = LocalSettings(
        home=settings.home,
        kafka="kafka.example.org:9092",
        postgres="postgresql://root:secret@db.example.org:5433/postgres",
    )
    plan = plan_stack(given)

    assert names(plan) == [set(), OURS]
    assert (plan.kafka, plan.postgres) == (
        "kafka.example.org:9092",
        "postgresql://root:secret@db.example.org:5433/casetrack",
    )


def test_each_process_signs_in_as_its_own_role_and_knows_no_other(settings: LocalSettings) -> None:
    plan = plan_stack(settings)
    parts = {part.name: part for part in plan.stages[1].parts}
    intake = parts["intake"].env

    assert "casetrack_intake:" in intake["INTAKE_POSTGRES_DSN"]
    assert not [name for name in intake if name.startswith(("METRICS_", "RELAY_"))]


def test_the_servers_superuser_is_kept_from_our_processes(
    settings: LocalSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASETRACK_POSTGRES", "postgresql://root:secret@db.example.org/postgres")
    plan = plan_stack(LocalSettings(home=settings.home))

    assert "CASETRACK_POSTGRES" not in plan.env


def identities(given: LocalSettings, prefix: str) -> list[dict[str, str]]:
    """Return what every process under *prefix* is told of who it is to Kafka."""
    envs = [part.env for part in plan_stack(given).stages[1].parts]
    of_kafka = [
        {name: value for name, value in env.items() if name.startswith(f"{prefix}_KAFKA_")}
        for env in envs
    ]
    return [told for told in of_kafka if told]


def test_our_processes_come_to_a_given_kafka_as_we_do_or_as_they_are_told_themselves(
    settings: LocalSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASETRACK_KAFKA_SECURITY", "SASL_SSL")
    monkeypatch.setenv("CASETRACK_KAFKA_USER", "everybody")
    monkeypatch.setenv("CASETRACK_KAFKA_PASSWORD", "secret")
    monkeypatch.setenv("RELAY_KAFKA_USER", "casetrack-relay")
    given = LocalSettings(home=settings.home, kafka="kafka.example.org:9093")

    assert identities(given, "INTAKE") == [
        {
            "INTAKE_KAFKA_SECURITY": "SASL_SSL",
            "INTAKE_KAFKA_USER": "everybody",
            "INTAKE_KAFKA_PASSWORD": "secret",
        }
    ]
    assert identities(given, "RELAY") == []
    assert not [name for name in plan_stack(given).env if name.startswith("CASETRACK_KAFKA")]


def test_the_stack_s_own_kafka_asks_nobody_whatever_is_set(
    settings: LocalSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASETRACK_KAFKA_SECURITY", "SSL")

    assert identities(LocalSettings(home=settings.home), "INTAKE") == []


def test_passwords_are_made_once_and_closed_to_others(settings: LocalSettings) -> None:
    first, second = plan_stack(settings).postgres, plan_stack(settings).postgres
    secret = settings.places.secrets / "postgres.json"

    assert (first, secret.stat().st_mode & 0o777) == (second, 0o600)
