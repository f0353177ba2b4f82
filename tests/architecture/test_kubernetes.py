"""What is written for a cluster: sound to Kubernetes and to the operators, and least in rights."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from shared.eventstore.roles import DatabaseRole
from tests.support.custom_resources import faults, known
from tests.support.plans import (
    ANSWERING,
    BASE,
    COMMANDS,
    ENDING,
    KUBERNETES,
    READS,
    Document,
    of_kind,
    parsed,
    pods,
    resources,
)

OVERLAYS = ("dev", "prod")
VERSIONS = ("1.32", "1.37")
"""The oldest Kubernetes that all of it is written for, and the newest that the checker knows."""
ONE_OF_A_KIND = {"checkpoints"}
MISSPELT = {
    "Cluster": ("storage", "storrage"),
    "Kafka": ("entityOperator", "entityOperators"),
    "KafkaNodePool": ("roles", "role"),
    "KafkaTopic": ("partitions", "partition"),
    "KafkaUser": ("authorization", "authorisation"),
    "ObjectStore": ("retentionPolicy", "retention"),
    "PodMonitor": ("podMetricsEndpoints", "podMetricsEndpoint"),
    "ScaledObject": ("maxReplicaCount", "maxReplicas"),
    "ScheduledBackup": ("schedule", "shedule"),
    "TriggerAuthentication": ("secretTargetRef", "secretTarget"),
}


@pytest.fixture(scope="session")
def rendered(checkers: Path) -> Mapping[str, list[Document]]:
    """Return what each overlay comes to."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("no kubectl here: the overlays are not rendered, their files are checked alone")
    found = {}
    for overlay in OVERLAYS:
        done = subprocess.run(
            [kubectl, "kustomize", KUBERNETES / "overlays" / overlay],
            check=True,
            capture_output=True,
            text=True,
        )
        assert done.stderr == ""
        found[overlay] = parsed(checkers, done.stdout)
    return found


def judged(checkers: Path, version: str, *files: Path) -> str:
    """Return what Kubernetes of *version* finds wrong; of the operators' kinds it knows nothing."""
    done = subprocess.run(
        [checkers / "kubernetes-validate", "--strict", "--quiet", "-k", version, *files],
        check=False,
        capture_output=True,
        text=True,
    )
    skipped = re.compile(
        f"WARN .* kind ({'|'.join(kind for _, kind in known())}) with api version .*"
    )
    said = (done.stdout + done.stderr).splitlines()
    return "\n".join(line for line in said if not skipped.fullmatch(line))


def custom(found: Iterable[Document]) -> list[Document]:
    """Return the resources whose kinds Kubernetes does not know itself."""
    return [one for one in found if "." in one["apiVersion"].partition(".k8s.io/")[0]]


@pytest.mark.parametrize("version", VERSIONS)
def test_kubernetes_takes_every_resource_and_knows_every_field(
    checkers: Path, version: str
) -> None:
    assert judged(checkers, version, *resources()) == ""


def test_the_operators_take_every_resource_and_know_every_field(plain: list[Document]) -> None:
    theirs = custom(plain)

    assert [fault for one in theirs for fault in faults(one)] == []
    assert {(one["apiVersion"], one["kind"]) for one in theirs} == known()


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_what_an_overlay_comes_to_is_taken_too(
    rendered: Mapping[str, list[Document]], checkers: Path, tmp_path: Path, overlay: str
) -> None:
    file = tmp_path / "rendered.json"
    ours = [one for one in rendered[overlay] if one not in custom(rendered[overlay])]
    file.write_text("\n---\n".join(map(json.dumps, ours)))

    assert judged(checkers, VERSIONS[0], file) == ""
    assert [fault for one in custom(rendered[overlay]) for fault in faults(one)] == []
    assert {one["metadata"].get("namespace", "casetrack") for one in rendered[overlay]} == {
        "casetrack"
    }


