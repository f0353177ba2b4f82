"""What the pages on security claim: tests that are there, bodies that are closed, text as text."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from deploy.descriptions import documents

ROOT = Path(__file__).parents[2]
ASVS = ROOT / "docs" / "reference" / "asvs.md"
PAGES = (ROOT / "docs" / "security.md", ASVS)
REQUIREMENTS = 253
"""Of levels 1 and 2 in ASVS 5.0."""
CLAIMED = re.compile(
    r"`(?:tests/)?((?:architecture|browser|chaos|contracts|domain|edges|integration)/test_\w+\.py)"
    r"(?:::(\w+))?`"
)
ANSWERED = re.compile(r"^\| (\d+\.\d+\.\d+) \| .+ \| (.+?) \|$", re.MULTILINE)
LEFT_OUT = re.compile(r"^\| V\d+ \| ([\d., -]+) \|", re.MULTILINE)
NUMBERS = re.compile(r"(\d+\.\d+)\.(\d+)(?:-\d+\.\d+\.(\d+))?")
COUNTED = re.compile(
    r"^Of (\d+), (\d+) do not apply, (\d+) are met .*, (\d+) .* no test, (\d+) ", re.MULTILINE
)
HELD = re.compile(r"::test_|\]\(|^not met: |^no test: ")

JUDGED_WITHIN = {("intake", "/v1/events"), ("intake", "/v1/events/validate")}
"""A publisher may say more than we know; nothing of that is kept."""
READ_IN_PART = {("metrics", "/v1/rules/calendar")}
"""A notice of the State Council comes as its publishers write it."""

SHOWN = ("services/metrics/dashboard", "shared/web/pages")
RAW = re.compile(
    r"v-html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
)
KEPT = re.compile(r"localStorage|sessionStorage|indexedDB|document\.cookie")


@cache
def defined_in(path: Path) -> frozenset[str]:
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in tree if isinstance(node, functions))


def is_there(file: str, name: str) -> bool:
    path = ROOT / "tests" / file
    return path.is_file() and (not name or name in defined_in(path))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_test_that_a_page_names_is_there(page: Path) -> None:
    claimed = CLAIMED.findall(page.read_text(encoding="utf-8"))

    assert claimed
    assert [place for place in claimed if not is_there(*place)] == []


def test_every_requirement_is_answered_once_and_says_by_what_it_is_held() -> None:
    text = ASVS.read_text(encoding="utf-8")
    answers = ANSWERED.findall(text)
    numbers = [number for number, _ in answers]
    for left_out in LEFT_OUT.findall(text):
        for chapter, first, last in NUMBERS.findall(left_out):
            numbers += [f"{chapter}.{n}" for n in range(int(first), int(last or first) + 1)]

    assert len(numbers) == len(set(numbers)) == REQUIREMENTS
    assert [number for number, held in answers if not HELD.search(held)] == []


def test_the_page_counts_what_it_answers() -> None:
    text = ASVS.read_text(encoding="utf-8")
    answers = [held for _, held in ANSWERED.findall(text)]
    unmet, untested = (
        sum(held.startswith(word) for held in answers) for word in ("not met: ", "no test: ")
    )
    applying = len(answers)
    met = applying - unmet - untested

    counted = [int(number) for number in COUNTED.findall(text)[0]]
    assert counted == [REQUIREMENTS, REQUIREMENTS - applying, met, untested, unmet]


def bodies() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give the schema of every JSON body that a service takes, by service and path."""
    for service, document in documents().items():
        named = document["components"]["schemas"]
        for path, operations in document["paths"].items():
            for operation in operations.values():
                for media in operation.get("requestBody", {}).get("content", {}).values():
                    schema = media["schema"]
                    for form in schema.get("anyOf", [schema]):
                        yield service, path, named.get(form.get("$ref", "")[21:], form)


def test_a_body_takes_the_fields_that_it_knows() -> None:
    open_to_more = {
        (service, path)
        for service, path, form in bodies()
        if form.get("type") != "null" and form.get("additionalProperties") is not False
    }

    assert open_to_more == JUDGED_WITHIN | READ_IN_PART


def sources_of_pages() -> Iterator[tuple[str, str]]:
    for folder in SHOWN:
        for path in sorted((ROOT / folder).rglob("*")):
            written = path.suffix in {".vue", ".ts", ".js", ".html"}
            if written and not {"node_modules", "dist"} & {*path.parts}:
                yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def test_pages_show_text_as_text() -> None:
    assert [name for name, text in sources_of_pages() if RAW.search(text)] == []


def test_the_page_remembers_preferences_alone() -> None:
    keeping = [name for name, text in sources_of_pages() if KEPT.search(text)]

    assert keeping == ["services/metrics/dashboard/src/words/preferences.ts"]
