"""The whole bureau for a benchmark: as `casetrack up` starts it, in a folder that goes away."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.command.database import auditor_dsn
from deploy.command.interruption import ended_once
from deploy.stack.journal import StackRecord, last_record
from deploy.stack.parts import PORT_OFFSET
from deploy.stack.places import CHECKOUT, server_account, server_home
from deploy.stack.ports import LOOPBACK, any_free
from deploy.stack.settings import LocalSettings
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer

ASK = """
import json
from bench.whole import Whole
from deploy.stack.settings import LocalSettings
from shared.web.auth import Role

bureau = Whole(LocalSettings())
told = {"auditor": bureau.auditor}
told |= {role: bureau.token(Role(role.upper())) for role in ("publisher", "supervisor")}
print(json.dumps(told))
"""
"""Whatever the checkout, this much of its benchmarks is as here."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the parts of a running bureau listen, and what opens them for the next quarter."""

    intake: int
    metrics: int
    auditor: str
    publisher: str
    supervisor: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A running bureau of a checkout."""

    settings: LocalSettings
    checkout: Path = CHECKOUT

    def standing(self) -> Standing:
        """Ask the checkout itself, whose ways inside may be others than ours."""
        told = _run(self, "-c", ASK, check=True)
        return Standing(self.port("intake"), self.port("metrics"), **json.loads(told))

    def port(self, service: str) -> int:
        return self.settings.port + PORT_OFFSET[service]

    @property
    def record(self) -> StackRecord:
        """What its supervisor wrote down last."""
        record = last_record(self.settings.places.state)
        if record is None:
            raise RuntimeError("the bureau has not started")
        return record

    @property
    def postgres(self) -> str:
        return self.record.postgres

    @property
    def auditor(self) -> str:
        return auditor_dsn(self.settings)

    def token(self, role: Role) -> str:
        return self._issuer.issue(Bearer(role))

    def sign_in(self, role: Role) -> str:
        """Return a link that opens the page once."""
        ticket = self._issuer.ticket(Bearer(role))
        return f"http://{LOOPBACK}:{self.port('metrics')}/sign-in?ticket={ticket}"

    def verify(self) -> str:
        """Return what `casetrack verify` prints; it raises where there is a difference."""
        return _run(self, "-m", "deploy.command", "verify", check=True).decode()

    @property
    def _issuer(self) -> LocalIssuer:
        return LocalIssuer.open(self.settings.places.keys, SystemClock(), SystemIds())


@contextmanager
def whole(checkout: Path = CHECKOUT) -> Iterator[Whole]:
    """Start everything of *checkout*, and take everything away afterwards."""
    home = Path(tempfile.mkdtemp(prefix="casetrack-bench-"))
    home.chmod(0o711)
    bureau = Whole(LocalSettings(home=home, port=any_free(PORT_OFFSET.values())), checkout)
    try:
        with ended_once():
            _run(bureau, "-m", "deploy.command", "up", "--detach", check=True)
            yield bureau
    finally:
        _run(bureau, "-m", "deploy.command", "down", check=False)
        shutil.rmtree(server_home(bureau.settings.places, server_account()), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


def python_of(checkout: Path) -> Path:
    """Return the interpreter that runs what is in *checkout*."""
    own = checkout == CHECKOUT
    python = Path(sys.executable) if own else checkout / ".venv" / "bin" / "python"
    if not python.exists():
        raise SystemExit(f"{checkout}: no environment; run `make setup` there")
    return python


def version_of(checkout: Path) -> str:
    """Return how git calls what is in *checkout*."""
    git = shutil.which("git")
    if git is None:
        return checkout.name
    argv = [git, "-C", str(checkout), "describe", "--always", "--dirty"]
    done = subprocess.run(argv, check=False, capture_output=True, text=True)
    return done.stdout.strip() or checkout.name


def _run(bureau: Whole, *words: str, check: bool) -> bytes:
    """Run the checkout's own Python for this bureau; return what it prints."""
    environment = {
        **os.environ,
        "CASETRACK_HOME": str(bureau.settings.home),
        "CASETRACK_PORT": str(bureau.settings.port),
    }
    done = subprocess.run(
        [str(python_of(bureau.checkout)), *words],
        check=check,
        env=environment,
        cwd=bureau.checkout,
        stdout=subprocess.PIPE,
    )
    return done.stdout
