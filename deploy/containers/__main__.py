"""
``python -m deploy.containers``: image, Compose and its profiles, scaling, kills, upgrade, restore.

Exit status: 0 all went well; 1 something did not; 3 no engine runs here.
"""

import argparse
import asyncio
import json
import re
import secrets
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.command import interruption
from deploy.command.output import SafeConsole
from deploy.containers.bases import build_bases, stands_in
from deploy.containers.engine import Composed, Engine, EngineFailed, EngineMissing
from deploy.containers.image import build_image, sight_of
from deploy.containers.played import SPEED, PlayedDay
from deploy.containers.standing import INTAKE, METRICS, ComposeStack, Step, Unexpected
from deploy.containers.trial import Trial
from deploy.containers.watching import ALERTMANAGER, PROMETHEUS, WATCHING
from deploy.databases import ROLES
from deploy.stack.places import CHECKOUT
from deploy.stack.ports import any_free
from shared.runtime.clock import SystemClock
from shared.runtime.faults import first_of
from shared.runtime.ids import SystemIds
from shared.web.auth import LOCAL_ISSUER
from shared.web.issuer import LocalIssuer

PORTS = {
    "METRICS": METRICS,
    "INTAKE": INTAKE,
    "ASSIST": 8702,
    "REVIEW": 8703,
    "KAFKA": 9092,
    "POSTGRES": 5432,
    "PROMETHEUS": PROMETHEUS,
    "ALERTMANAGER": ALERTMANAGER,
}
FAILED, UNREACHED = 1, 3
DEPLOY = CHECKOUT / "deploy"
BASE, TRIAL, DEMO = (
    DEPLOY / name for name in ("compose.yaml", "compose.trial.yaml", "compose.demo.yaml")
)
AT_WORK, PLAYED = "casetrack-trial", "casetrack-trial-demo"
PLAYING = {
    "AUTH_JWKS": "/run/demo/sessions/jwks.json",
    "CASETRACK_VERSION": "trial",
    "COMPOSE_PROFILES": "demo",
    "DEMO_SPEED": SPEED,
}
FIRST_EVENT = re.compile(r"-d '(\{.*?\})'\n", re.DOTALL)
SECRETS = ("postgres", "prometheus_client", *ROLES)
console = SafeConsole()


class Table:
    """What was done, how long it took, what was seen: a line at once for each."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []

    def add(self, step: str, began: float, seen: str) -> None:
        seconds = time.monotonic() - began
        self.rows.append({"step": step, "seconds": round(seconds, 1), "seen": seen})
        console.print(f"{step:<34} {seconds:6.1f} s  {seen}", soft_wrap=True)


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m deploy.containers", description=__doc__)
    asked.add_argument("--bases", choices=("registry", "local"), default="registry")
    asked.add_argument("--before", default="", metavar="REVISION", help="begin with its image")
    asked.add_argument("--keep", action="store_true", help="leave everything up")
    words = asked.parse_args()
    table = Table()
    try:
        engine = Engine.found()
        _try(engine, words, table)
    except EngineMissing as fault:
        console.print(f"no container engine: {fault}. Docker 25 with Compose and BuildKit will do.")
        return UNREACHED
    except (EngineFailed, Unexpected, ExceptionGroup) as failure:
        console.print(str(first_of(failure)), soft_wrap=True)
        return FAILED
    finally:
        if table.rows:
            kept = CHECKOUT / ".casetrack" / "containers.json"
            kept.parent.mkdir(exist_ok=True)
            kept.write_text(json.dumps(table.rows, ensure_ascii=False, indent=2) + "\n")
    return 0


def _try(engine: Engine, words: argparse.Namespace, table: Table) -> None:
    if words.bases == "local":
        began = time.monotonic()
        table.add("base images", began, build_bases(engine))
    began = time.monotonic()
    build_image(engine, "trial")
    table.add("image", began, sight_of(engine, "trial"))
    began = time.monotonic()
    revision = build_image(engine, "trial-before", words.before or "HEAD~1")
    table.add("image of before", began, revision)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        told = _environment(folder)
        first = any_free(range(2 * len(PORTS)))
        at_work = _standing(engine, AT_WORK, TRIAL, first, told)
        played = _standing(engine, PLAYED, DEMO, first + len(PORTS), {**told, **PLAYING})
        watched = words.bases == "registry" or all(map(stands_in, WATCHING))
        trial = Trial(at_work, folder / "keys", first_event(), "trial", watched=watched)
        for standing, steps in (
            (at_work, trial.steps()),
            (played, PlayedDay(played).steps()),
        ):
            standing.composed.tell("down", "--volumes", "--remove-orphans")
            try:
                asyncio.run(_day(steps, table))
            finally:
                if not words.keep:
                    away = ("--volumes", "--remove-orphans", "--timeout", "10")
                    standing.composed.tell("down", *away)


def _standing(
    engine: Engine, project: str, over: Path, first_port: int, told: Mapping[str, str]
) -> ComposeStack:
    """Return the project with *over* laid over the Compose file; nothing of it runs yet."""
    named = {name: str(first_port + number) for number, name in enumerate(PORTS)}
    environment = {**told, **{f"PORT_{name}": port for name, port in named.items()}}
    composed = Composed(engine, project, (BASE, over), environment)
    return ComposeStack(composed, {inside: int(named[name]) for name, inside in PORTS.items()})


async def _day(steps: Sequence[Step], table: Table) -> None:
    for name, step in steps:
        began, seen = time.monotonic(), "failed"
        try:
            seen = await step()
        finally:
            table.add(name, began, seen)


def first_event() -> str:
    """Return the first event that the README has its reader publish."""
    found = FIRST_EVENT.search((CHECKOUT / "README.md").read_text(encoding="utf-8"))
    if found is None:
        raise Unexpected("the README publishes no event")
    return found[1]


def _environment(folder: Path) -> dict[str, str]:
    """Lay keys and passwords into *folder*; return the variables that name them."""
    keys, passwords = folder / "keys", folder / "secrets"
    for made in (keys, passwords):
        made.mkdir()
    LocalIssuer.open(keys, SystemClock(), SystemIds())
    for name in SECRETS:
        (passwords / name).write_text(secrets.token_hex(16))
    # Containers read them as users of their own; the folder around them keeps everybody else out.
    for file in (keys / "jwks.json", *passwords.iterdir()):
        file.chmod(0o444)
    return {
        "SECRETS": str(passwords),
        "TRIAL_KEYS": str(keys),
        "AUTH_ISSUER": LOCAL_ISSUER,
        "AUTH_JWKS": "/run/trial/jwks.json",
        "CASETRACK_VERSION": "trial-before",
        "COMPOSE_PROFILES": "",
        "CHECKPOINTS_BACKUPS": "/var/lib/backups",
        "MONITORING_CLIENT_SECRET_FILE": str(passwords / "prometheus_client"),
    }


if __name__ == "__main__":
    sys.exit(interruption.heard(main))
