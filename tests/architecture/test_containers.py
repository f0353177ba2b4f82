"""The image and the Compose file: sound to their own tools, and at one with the local stack."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from deploy.containers.__main__ import SECRETS
from deploy.principals import USERS
from deploy.stack.java import COORDINATES
from deploy.stack.parts import METRICS_WORKERS
from shared.kafka.access import KafkaSettings, Security
from shared.kafka.port import PARTITIONS
from shared.kafka.topics import MESSAGE_BYTES_MAX
from shared.runtime.settings import variable_of
from tests.support.certificates import Authority
from tests.support.plans import (
    ANSWERING,
    BASES,
    COMPOSE,
    DEMO,
    DOCKERFILE,
    ENDING,
    KEEPERS,
    KUBERNETES,
    READS,
    ROOT,
    SECURED,
    SERVERS,
    TRIAL,
    Document,
    documents,
    given,
)

TIDY = "{extends: default, rules: {line-length: {max: 100}}}"
MONITORING = ROOT / "deploy" / "monitoring"
WATCHING = MONITORING / "compose.yaml"


@pytest.fixture(scope="session")
def composed(checkers: Path) -> Document:
    return documents(checkers, COMPOSE)[0]


@pytest.fixture(scope="session")
def services(composed: Document) -> Mapping[str, Document]:
    found: Mapping[str, Document] = composed["services"]
    return found


def complaints(*command: str | Path) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("file", [DOCKERFILE, BASES], ids=str)
def test_the_dockerfile_has_no_fault_that_its_linter_knows(checkers: Path, file: Path) -> None:
    assert complaints(checkers / "hadolint", file) == ""


@pytest.mark.parametrize("file", [COMPOSE, SECURED, TRIAL, DEMO, WATCHING], ids=str)
def test_the_compose_file_is_what_its_schema_describes(checkers: Path, file: Path) -> None:
    schema = ("--builtin-schema", "vendor.compose-spec")

    assert complaints(checkers / "check-jsonschema", *schema, file) == ""


@pytest.mark.parametrize("place", [COMPOSE, SECURED, TRIAL, DEMO, KUBERNETES, MONITORING], ids=str)
def test_what_is_written_for_engines_and_clusters_is_tidy(checkers: Path, place: Path) -> None:
    assert complaints(checkers / "yamllint", "--strict", "-d", TIDY, place) == ""


def test_the_checkers_find_what_is_wrong(checkers: Path, tmp_path: Path) -> None:
    misspelt, careless = tmp_path / "compose.yaml", tmp_path / "Dockerfile"
    misspelt.write_text(COMPOSE.read_text().replace("healthcheck:", "healthchek:"))
    careless.write_text("FROM python\nRUN apt-get install gcc\n")
    schema = ("--builtin-schema", "vendor.compose-spec")

    assert "healthchek" in complaints(checkers / "check-jsonschema", *schema, misspelt)
    assert "DL3006" in complaints(checkers / "hadolint", careless)


def test_over_a_kafka_that_asks_each_process_is_a_user_of_its_own(
    composed: Document,
    checkers: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    services, overlay = composed["services"], documents(checkers, SECURED)[0]
    authority = Authority(tmp_path).certificate
    written = {"kafka-ca": authority.read_text(), "kafka-seal": f"2026:{32 * '5e'}"}
    for secret in (*composed["secrets"], *overlay["secrets"]):
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


def test_every_container_of_compose_is_known_here(services: Mapping[str, Document]) -> None:
    assert set(services) == SERVERS | KEEPERS | set(READS)


@pytest.mark.parametrize("name", READS)
def test_our_containers_can_neither_write_their_root_nor_gain_rights(
    services: Mapping[str, Document], name: str
) -> None:
    service = services[name]

    assert (service["read_only"], service["init"], service["cap_drop"]) == (True, True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["stop_grace_period"] == "60s"


@pytest.mark.parametrize("name", [name for name in READS if name not in ENDING])
def test_a_process_starts_when_everything_is_prepared_and_says_how_it_is(
    services: Mapping[str, Document], name: str
) -> None:
    service = services[name]
    awaited = {name: told["condition"] for name, told in service["depends_on"].items()}

    assert awaited["prepare"] == "service_completed_successfully"
    assert awaited["kafka"] == awaited["postgres"] == "service_healthy"
    assert service["healthcheck"]["test"][:4] == ["CMD", "python", "-m", "deploy.probe"]


def test_no_port_is_open_to_the_network(services: Mapping[str, Document]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]

    assert len(ports) == len(ANSWERING) + len(SERVERS)
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_what_is_secret_comes_from_outside_and_has_no_default(
    composed: Document, services: Mapping[str, Document]
) -> None:
    told = {name: value for one in services.values() for name, value in given(one).items()}
    mounted = {f"/run/secrets/{name}" for name in composed["secrets"]}
    named = {value for name, value in told.items() if name.endswith("_FILE")}
    trust = re.findall(r"\$\{(AUTH_(?:ISSUER|JWKS))([^}]*)\}", COMPOSE.read_text(encoding="utf-8"))

    assert named == mounted
    assert [name for name in told if name.endswith(("PASSWORD", "SEAL"))] == []
    assert [value for value in told.values() if re.search("//[^/@]*:[^/@]*@", value)] == []
    assert {rest[:2] for _, rest in trust} == {":?"}


def test_whoever_installs_makes_every_password_that_compose_wants(composed: Document) -> None:
    page = (ROOT / "docs" / "howto" / "install.md").read_text(encoding="utf-8")
    made = re.search(r"for who in ([^;]*); do", page)
    assert made is not None
    wanted = {name for name, told in composed["secrets"].items() if "SECRETS" in told["file"]}

    assert set(made[1].replace("\\\n", " ").split()) == wanted
    assert wanted <= set(SECRETS)


def test_a_container_sees_no_secret_that_it_does_not_read(
    services: Mapping[str, Document],
) -> None:
    for name, service in services.items():
        read = {value for key, value in given(service).items() if key.endswith("_FILE")}

        assert {f"/run/secrets/{secret}" for secret in service.get("secrets", [])} == read, name


def test_no_container_takes_the_host_for_itself(services: Mapping[str, Document]) -> None:
    limits = {name: service["deploy"]["resources"]["limits"] for name, service in services.items()}

    assert {tuple(sorted(limit)) for limit in limits.values()} == {("cpus", "memory", "pids")}


def test_the_servers_are_those_of_the_local_stack(services: Mapping[str, Document]) -> None:
    kafka = services["kafka"]
    version = COORDINATES.split(":")[2].partition("!")[0]

    assert kafka["image"] == f"${{KAFKA_IMAGE:-apache/kafka:{version}}}"
    assert kafka["environment"]["KAFKA_MESSAGE_MAX_BYTES"] == MESSAGE_BYTES_MAX
    assert services["postgres"]["image"] == "${POSTGRES_IMAGE:-postgres:18}"


def test_there_are_no_more_workers_than_partitions(services: Mapping[str, Document]) -> None:
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


def test_the_demo_is_believed_by_every_process_and_speaks_to_those_that_answer(
    checkers: Path, services: Mapping[str, Document]
) -> None:
    demo = documents(checkers, DEMO)[0]["services"]
    ours = {name for name, one in services.items() if "casetrack" in one["image"]}
    spoken_to = dict(re.findall(r"--(\w+)=http://\1:(\d+)", " ".join(demo["demo"]["command"])))

    assert {name for name in demo if "demo" not in name} == ours - {"command"}
    assert all(demo[name]["volumes"] for name in ours - {"command", "prepare"})
    assert spoken_to == {
        name: str(services[name]["environment"][f"{name.upper()}_PORT"]) for name in ANSWERING
    }
