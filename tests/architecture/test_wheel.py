"""What is installed is whole: every service begins, and finds its files, far from the checkout."""

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
PAGE = Path("services/metrics/dashboard")
LOCALES = PAGE / "src" / "locales"
READ_BY_CODE = ("*.sql", "*.json", "*.html", "*.js", "*.css", "*.sha256", "*.mjs")
BEGINNING = """
import importlib
import importlib.resources
import services
from deploy.command.__main__ import MODULES
from deploy.command.words import word
from services.metrics.domain.wording import words
from shared.contracts.naming import Language, fact_called

for module in (
    "services.intake.app", "services.assist.app", "services.review.app",
    "services.metrics.app.serving", "services.metrics.app.folding",
    "shared.relay.__main__", *(f"deploy.command.{name}" for name in MODULES.values()),
):
    importlib.import_module(module)
for package, name in (
    ("shared.eventstore", "sql/0001-streams.sql"),
    ("shared.contracts", "names/facts.json"),
):
    print((importlib.resources.files(package) / name).read_text("utf-8").strip()[:1])
print(word("late_next.case", Language.EN))
print(words("en")["month.1"])
print(fact_called("casetrack.handling.decision.made.v1", "en").split()[0])
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

    assert told == [
        "-",
        "{",
        "Case",
        "January",
        "Decision",
        str(installed / "services" / "__init__.py"),
    ]


def test_the_wheel_carries_every_file_that_the_code_reads(carried: set[str]) -> None:
    read = {
        str(path.relative_to(ROOT))
        for package in ("services", "shared", "deploy")
        for pattern in READ_BY_CODE
        for path in (ROOT / package).rglob(pattern)
        if "node_modules" not in path.parts
        and (not path.is_relative_to(ROOT / PAGE) or path.is_relative_to(ROOT / LOCALES))
    }

    assert read - carried == set()


@pytest.mark.skipif(
    not (ROOT / PAGE / "dist" / "index.html").exists(), reason="the page has not been built"
)
def test_the_wheel_carries_the_page_and_of_its_sources_the_words_alone(carried: set[str]) -> None:
    page = {Path(name) for name in carried if Path(name).is_relative_to(PAGE)}
    built = {path for path in page if path.is_relative_to(PAGE / "dist")}

    assert built
    assert {path.parent for path in page - built} == {LOCALES}
