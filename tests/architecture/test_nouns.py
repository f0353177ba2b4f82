"""A noun means one thing: of shared/ and deploy/ in the whole tree, of metrics within itself."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOMES = (
    "shared",
    "deploy",
    "services/intake",
    "services/assist",
    "services/review",
    "services/metrics",
)
SHOWN = "services/metrics/views/"
LOCAL = ("Option", "Argument")
"""What a command asks for on its line is its own."""
SHARED_ON_PURPOSE = {
    "Clock": "what a limit comes to, as the law's readers call it; a service's source of time",
    "Step": "a stage of the work on a case, which the published schemas name; what a trial does",
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


def homes_of(*homes: str) -> dict[str, set[str]]:
    """Return where each noun of *homes* is defined."""
    found = defaultdict(set)
    for home in homes:
        for path in (ROOT / home).rglob("*.py"):
            for noun in nouns(path):
                found[noun].add(path.relative_to(ROOT).as_posix())
    return found


def test_a_noun_of_several_services_has_one_meaning() -> None:
    ambiguous = {
        noun: sorted(paths)
        for noun, paths in homes_of(*HOMES).items()
        if len(paths) > 1
        and noun not in SHARED_ON_PURPOSE
        # Each service has its own subjects, and what each of them may be.
        and not all(path.startswith("services") for path in paths)
    }

    assert ambiguous == {}


def test_a_noun_of_metrics_has_one_meaning() -> None:
    ambiguous = {
        noun: sorted(others)
        for noun, paths in homes_of("services/metrics").items()
        # A view shows what the domain knows, under its name; a figure's parts are its own.
        if len(others := [path for path in paths if not path.startswith(SHOWN)]) > 1
        and noun != "Part"
    }

    assert ambiguous == {}
