"""A bundle installs and runs where no registry is reached, as its page and the first page say."""

import hashlib
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.bundle import LEFT_OUT, MATERIALS, SUMS
from deploy.stack import control
from deploy.stack.places import CHECKOUT, StackFolders
from tests.journey.test_first_curl import BLOCK, README
from tests.support.networkless import alone
from tests.support.pages import BASH, HERE, Page
from tests.support.standing_bureau import sweep

AIR_GAPPED, INSTALL = Page("air-gapped"), Page("install")
OURS = ("CASETRACK_", "PYTHON", "VIRTUAL_ENV")
SECONDS_MAX = 900.0

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive of this checkout; what pip has fetched before is not fetched again."""
    (typed,) = AIR_GAPPED.blocks("online")
    assert typed.commands == "make bundle\n"
    folder = tmp_path_factory.mktemp("made")
    made = subprocess.run(
        [sys.executable, "-P", "-m", "deploy.bundle", "--folder", folder],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Path(made.stdout.strip())


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Path]:
    """Give an empty folder; whatever was started from a bundle there is ended."""
    # Where PostgreSQL's own account may pass.
    tmp_path.chmod(0o711)
    yield tmp_path
    for home in tmp_path.glob("*/.casetrack"):
        places = StackFolders(home)
        control.stop(places)
        sweep(places)


def typed_there(*blocks: str) -> str:
    """Return one script of *blocks*, each told before it is run."""
    told = (f"echo '--- {number}' >&2\n{block}" for number, block in enumerate(blocks))
    return "".join(told)


def test_a_bundle_is_installed_and_runs_without_a_network(bundle: Path, hall: Path) -> None:
    for path in (bundle, bundle.with_name(f"{bundle.name}.sha256")):
        (hall / path.name).symlink_to(path)
    first_event = BLOCK.search(README)
    assert first_event is not None
    *unpack, verify = (block.commands for block in AIR_GAPPED.blocks(HERE))
    installed = (block.commands for block in INSTALL.blocks(HERE))
    down = ".venv/bin/casetrack down\n"
    script = typed_there(*unpack, first_event[1], verify, *installed, down)
    home = hall / "home"
    home.mkdir()

    ended = subprocess.run(
        alone([BASH, "-euo", "pipefail", "-c", script]),
        cwd=hall,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith(OURS)},
            "HOME": str(home),
            "CASETRACK_LANG": "en",
        },
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
    )

    assert ended.returncode == 0, (ended.stdout[-3000:], ended.stderr[-6000:])
    assert "HTTP/1.1 202" in ended.stdout
    assert "without a network" in ended.stderr
    assert not (home / ".m2").exists()


def read(packed: tarfile.TarFile, name: str) -> bytes:
    content = packed.extractfile(name)
    assert content is not None, name
    return content.read()


def test_every_file_of_a_bundle_is_told_and_every_package_is_a_material(bundle: Path) -> None:
    with tarfile.open(bundle) as packed:
        names = packed.getnames()
        top = names[0].partition("/")[0]
        told = json.loads(read(packed, f"{top}/{MATERIALS}"))
        lines = read(packed, f"{top}/{SUMS}").decode().splitlines()
        digests = {
            name.removeprefix(f"{top}/"): hashlib.sha256(read(packed, name)).hexdigest()
            for name in names
            if name != f"{top}/{SUMS}"
        }
    known = {one["content"] for component in told["components"] for one in component["hashes"]}
    packages = {
        digest for name, digest in digests.items() if name.endswith((".whl", ".jar", ".gz"))
    }

    assert len(names) == len(set(names))
    assert lines == [f"{digests[name]}  {name}" for name in sorted(digests)]
    assert packages <= known
    assert not [name for name in digests if name.startswith(LEFT_OUT)]
