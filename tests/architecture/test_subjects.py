"""Every subject that a service decides about has the same modules."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OWNERS = ("intake", "assist", "review")
MODULES = {"commands.py", "decide.py", "refusals.py"}
REMEMBERED = "states.py"
"""Only where an owner remembers more than its facts."""
BY_COURSE = "by_course("
SUBJECTS = [
    folder
    for owner in OWNERS
    for folder in sorted((ROOT / "services" / owner / "domain").iterdir())
    if (folder / "__init__.py").exists()
]


@pytest.mark.parametrize("folder", SUBJECTS, ids=lambda folder: f"{folder.parts[-3]} {folder.name}")
def test_a_subject_is_what_is_asked_remembered_decided_and_refused(folder: Path) -> None:
    modules = {path.name for path in folder.iterdir()}
    decides = (folder / "decide.py").read_text(encoding="utf-8")

    assert modules >= MODULES
    assert (REMEMBERED in modules) != (BY_COURSE in decides)


def test_each_service_decides_about_something() -> None:
    assert {folder.parts[-3] for folder in SUBJECTS} == set(OWNERS)
