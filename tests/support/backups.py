"""The backup as Compose runs it, over servers of a test's own."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from deploy.stack.places import CHECKOUT
from tests.support.eventually import eventually

PROGRAM = CHECKOUT / "deploy" / "backup" / "backup"
KEPT_SECONDS_MAX = 120.0
SECONDS_MAX = 120.0


@dataclass(frozen=True)
class Backup:
    """Backups in *folder* of the server that *dsn* names, by PostgreSQL's own *programs*."""

    folder: Path
    dsn: str
    programs: Path
    more: Mapping[str, str]

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PATH": f"{self.programs}:{os.environ['PATH']}",
            "BACKUP_FOLDER": str(self.folder),
            "BACKUP_FROM": self.dsn,
            **self.more,
        }

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PROGRAM, *words],
            check=False,
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=SECONDS_MAX,
        )

    def done(self, *words: str) -> str:
        """Run it, which must succeed, and return what it says."""
        ended = self.run(*words)
        assert ended.returncode == 0, (words, ended.stdout, ended.stderr)
        return ended.stdout

    @contextmanager
    def kept(self) -> Iterator[subprocess.Popen[bytes]]:
        """Keep backups within the block; told to stop, it ends well."""
        keeping = subprocess.Popen([PROGRAM, "keep"], env=self.environment)
        try:
            yield keeping
        finally:
            keeping.terminate()
            status = keeping.wait(SECONDS_MAX)
        assert status == 0, "who is told to stop has no fault"

    async def settled(self) -> None:
        """Return once there is a base, and all that was written lately."""
        await eventually(lambda: self.run("check").returncode == 0, within=KEPT_SECONDS_MAX)

    async def kept_since(self, at: datetime) -> None:
        """Return once all is here that was written before *at*."""
        noted = self.folder / "received"
        await eventually(
            lambda: noted.exists() and int(noted.read_text()) > at.timestamp(),
            within=KEPT_SECONDS_MAX,
        )
