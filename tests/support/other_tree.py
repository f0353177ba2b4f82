"""Another checkout of casetrack: its command, over the same state as ours."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS_MAX = 900.0


@dataclass(frozen=True)
class Tree:
    """A checkout, and where the stack that it starts has its state."""

    path: Path
    home: Path
    port: int

    @property
    def python(self) -> str:
        """Its own interpreter, with the libraries that it was pinned to; ours where it has none."""
        own = self.path / ".venv" / "bin" / "python"
        return str(own) if own.exists() else sys.executable

    def run(self, *words: str) -> str:
        """Give the command, which must not fail, and return what it answers."""
        done = subprocess.run(
            [self.python, "-P", "-m", "deploy.command", *words],
            cwd=self.path,
            env={
                **os.environ,
                "PYTHONPATH": str(self.path),
                "CASETRACK_HOME": str(self.home),
                "CASETRACK_PORT": str(self.port),
            },
            check=False,
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
        )
        assert done.returncode == 0, (words, done.stdout[-2000:], done.stderr[-4000:])
        return done.stdout

    def told(self, *words: str) -> dict[str, Any]:
        """Return the document that the command answers with."""
        document: dict[str, Any] = json.loads(self.run(*words, "--json"))
        return document
