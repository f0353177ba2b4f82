"""The bureau's own processes: the one list of what runs, as whom, and where."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.stack.part import StackPart, answers_http, wrote
from deploy.stack.places import StackFolders
from deploy.stack.ports import LOOPBACK
from shared.eventstore.roles import DatabaseRole

PORT_OFFSET = {"metrics": 0, "intake": 1, "assist": 2, "review": 3}
METRICS_WORKERS = 2
PROBE_OFFSET = {
    "metrics-worker-1": 4,
    "metrics-worker-2": 5,
    "metrics-ticker": 6,
    "metrics-courier": 7,
    "relay": 8,
    "checkpoints": 9,
}
"""Where those say how they are that have no address otherwise, if they are asked to."""
ALONE: Mapping[str, Mapping[str, str]] = {"intake": {"INTAKE_TRIAL": "true"}}
"""What holds on one machine alone: whoever tries casetrack may speak from any source."""
BACKGROUND = 10
"""The niceness of what catches up by itself, so that nobody waits for an answer because of it."""


def address_of(service: str, first_port: int) -> str:
    """Return where *service* answers on this machine."""
    return f"http://{LOOPBACK}:{first_port + PORT_OFFSET[service]}"


@dataclass(frozen=True, slots=True)
class Briefing:
    """What every process of ours is told."""

    places: StackFolders
    first_port: int
    kafka: str
    dsn_of: Callable[[DatabaseRole], str]
    trust: Mapping[str, str]
    identity: Mapping[str, str] = field(default_factory=dict)
    """Who we are to Kafka, by setting; whoever is told by its own prefix is somebody else."""
    checkpoint_key: Path | None = None
    """With what checkpoints are signed; None: by nobody."""
    delivers: bool = False
    """Whether there is a profile of deliveries."""
    probes: bool = False
    """Whether each of them has a door for probes."""


def service_parts(desk: Briefing) -> tuple[StackPart, ...]:
    """Return our processes; they start together and stop together."""
    workers = range(1, METRICS_WORKERS + 1)
    return (
        _api(desk, "intake", DatabaseRole.INTAKE),
        _api(desk, "assist", DatabaseRole.ASSIST),
        _api(desk, "review", DatabaseRole.REVIEW),
        _api(desk, "metrics", DatabaseRole.METRICS_API, "api"),
        *(_metrics(desk, f"metrics-worker-{number}", "worker") for number in workers),
        _metrics(desk, "metrics-ticker", "ticker"),
        *([_metrics(desk, "metrics-courier", "courier")] if desk.delivers else []),
        _quiet(desk, "relay", "RELAY", DatabaseRole.RELAY, _module("shared.relay")),
        *_signer(desk),
    )


def _api(desk: Briefing, name: str, role: DatabaseRole, *arguments: str) -> StackPart:
    port = desk.first_port + PORT_OFFSET[name]
    url = address_of(name, desk.first_port)
    prefix = name.upper()
    return StackPart(
        name=name,
        argv=_module(f"services.{name}", *arguments),
        ready=answers_http(url),
        env={
            **_reach(desk, prefix, role),
            f"{prefix}_PORT": str(port),
            **ALONE.get(name, {}),
            **(_certificates(desk) if name == "metrics" else {}),
        },
        url=url,
    )


def _certificates(desk: Briefing) -> dict[str, str]:
    """Return with what certificates are signed, where nobody has said otherwise."""
    own = {"METRICS_CERTIFICATE_KEY": str(desk.places.certificate_key)}
    return {} if own.keys() & os.environ.keys() else own


def _metrics(desk: Briefing, name: str, task: str) -> StackPart:
    argv = _module("services.metrics", task)
    return _quiet(desk, name, "METRICS", DatabaseRole.METRICS, argv)


def _signer(desk: Briefing) -> Iterator[StackPart]:
    if desk.checkpoint_key is not None:
        yield _quiet(
            *(desk, "checkpoints", "CHECKPOINTS", DatabaseRole.AUDITOR, _module("deploy.signing")),
            CHECKPOINTS_KEY=str(desk.checkpoint_key),
        )


def _quiet(
    desk: Briefing,
    name: str,
    prefix: str,
    role: DatabaseRole,
    argv: tuple[str, ...],
    **more: str,
) -> StackPart:
    env = _reach(desk, prefix, role) | more
    if desk.probes:
        env[f"{prefix}_PROBE_PORT"] = str(desk.first_port + PROBE_OFFSET[name])
    # A process without an address says that it is ready by writing a file.
    ready_file = desk.places.ready / name

    async def forget() -> None:
        ready_file.unlink(missing_ok=True)

    return StackPart(
        name=name,
        argv=argv,
        ready=wrote(ready_file),
        env={**env, "CASETRACK_READY_FILE": str(ready_file)},
        prepare=forget,
        niceness=BACKGROUND,
    )


def _module(name: str, *arguments: str) -> tuple[str, ...]:
    # -P: a stray `shared/` in some working folder must not win over ours.
    return (sys.executable, "-P", "-m", name, *arguments)


def _reach(desk: Briefing, prefix: str, role: DatabaseRole) -> dict[str, str]:
    return {
        f"{prefix}_POSTGRES_DSN": desk.dsn_of(role),
        f"{prefix}_KAFKA": desk.kafka,
        **_identity(desk, f"{prefix}_KAFKA_"),
        **desk.trust,
    }


def _identity(desk: Briefing, prefix: str) -> dict[str, str]:
    if any(name.startswith(prefix) for name in os.environ):
        return {}
    return {f"{prefix}{setting}": value for setting, value in desk.identity.items()}