def test_a_misspelt_field_is_found(plain: list[Document], checkers: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "intake.yaml"
    wrong.write_text((BASE / "intake.yaml").read_text().replace("replicas:", "replica:"))
    missed = []
    for one in custom(plain):
        right, misspelt = MISSPELT[one["kind"]]
        if right in one["spec"]:
            spec = {(misspelt if name == right else name): of for name, of in one["spec"].items()}
            missed += [] if list(faults({**one, "spec": spec})) else [one["kind"]]

    assert "replica" in judged(checkers, VERSIONS[0], wrong)
    assert missed == []


def test_nothing_secret_is_written_down(plain: list[Document]) -> None:
    assert of_kind(plain, "Secret") == {}
    for name, pod in pods(plain):
        for one in pod["containers"][0]["env"]:
            secret = one["name"].endswith(("PASSWORD", "SEAL", "_FILE"))
            assert not secret or one["value"].startswith("/run/secrets/"), name


def test_a_pod_sees_no_secret_but_its_own(plain: list[Document]) -> None:
    seen = {name: set(secrets(pod)) for name, pod in pods(plain)}
    roles = {role.value for role in DatabaseRole}
    lasting = {name: mounted for name, mounted in seen.items() if name not in COMMANDS}
    superusers = [
        name
        for name, those in seen.items()
        if ("casetrack-postgres-superuser", "password") in those
    ]

    assert superusers == ["prepare"]
    assert [name for name, those in seen.items() if ("casetrack-session-keys", "") in those] == [
        "metrics"
    ]
    for name, mounted in lasting.items():
        if name != "prepare":
            assert len({key for _, key in mounted} & roles) == 1, name
        users = {secret for secret, key in mounted if key == "user.key"}
        assert len(users) <= 1, name
        assert not any(key == "ca.key" for _, key in mounted), name


def secrets(pod: Document) -> Iterable[tuple[str, str]]:
    """Yield what of which Secret *pod* sees; without a key, all of it."""
    for volume in pod["volumes"]:
        for source in volume.get("projected", {}).get("sources", [volume]):
            told = source.get("secret")
            if told:
                name = told.get("secretName") or told["name"]
                for item in told.get("items", [{"key": ""}]):
                    yield name, item["key"]


def test_whoever_may_leave_leaves_one_by_one(plain: list[Document]) -> None:
    lasting = {**of_kind(plain, "Deployment"), **of_kind(plain, "StatefulSet")}
    budgets = of_kind(plain, "PodDisruptionBudget")
    copies = {name: one["spec"]["replicas"] for name, one in lasting.items()}

    assert set(lasting) == set(budgets) == set(READS) - ENDING
    assert {one["spec"]["maxUnavailable"] for one in budgets.values()} == {1}
    assert {name for name, count in copies.items() if count < 2} == ONE_OF_A_KIND
    for name, budget in budgets.items():
        assert budget["spec"]["selector"] == lasting[name]["spec"]["selector"]


def test_a_pod_ends_only_where_its_loop_has_stood_still(plain: list[Document]) -> None:
    for name, pod in pods(plain):
        if name in {"prepare", *COMMANDS}:
            continue
        (one,) = pod["containers"]
        told = {
            when: one[f"{when}Probe"]["httpGet"] for when in ("startup", "readiness", "liveness")
        }
        assert told == {
            "startup": {"path": "/readyz", "port": "http"},
            "readiness": {"path": "/readyz", "port": "http"},
            "liveness": {"path": "/healthz", "port": "http"},
        }, name
        assert bool(one.get("lifecycle")) == (name in ANSWERING), name


def test_services_and_the_way_in_lead_to_the_port_that_a_process_listens_on(
    plain: list[Document],
) -> None:
    services = of_kind(plain, "Service")
    ports = {name: pod["containers"][0].get("ports") for name, pod in pods(plain)}
    ways = [
        path["backend"]["service"]
        for rule in of_kind(plain, "Ingress")["casetrack"]["spec"]["rules"]
        for path in rule["http"]["paths"]
    ]

    assert set(services) == ANSWERING | ONE_OF_A_KIND
    assert {way["name"] for way in ways} == ANSWERING
    for name, service in services.items():
        (port,) = service["spec"]["ports"]
        assert [port["port"]] == [one["containerPort"] for one in ports[name]]
        assert (port["targetPort"], ports[name][0]["name"]) == ("http", "http")


def test_nobody_speaks_to_anybody_whom_it_need_not_know(plain: list[Document]) -> None:
    policies = of_kind(plain, "NetworkPolicy")
    telling = {
        name: {one["name"] for one in pod["containers"][0]["env"]} for name, pod in pods(plain)
    }
    trusting = {name for name, pod in pods(plain) if "envFrom" in pod["containers"][0]}

    assert policies["nobody"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert chosen(policies["to-kafka"]) == {
        name for name, told in telling.items() if any(one.endswith("_KAFKA_CA") for one in told)
    }
    assert chosen(policies["to-issuer"]) == trusting
    assert chosen(policies["from-proxy"]) == ANSWERING
    assert chosen(policies["to-channels"]) == {"metrics-courier"}


def chosen(policy: Document) -> set[str]:
    """Return the processes that *policy* is about."""
    selector = policy["spec"]["podSelector"]
    named = selector.get("matchLabels", {}).get("app.kubernetes.io/name")
    return {named} if named else set(selector["matchExpressions"][0]["values"])


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_no_pod_of_ours_has_a_right_or_writes_to_its_root(
    rendered: Mapping[str, list[Document]], overlay: str
) -> None:
    found = list(pods(rendered[overlay]))

    assert {COMMANDS.get(name, name) for name, _ in found} == set(READS)
    for name, pod in found:
        (container,) = pod["containers"]
        own = pod["securityContext"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        assert (own["runAsNonRoot"], own["runAsUser"]) == (True, 10001)
        assert own["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        # A Service called intake would set INTAKE_PORT.
        assert pod["enableServiceLinks"] is False
        assert pod["terminationGracePeriodSeconds"] == 60
        assert {"cpu", "memory"} == set(container["resources"]["limits"])
        assert {"cpu", "memory"} == set(container["resources"]["requests"])


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_copies_stand_on_several_machines(
    rendered: Mapping[str, list[Document]], overlay: str
) -> None:
    for name, one in of_kind(rendered[overlay], "Deployment").items():
        spread = one["spec"]["template"]["spec"]["topologySpreadConstraints"]
        keys = {constraint["topologyKey"] for constraint in spread}

        assert keys == {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}, name


def test_in_production_the_database_is_backed_up_and_watched(
    rendered: Mapping[str, list[Document]],
) -> None:
    production = rendered["prod"]
    cluster = of_kind(production, "Cluster")["casetrack-postgres"]["spec"]
    (backup,) = of_kind(production, "ScheduledBackup").values()

    assert cluster["plugins"][0]["isWALArchiver"] is True
    assert cluster["postgresql"]["synchronous"]["dataDurability"] == "required"
    assert backup["spec"]["cluster"]["name"] == "casetrack-postgres"
    assert "replicas" not in of_kind(production, "Deployment")["metrics-worker"]["spec"]
    assert set(of_kind(production, "PodMonitor")) == {
        "casetrack",
        "casetrack-kafka",
        "casetrack-postgres",
    }
