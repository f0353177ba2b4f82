"""What Compose, Kubernetes and the local stack tell each of our processes, side by side."""

import json
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from deploy.prepare import PrepareSettings
from deploy.signing import SigningSettings
from deploy.stack.parts import Briefing, service_parts
from deploy.stack.places import StackFolders
from deploy.stack.settings import LocalSettings
from services.assist.settings import AssistSettings
from services.intake.settings import IntakeSettings
from services.metrics.settings import MetricsSettings
from services.review.settings import ReviewSettings
from shared.relay.settings import RelaySettings
from shared.runtime.settings import Settings, variable_of
from shared.web.gate import AuthSettings

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
COMPOSE = ROOT / "deploy" / "compose.yaml"
SECURED = ROOT / "deploy" / "compose.secured.yaml"
TRIAL = ROOT / "deploy" / "compose.trial.yaml"
DEMO = ROOT / "deploy" / "compose.demo.yaml"
BASES = ROOT / "deploy" / "containers" / "bases.Dockerfile"
KUBERNETES = ROOT / "deploy" / "kubernetes"
BASE = KUBERNETES / "base"
FIRST_PORT = 8700
TO_JSON = """
import json, sys, yaml
json.dump(list(yaml.load_all(sys.stdin, getattr(yaml, "CSafeLoader", yaml.SafeLoader))), sys.stdout)
"""

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
"""What each process reads from its environment."""
ENDING = {"prepare", "command"}
ANSWERING = {"intake", "assist", "review", "metrics"}
SERVERS = {"kafka", "postgres"}
KEEPERS = {"backup", "restore"}
"""PostgreSQL's own programs; on Kubernetes its operator does that."""
COMMANDS = {"verify": "command", "rebuild": "command"}
"""What in Kubernetes is a container of its own, and in Compose a word behind one."""

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What a plan says of one process: its command, environment, and where it is asked."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    port: int | None
    ready: str | None


def documents(checkers: Path, *files: Path) -> list[Document]:
    """Return what the YAML *files* hold, in their order."""
    text = "\n---\n".join(file.read_text(encoding="utf-8") for file in files)
    return parsed(checkers, text)


def parsed(checkers: Path, text: str) -> list[Document]:
    read = subprocess.run(
        [checkers / "python", "-c", TO_JSON],
        input=text,
        check=True,
        capture_output=True,
        text=True,
    )
    found: list[Document | None] = json.loads(read.stdout)
    return [document for document in found if document is not None]


def resources() -> list[Path]:
    """Return every file that is a resource of its own, and no patch of others."""
    patches = {"pods", "small-kafka.yaml", "small-postgres.yaml", "issuer.yaml"}
    found = sorted(KUBERNETES.rglob("*.yaml"))
    return [
        file
        for file in found
        if not patches & set(file.parts) and file.name != "kustomization.yaml"
    ]


def of_kind(found: Iterable[Document], kind: str) -> dict[str, Document]:
    return {one["metadata"]["name"]: one for one in found if one["kind"] == kind}


def of_compose(base: Document, over: Document) -> dict[str, Told]:
    """Return what the Compose file tells with the one *over* it, all variables of Compose set."""
    found = {}
    for name in READS:
        service = base["services"][name]
        environment = {**given(service), **given(over["services"].get(name, {}))}
        probe = service.get("healthcheck", {}).get("test", [])
        url = urlsplit(probe[-1] if probe else "")
        found[name] = Told(
            tuple(service["command"]),
            {**of_image(name), **environment},
            url.port,
            url.path or None,
        )
    return found


def of_kubernetes(base: Iterable[Document]) -> dict[str, Told]:
    """Return what the workloads of *base* tell, with an overlay's word on whom they trust."""
    trust = {**envs(BASE / "trust.env"), **envs(KUBERNETES / "overlays" / "prod" / "trust.env")}
    bureau = envs(BASE / "bureau.env")
    found = {}
    for name, pod in pods(base):
        (container,) = pod["containers"]
        ports = [port["containerPort"] for port in container.get("ports", [])]
        told = {one["name"]: _value(one, bureau) for one in container["env"]}
        found[name] = Told(
            tuple(container["args"]),
            {**of_image(name), **(trust if "envFrom" in container else {}), **told},
            ports[0] if ports else None,
            container.get("readinessProbe", {}).get("httpGet", {}).get("path"),
        )
    return found


def of_stack() -> dict[str, Told]:
    """Return what the local stack tells its parts, started at the usual port."""
    desk = Briefing(
        places=StackFolders(Path("home")),
        first_port=FIRST_PORT,
        kafka="127.0.0.1:8710",
        dsn_of=lambda role: f"postgresql://{role.value}@127.0.0.1/casetrack",
        trust={"AUTH_JWKS": "jwks.json", "AUTH_SESSION_JWKS": "jwks.json"},
        checkpoint_key=Path("checkpoints.pem"),
        delivers=True,
    )
    return {
        re.sub(r"-\d+$", "", part.name): Told(
            part.argv[3:], part.env, urlsplit(part.url or "").port, None
        )
        for part in service_parts(desk)
    }


def pods(base: Iterable[Document]) -> Iterator[tuple[str, Document]]:
    """Yield the name and the pod of each workload."""
    for document in base:
        spec = document.get("spec", {})
        inner = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in inner and "containers" in inner["template"].get("spec", {}):
            yield document["metadata"]["name"], inner["template"]["spec"]


def given(service: Document) -> dict[str, str]:
    """Return the environment of *service* as it is where all variables of Compose are set."""
    return {name: _filled(str(value)) for name, value in service.get("environment", {}).items()}


def _filled(value: str) -> str:
    value = re.sub(r"\$\{\w+:?-([^}]*)\}", r"\1", value)
    value = re.sub(r"\$\{KAFKA_SERVERS:\?[^}]*\}", "kafka-1:9093,kafka-2:9093", value)
    return re.sub(r"\$\{\w+:\?[^}]*\}", "https://id.example.org", value)


def of_image(name: str) -> dict[str, str]:
    """Return what the image tells *name*: to listen beyond its container."""
    told = re.findall(r"(\w+_HOST)=(\S+)", DOCKERFILE.read_text(encoding="utf-8"))
    read = variables(COMMANDS.get(name, name))
    return {variable: value for variable, value in told if variable in read}


def variables(name: str) -> set[str]:
    """Return every variable that the process *name* reads."""
    return {variable_of(kind, field) for kind in READS[name] for field in kind.model_fields}


def variable_behind(variable: str) -> str:
    """Return the setting that *variable* tells, where it names a file that holds it or its part."""
    return re.sub(r"(?<=_DSN)_PASSWORD_FILE$|_FILE$", "", variable)


def envs(file: Path) -> dict[str, str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _value(told: Document, bureau: Mapping[str, str]) -> str:
    if "value" in told:
        return str(told["value"])
    return bureau[told["valueFrom"]["configMapKeyRef"]["key"]]
