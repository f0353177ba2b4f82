"""What is installed is whole: every service begins, and finds its files, far from the checkout."""

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
PAGE = Path("services/metrics/dashboard")
READ_BY_CODE = ("*.sql", "*.json", "*.html", "*.js", "*.css", "*.sha256", "*.mjs")
BEGINNING = """
import importlib
import importlib.resources
import services
from deploy.command.__main__ import MODULES

for module in (
    "services.intake.app", "services.assist.app", "services.review.app",
    "services.metrics.app.serving", "services.metrics.app.folding",
    "shared.relay.__main__", *(f"deploy.command.{name}" for name in MODULES.values()),
):
    importlib.import_module(module)
for package, name in (
    ("shared.eventstore", "sql/0001-streams.sql"),
    ("shared.contracts", "asyncapi.json"),
):
    print((importlib.resources.files(package) / name).read_text("utf-8").strip()[:1])
print(services.__file__)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory"]
    subprocess.run([*build, folder], cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def carried(wheel: Path) -> set[str]:
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_every_service_begins_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    with ZipFile(wheel) as archive:
        archive.extractall(installed)
    told = subprocess.run(
        [sys.executable, "-P", "-c", BEGINNING],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()

    assert told == ["-", "{", str(installed / "services" / "__init__.py")]


def test_the_wheel_carries_every_file_that_the_code_reads(carried: set[str]) -> None:
    read = {
        str(path.relative_to(ROOT))
        for package in ("services", "shared", "deploy")
        for pattern in READ_BY_CODE
        for path in (ROOT / package).rglob(pattern)
        if not path.is_relative_to(ROOT / PAGE) and "node_modules" not in path.parts
    }

    assert read - carried == set()


@pytest.mark.skipif(
    not (ROOT / PAGE / "dist" / "index.html").exists(), reason="the page has not been built"
)
def test_the_wheel_carries_the_page_and_not_its_sources(carried: set[str]) -> None:
    page = {name.split("/")[3] for name in carried if Path(name).is_relative_to(PAGE)}

    assert page == {"dist"}
