"""A noun of shared/ or deploy/ means one thing in the whole tree."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOMES = ("shared", "deploy", "services/intake", "services/assist", "services/review")
LOCAL = ("Option", "Argument")
"""What a command asks for on its line is its own."""
SHARED_ON_PURPOSE = {
    "Step": "a stage of the work on a case, which the published schemas name; review's next step",
}


def nouns(path: Path) -> Iterator[str]:
    """Yield the classes and the aliases of types that *path* defines for others."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        match node:
            case ast.Assign(value=ast.Call(func=ast.Name(id="TypeVar"))):
                continue
            case ast.ClassDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]):
                if name[0].isupper() and not name.isupper() and not name.endswith(LOCAL):
                    yield name
            case _:
                continue


def test_a_noun_of_several_services_has_one_meaning() -> None:
    found = defaultdict(set)
    for home in HOMES:
        for path in (ROOT / home).rglob("*.py"):
            for noun in nouns(path):
                found[noun].add(path.relative_to(ROOT).as_posix())

    ambiguous = {
        noun: sorted(paths)
        for noun, paths in found.items()
        if len(paths) > 1
        and noun not in SHARED_ON_PURPOSE
        # Each service has its own subjects, and what each of them may be.
        and not all(path.startswith("services") for path in paths)
    }

    assert ambiguous == {}
