"""The image and the Compose file: sound to their own tools, and at one with the local stack."""

import fcntl
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.prepare import PrepareSettings
from deploy.principals import USERS
from deploy.signing import SigningSettings
from deploy.stack.java import COORDINATES
from deploy.stack.parts import METRICS_WORKERS, Briefing, service_parts
from deploy.stack.places import StackFolders
from deploy.stack.settings import LocalSettings
from services.assist.settings import AssistSettings
from services.intake.settings import IntakeSettings
from services.metrics.settings import MetricsSettings
from services.review.settings import ReviewSettings
from shared.kafka.access import KafkaSettings, Security
from shared.kafka.port import PARTITIONS
from shared.kafka.topics import MESSAGE_BYTES_MAX
from shared.relay.settings import RelaySettings
from shared.runtime.settings import Settings, variable_of
from shared.web.gate import AuthSettings
from tests.support.certificates import Authority

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
COMPOSE = ROOT / "deploy" / "compose.yaml"
SECURED = ROOT / "deploy" / "compose.secured.yaml"
SETUP = ROOT / "deploy" / "setup.py"
CHECKERS = ROOT / ".casetrack" / "containers-check" / "bin"
SECONDS_MAX = 240
TIDY = "{extends: default, rules: {line-length: {max: 100}}}"
TO_JSON = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)"

# What each container's process reads from its environment.
READS: Mapping[str, tuple[type[Settings], ...]] = {
    "prepare": (PrepareSettings,),
    "intake": (IntakeSettings, AuthSettings),
    "assist": (AssistSettings, AuthSettings),
    "review": (ReviewSettings, AuthSettings),
    "metrics": (MetricsSettings, AuthSettings),
    "metrics-worker": (MetricsSettings, AuthSettings),
    "metrics-ticker": (MetricsSettings, AuthSettings),
    "metrics-courier": (MetricsSettings, AuthSettings),
    "relay": (RelaySettings, AuthSettings),
    "checkpoints": (SigningSettings, AuthSettings),
    "command": (LocalSettings,),
}
ENDING = {"prepare", "command"}
SERVERS = {"kafka", "postgres"}
ANSWERING = {"intake", "assist", "review", "metrics"}
Service = Mapping[str, Any]


@pytest.fixture(scope="session")
def checkers() -> Path:
    """Return the folder of the checkers, which live in an environment of their own."""
    # Where several workers come together, the first one installs.
    with DOCKERFILE.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = subprocess.run(
            [sys.executable, SETUP, "containers-check"],
            check=False,
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
        )
    if done.returncode != 0:
        pytest.skip(f"the checkers cannot be installed: {done.stderr.strip()[-200:]}")
    return CHECKERS


@pytest.fixture(scope="session")
def services(checkers: Path) -> Mapping[str, Service]:
    found: Mapping[str, Service] = composed(checkers, COMPOSE)["services"]
    return found


