"""The whole bureau for a benchmark: as `casetrack up` starts it, in a folder that goes away."""

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
from deploy.local import control
from deploy.local.journal import last_record
from deploy.local.parts import PORT_OFFSET
from deploy.local.places import server_account, server_home
from deploy.local.ports import any_free
from deploy.local.settings import LocalSettings
from shared.runtime.auth import Role
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.runtime.issuer import Bearer, LocalIssuer


@dataclass(frozen=True, slots=True)
class Whole:
    """A running bureau."""

    settings: LocalSettings

    def port(self, service: str) -> int:
        return self.settings.port + PORT_OFFSET[service]

    @property
    def postgres(self) -> str:
        record = last_record(self.settings.places.state)
        if record is None:
            raise RuntimeError("the bureau has not started")
        return record.postgres

    @property
    def auditor(self) -> str:
        return auditor_dsn(self.settings)

    def token(self, role: Role) -> str:
        issuer = LocalIssuer.open(self.settings.places.keys, SystemClock(), SystemIds())
        return issuer.issue(Bearer(role))


@contextmanager
def whole() -> Iterator[Whole]:
    """Start everything, and take everything away afterwards."""
    home = Path(tempfile.mkdtemp(prefix="casetrack-bench-"))
    home.chmod(0o711)
    settings = LocalSettings(home=home, port=any_free(PORT_OFFSET.values()))
    environment = {
        **os.environ,
        "CASETRACK_HOME": str(home),
        "CASETRACK_PORT": str(settings.port),
    }
    up = [sys.executable, "-P", "-m", "deploy.command", "up", "--detach"]
    try:
        subprocess.run(up, check=True, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 - our own argument list
        yield Whole(settings)
    finally:
        control.stop(settings.places)
        shutil.rmtree(server_home(settings.places, server_account()), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)
