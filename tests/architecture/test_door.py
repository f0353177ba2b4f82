"""Whatever the command prints leaves through one door, where what was received is made harmless."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import deploy

FOLDER = Path(deploy.__file__).parent
DOOR = FOLDER / "command" / "output.py"
SOURCES = sorted(
    path for name in ("command", "bureau", "importers") for path in (FOLDER / name).rglob("*.py")
)
CONSOLES = {
    "rich": {"Console", "Text", "print", "pprint", "render", "escape"},
    "typer": {"echo", "secho", "print"},
    "sys": {"stdout", "stderr"},
}
"""What a library offers for printing, and for texts with markup."""
METHODS = {"status", "out", "log", "from_markup", "print_json", "print_exception"}


def other_ways(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield each way of printing in *tree* that is not the door's, with its line."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module)):
                forbidden = CONSOLES.get(module.partition(".")[0], set())
                yield from ((node.lineno, one.name) for one in node.names if one.name in forbidden)
            case ast.Attribute(value=ast.Name(id=owner), attr=name):
                if name in CONSOLES.get(owner, set()):
                    yield node.lineno, f"{owner}.{name}"
                if owner in {"out", "err", "console", "Text"} and name in METHODS:
                    yield node.lineno, f"{owner}.{name}"
            case ast.Call(func=ast.Name(id="print")):
                yield node.lineno, "print"
            case _:
                continue


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_nothing_is_printed_past_the_door(path: Path) -> None:
    passed = [
        f"{path.name}:{line} {name}"
        for line, name in other_ways(ast.parse(path.read_text(encoding="utf-8")))
        if path != DOOR
    ]

    assert not passed, f"print with deploy.command.output: {passed}"