def composed(checkers: Path, file: Path) -> dict[str, Any]:
    read = subprocess.run(
        [checkers / "python", "-c", TO_JSON],
        input=file.read_text(encoding="utf-8"),
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(read.stdout)
    return found


def complaints(*command: str | Path) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def given(service: Service) -> dict[str, str]:
    """Return the environment of *service* as it is where all variables of Compose are set."""
    return {name: _filled(str(value)) for name, value in service.get("environment", {}).items()}


def _filled(value: str) -> str:
    value = re.sub(r"\$\{\w+:?-([^}]*)\}", r"\1", value)
    value = re.sub(r"\$\{\w*PASSWORD:\?[^}]*\}", "secret", value)
    return re.sub(r"\$\{\w+:\?[^}]*\}", "https://id.example.org", value)


def test_the_dockerfile_has_no_fault_that_its_linter_knows(checkers: Path) -> None:
    assert complaints(checkers / "hadolint", DOCKERFILE) == ""


@pytest.mark.parametrize("file", [COMPOSE, SECURED], ids=lambda file: file.name)
def test_the_compose_file_is_what_its_schema_describes(checkers: Path, file: Path) -> None:
    schema = ("--builtin-schema", "vendor.compose-spec")

    assert complaints(checkers / "check-jsonschema", *schema, file) == ""


@pytest.mark.parametrize("file", [COMPOSE, SECURED], ids=lambda file: file.name)
def test_the_compose_file_is_tidy(checkers: Path, file: Path) -> None:
    assert complaints(checkers / "yamllint", "--strict", "-d", TIDY, file) == ""


def test_the_checkers_find_what_is_wrong(checkers: Path, tmp_path: Path) -> None:
    misspelt, careless = tmp_path / "compose.yaml", tmp_path / "Dockerfile"
    misspelt.write_text(COMPOSE.read_text().replace("healthcheck:", "healthchek:"))
    careless.write_text("FROM python\nRUN apt-get install gcc\n")
    schema = ("--builtin-schema", "vendor.compose-spec")

    assert "healthchek" in complaints(checkers / "check-jsonschema", *schema, misspelt)
    assert "DL3006" in complaints(checkers / "hadolint", careless)


def test_compose_runs_what_the_supervisor_runs(services: Mapping[str, Service]) -> None:
    home = StackFolders(Path("home"))
    desk = Briefing(
        *(home, 8700, "kafka:9092", lambda role: role.value, {}),
        checkpoint_key=Path("checkpoints.pem"),
        delivers=True,
    )
    supervised = [list(part.argv[3:]) for part in service_parts(desk)]
    composed = [
        service["command"]
        for name, service in services.items()
        if name not in {*SERVERS, *ENDING}
        for _ in range(service.get("deploy", {}).get("replicas", 1))
    ]

    assert sorted(composed) == sorted(supervised)


@pytest.mark.parametrize("name", READS)
def test_each_process_accepts_what_its_container_tells_it(
    services: Mapping[str, Service], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = given(services[name])
    known = {variable_of(kind, field) for kind in READS[name] for field in kind.model_fields}
    for variable in known:
        monkeypatch.delenv(variable, raising=False)
    for variable, value in told.items():
        monkeypatch.setenv(variable, value)

    assert set(told) <= known
    assert [kind() for kind in READS[name]]


def test_over_a_kafka_that_asks_each_process_is_a_user_of_its_own(
    services: Mapping[str, Service],
    checkers: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    overlay = composed(checkers, SECURED)
    authority = Authority(tmp_path).certificate
    written = {"kafka-ca": authority.read_text(), "kafka-seal": f"2026:{32 * '5e'}"}
    for secret in overlay["secrets"]:
        (tmp_path / secret).write_text(written.get(secret, "a password"))
    accesses = {}
    for name, service in overlay["services"].items():
        told = {**given(services[name]), **given(service)}
        for variable, value in told.items():
            # Of a folder for users any will do.
            here = value.replace("/run/secrets", str(tmp_path)).replace("/run/kafka-users", "/")
            monkeypatch.setenv(variable, "kafka:9093" if variable.endswith("_KAFKA") else here)
        if "secrets" in service:
            settings = next(kind for kind in READS[name] if issubclass(kind, KafkaSettings))()
            accesses[name] = settings.access("kafka:9093")
        for variable in told:
            monkeypatch.delenv(variable)
    users = {access.user for access in accesses.values()}

    assert {access.security for access in accesses.values()} == {Security.SASL_SSL}
    assert users == {*USERS, "https://id.example.org"}


def test_what_answers_listens_beyond_its_container() -> None:
    image = DOCKERFILE.read_text(encoding="utf-8")
    kinds = [kinds[0] for name, kinds in READS.items() if name in ANSWERING]

    assert [kind for kind in kinds if f"{variable_of(kind, 'host')}=0.0.0.0" not in image] == []


def test_every_container_of_compose_is_known_here(services: Mapping[str, Service]) -> None:
    assert set(services) == SERVERS | set(READS)


@pytest.mark.parametrize("name", READS)
def test_our_containers_can_neither_write_their_root_nor_gain_rights(
    services: Mapping[str, Service], name: str
) -> None:
    service = services[name]

    assert (service["read_only"], service["init"], service["cap_drop"]) == (True, True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["stop_grace_period"] == "60s"


@pytest.mark.parametrize("name", [name for name in READS if name not in ENDING])
def test_a_process_starts_when_everything_is_prepared_and_says_how_it_is(
    services: Mapping[str, Service], name: str
) -> None:
    service = services[name]
    awaited = {name: told["condition"] for name, told in service["depends_on"].items()}

    assert awaited["prepare"] == "service_completed_successfully"
    assert awaited["kafka"] == awaited["postgres"] == "service_healthy"
    assert service["healthcheck"]["test"][:4] == ["CMD", "python", "-m", "deploy.probe"]


def test_no_port_is_open_to_the_network(services: Mapping[str, Service]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]

    assert len(ports) == len(ANSWERING) + len(SERVERS)
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_what_is_secret_comes_from_outside_and_has_no_default() -> None:
    text = COMPOSE.read_text(encoding="utf-8")
    written = re.findall(r"\$\{(\w*(?:PASSWORD|ISSUER|JWKS)\w*)([^}]*)\}", text)

    assert len(written) > len(READS)
    assert [name for name, rest in written if not rest.startswith(":?")] == []
    assert re.findall(r"PASSWORD: (?!\$\{)\S+", text) == []


def test_the_servers_are_those_of_the_local_stack(services: Mapping[str, Service]) -> None:
    kafka = services["kafka"]
    version = COORDINATES.split(":")[2].partition("!")[0]

    assert kafka["image"] == f"apache/kafka:{version}"
    assert kafka["environment"]["KAFKA_MESSAGE_MAX_BYTES"] == MESSAGE_BYTES_MAX
    assert services["postgres"]["image"] == "postgres:18"


def test_there_are_no_more_workers_than_partitions(services: Mapping[str, Service]) -> None:
    replicas = services["metrics-worker"]["deploy"]["replicas"]

    assert replicas == METRICS_WORKERS <= PARTITIONS


def test_the_image_runs_as_an_ordinary_user_whose_health_is_watched() -> None:
    image = DOCKERFILE.read_text(encoding="utf-8").rpartition("\nFROM ")[2]

    assert "USER 10001:10001" in image
    assert re.search(r'HEALTHCHECK [^"]*CMD \["python", "-m", "deploy.probe"\]', image)
    assert "org.opencontainers.image.licenses" in image


def test_the_build_finds_what_it_copies_and_sees_nothing_else() -> None:
    copies = re.findall(r"^COPY ((?:[^-\n].*\\\n)*[^-\n].*)$", DOCKERFILE.read_text(), re.MULTILINE)
    sources = {source for copy in copies for source in copy.replace("\\\n", " ").split()[:-1]}
    let_in = [
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    ]

    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert [source for source in sources if not source.startswith(tuple(let_in))] == []
    assert [path for path in let_in if not any(source.startswith(path) for source in sources)] == []
