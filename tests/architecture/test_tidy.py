"""The tree keeps its own rules: names, sizes, docs that name real files."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("services", "shared", "deploy", "bench")
BANNED_NAMES = frozenset({"utils", "helpers", "common", "core", "base", "misc", "manager"})
FUNCTION_LINES_MAX = 60
MODULE_LINES_MAX = 400


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "node_modules" not in path.parts:
                yield path


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_module_is_a_drawer() -> None:
    drawers = [str(path) for path in sources(*PACKAGES) if path.stem in BANNED_NAMES]

    assert not drawers, f"name each module for a thing: {drawers}"


def test_every_module_says_what_the_reader_will_find() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in sources(*PACKAGES)
        if ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None
    ]

    assert not silent, f"open each module with one sentence: {silent}"


def test_functions_fit_into_a_head() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in sources(*PACKAGES, "tests")
        for node in functions(path)
        if (node.end_lineno or node.lineno) - node.lineno + 1 > FUNCTION_LINES_MAX
    ]

    assert not long, f"over {FUNCTION_LINES_MAX} lines; split by meaning: {long}"


def test_modules_fit_onto_a_few_screens() -> None:
    long = [
        f"{path.relative_to(ROOT)} ({lines})"
        for path in sources(*PACKAGES, "tests")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MODULE_LINES_MAX
    ]

    assert not long, f"over {MODULE_LINES_MAX} lines; split by noun: {long}"


def test_docs_name_real_files() -> None:
    missing = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]

    assert not missing, f"links that lead nowhere: {missing}"


@pytest.mark.parametrize("package", ["services", "shared", "deploy"])
def test_no_package_is_empty(package: str) -> None:
    empty = [
        str(path.parent.relative_to(ROOT))
        for path in (ROOT / package).rglob("__init__.py")
        if len([other for other in path.parent.iterdir() if other.name != "__pycache__"]) == 1
        and path.parent != ROOT / package
    ]

    assert not empty, f"a package is made when it has something to hold: {empty}"


def test_the_two_readmes_have_the_same_sections() -> None:
    english, chinese = (
        len(re.findall(r"^#+ ", (ROOT / name).read_text("utf-8"), re.MULTILINE))
        for name in ("README.md", "README.zh-CN.md")
    )

    assert english == chinese
