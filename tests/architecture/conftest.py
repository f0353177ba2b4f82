"""The checkers of container files, and what is written for a cluster."""

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.plans import DOCKERFILE, ROOT, Document, documents, resources

SETUP = ROOT / "deploy" / "setup.py"
CHECKERS = ROOT / ".casetrack" / "containers-check" / "bin"
SECONDS_MAX = 240


@pytest.fixture(scope="session")
def checkers() -> Path:
    """Return the folder of the checkers, which live in an environment of their own."""
    # Where several workers come together, the first one installs.
    with DOCKERFILE.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = subprocess.run(
            [sys.executable, SETUP, "containers-check"],
            check=False,
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
        )
    if done.returncode != 0:
        pytest.skip(f"the checkers cannot be installed: {done.stderr.strip()[-200:]}")
    return CHECKERS


@pytest.fixture(scope="session")
def plain(checkers: Path) -> list[Document]:
    """Return every resource as it is written, before Kustomize."""
    return documents(checkers, *resources())
