"""Every subject that a service decides about has the same four modules."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OWNERS = ("intake", "assist", "review")
MODULES = {"commands.py", "states.py", "decide.py", "refusals.py"}
SUBJECTS = [
    folder
    for owner in OWNERS
    for folder in sorted((ROOT / "services" / owner / "domain").iterdir())
    if (folder / "__init__.py").exists()
]


@pytest.mark.parametrize("folder", SUBJECTS, ids=lambda folder: f"{folder.parts[-3]} {folder.name}")
def test_a_subject_is_what_is_asked_remembered_decided_and_refused(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} >= MODULES


def test_each_service_decides_about_something() -> None:
    assert {folder.parts[-3] for folder in SUBJECTS} == set(OWNERS)
