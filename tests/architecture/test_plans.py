"""Compose, Kubernetes and the local stack run the same processes, and tell them the same."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from deploy.stack.ports import LOOPBACK
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.runtime.settings import variable_of
from shared.web.app import Web, create_web
from shared.web.gate import AuthSettings, Gate
from tests.support.certificates import Authority
from tests.support.plans import (
    BASE,
    COMMANDS,
    COMPOSE,
    ENDING,
    READS,
    SECURED,
    Document,
    Told,
    documents,
    of_compose,
    of_kubernetes,
    of_stack,
    variable_behind,
    variables,
)

Plan = Mapping[str, Told]
Found = dict[str, object]

BY_PASSWORD = {"kafka_mechanism", "kafka_user", "kafka_password"}
BY_CERTIFICATE = {"kafka_certificate", "kafka_key"}
OWN_WAY = {
    ("prepare", "kafka_users"),
    ("prepare", "session_keys"),
    ("prepare", "backup_password"),
    ("checkpoints", "backups"),
}
"""In Kubernetes operators make users and backups, and a Secret holds the key of sessions."""
ELSEWHERE = ("kafka", "_dsn", "_password", "issuer", "jwks", "names", "key", "keys", "memory")
"""What differs from place to place, by the last part of its name: addresses, files, secrets."""
TRIAL = {
    "host": "on one machine nobody else is to reach us",
    "probe_port": "the supervisor looks at ready files",
    "rebuild_processes": "one machine gives as many as it has",
    "rules_second_person": "whoever tries it is alone",
    "trial": "and may speak from every source",
}


@pytest.fixture(scope="session")
def kubernetes(checkers: Path) -> Plan:
    return of_kubernetes(documents(checkers, *sorted(BASE.glob("*.yaml"))))


@pytest.fixture(scope="session")
def compose(checkers: Path) -> Plan:
    return of_compose(documents(checkers, COMPOSE)[0], documents(checkers, SECURED)[0])


@pytest.fixture
def accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Told], Found]:
    """Return what makes of what a process is told the settings that it finds, by their names."""
    authority = Authority(tmp_path)
    issued = authority.issue("us")
    files = {
        "ca.crt": authority.certificate,
        "kafka-ca": authority.certificate,
        "user.crt": issued.certificate,
        "user.key": issued.key,
        "kafka-users": tmp_path,
    }
    secret, seal = tmp_path / "secret", tmp_path / "seal"
    secret.write_text("a-long-random-word")
    seal.write_text(f"2026:{32 * '5e'}")

    def here(variable: str, value: str) -> str:
        if "_KAFKA_SEAL_" in variable:
            return str(seal)
        if variable.endswith("_FILE"):
            return str(secret)
        named = value.rpartition("/")[2] if value.startswith("/") else ""
        return str(files.get(named, value))

    def settle(name: str, told: Told) -> Found:
        for kind in READS[name]:
            for field in kind.model_fields:
                monkeypatch.delenv(variable_of(kind, field), raising=False)
        with monkeypatch.context() as environment:
            for variable, value in told.environment.items():
                environment.setenv(variable, here(variable, value))
            found = [kind() for kind in READS[name]]
        return {field: getattr(one, field) for one in found for field in one.model_fields_set}

    return settle


def names(told: Found) -> set[str]:
    """Return what is told, whichever way a process shows who it is to Kafka."""
    return set(told) - BY_PASSWORD - BY_CERTIFICATE


def effective(name: str, told: Found) -> Found:
    """Return every setting of *name* that means the same everywhere, defaults included."""
    return {
        field: told.get(field, info.get_default(call_default_factory=True))
        for kind in READS[name]
        for field, info in kind.model_fields.items()
        if not info.is_required() and not field.endswith(ELSEWHERE) and "kafka" not in field
    }


def role(told: Told) -> set[str | None]:
    return {
        urlsplit(value).username
        for variable, value in told.environment.items()
        if variable.endswith("_DSN")
    }


def test_the_three_run_the_same_processes(kubernetes: Plan, compose: Plan) -> None:
    in_kubernetes = {COMMANDS.get(name, name) for name in kubernetes}
    lasting = {name: told.argv for name, told in compose.items() if name not in ENDING}

    assert set(compose) == in_kubernetes == set(READS)
    assert lasting == {name: told.argv for name, told in of_stack().items()}
    assert lasting == {name: kubernetes[name].argv for name in lasting}


@pytest.mark.parametrize("plan", ["compose", "kubernetes", "stack"])
def test_a_plan_tells_each_process_what_it_reads_and_lacks_nothing(
    plan: str, kubernetes: Plan, compose: Plan, accepted: Callable[[str, Told], Found]
) -> None:
    told = {"compose": compose, "kubernetes": kubernetes, "stack": of_stack()}[plan]
    for name, one in told.items():
        twin = COMMANDS.get(name, name)
        settings = set(map(variable_behind, one.environment)) - {"CASETRACK_READY"}

        assert settings <= variables(twin), name
        # Whatever it requires and is not told ends it here, by the name of the variable.
        assert accepted(twin, one), name


def test_compose_and_kubernetes_tell_the_same_settings(
    kubernetes: Plan, compose: Plan, accepted: Callable[[str, Told], Found]
) -> None:
    for name, one in kubernetes.items():
        twin = COMMANDS.get(name, name)
        here, there = accepted(twin, one), accepted(twin, compose[twin])
        own_way = {field for process, field in OWN_WAY if process == name}

        assert names(here) == names(there) - own_way, name
        assert effective(twin, here) == effective(twin, there) | {
            field: None for field in own_way if field in effective(twin, there)
        }, name


def test_the_local_stack_differs_where_a_trial_does(
    compose: Plan, accepted: Callable[[str, Told], Found]
) -> None:
    differing = set()
    for name, one in of_stack().items():
        ours = effective(name, accepted(name, one))
        theirs = effective(name, accepted(name, compose[name]))
        differing |= {field for field in ours if ours[field] != theirs[field]}

    assert differing == set(TRIAL)


def test_each_process_logs_in_as_the_same_role_everywhere(kubernetes: Plan, compose: Plan) -> None:
    for name, one in of_stack().items():
        assert role(one) == role(compose[name]) == role(kubernetes[name]) != {None}, name
    for name in ("verify", "rebuild"):
        assert role(kubernetes[name]) == role(compose["command"])
    assert role(kubernetes["prepare"]) == role(compose["prepare"]) == {"postgres"}


def test_each_process_is_asked_at_the_same_port_how_it_is(kubernetes: Plan, compose: Plan) -> None:
    asked = {name: (told.port, told.ready) for name, told in compose.items() if told.port}
    answering = {name: told.port for name, told in of_stack().items() if told.port}

    assert set(asked) == set(READS) - ENDING
    assert asked == {name: (kubernetes[name].port, kubernetes[name].ready) for name in asked}
    assert answering == {name: asked[name][0] for name in answering}
    for name, told in compose.items():
        listening = [value for key, value in told.environment.items() if key.endswith("_PORT")]
        assert listening == ([str(told.port)] if told.port else []), name


def test_what_is_asked_is_answered(
    checkers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTH_JWKS", str(tmp_path / "jwks.json"))
    clock = SystemClock()
    gate = Gate.of(AuthSettings(jwks=str(tmp_path / "jwks.json")), clock)
    web = create_web(Web(title="toy", gate=gate, clock=clock, ids=SystemIds()))
    answered = set(web.openapi()["paths"])
    base = documents(checkers, *sorted(BASE.glob("*.yaml")))

    assert paths(base) == {"/healthz", "/readyz"} <= answered


def paths(base: list[Document]) -> set[str]:
    return set(re.findall(r"'path': '(/\w+)'", str(base)))


def test_ports_of_compose_are_open_to_this_machine_alone(checkers: Path, compose: Plan) -> None:
    services = documents(checkers, COMPOSE)[0]["services"]
    for name, told in compose.items():
        for port in services[name].get("ports", []):
            assert port == f"{LOOPBACK}:${{PORT_{name.upper()}:-{told.port}}}:{told.port}"
