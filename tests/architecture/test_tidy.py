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
PATH = re.compile(
    r"`((?:services|shared|deploy|tests|bench|docs)(?:/[\w.-]+)+"
    r"|[\w-]+(?:[./][\w-]+)*\.(?:css|html|json|md|mjs|py|sql|toml|ts|vue|yaml))(?:::\w+)?`"
)
ELSEWHERE = frozenset(
    {
        "deliveries.json",
        "domain.md",
        "keys/sessions/certificates.jwks.json",
        "materials.cdx.json",
        "openapi.json",
        "shared/command",
        "shared/data",
    }
)
"""What is made, served, written by others or was rejected, and so is in no checkout."""


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


def test_a_tree_of_refusals_names_each_of_them() -> None:
    left_out = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in sources("services")
        if path.name == "refusals.py"
        for module in [ast.parse(path.read_text(encoding="utf-8"))]
        for node in module.body
        if isinstance(node, ast.ClassDef)
        and f"── {node.name}" not in (ast.get_docstring(module) or "")
    ]

    assert not left_out, f"put each into the tree at the head of its module: {left_out}"


def test_docs_name_real_files() -> None:
    missing = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]

    assert not missing, f"links that lead nowhere: {missing}"


def endings() -> frozenset[str]:
    """Return every file and folder of the tree, by each way to name it from some folder above."""
    folders = (*PACKAGES, "tests", "docs", "requirements")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    named = [path.relative_to(ROOT).parts for path in (*paths, *ROOT.iterdir())]
    return frozenset(
        "/".join(parts[place:])
        for parts in named
        if "node_modules" not in parts
        for place in range(len(parts))
    )


def test_docs_name_files_by_where_they_are() -> None:
    known = endings() | ELSEWHERE
    pages = [page for page in (ROOT / "docs").rglob("*.md") if page.parent.name != "changes"]
    gone = [
        f"{page.relative_to(ROOT)}: {named}"
        for page in (*sorted(ROOT.glob("*.md")), *sorted(pages))
        for named in PATH.findall(page.read_text("utf-8"))
        if named not in known
    ]

    assert not gone, f"files that are no longer there: {gone}"


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
