"""What metrics tells is described: each answer by a schema, each schema by a type of the page."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from deploy.descriptions import documents
from deploy.typescript import WRITTEN, typescript
from services.metrics.views.schema import schemas


@cache
def description() -> dict[str, Any]:
    return documents()["metrics"]


def references(part: object) -> Iterator[str]:
    match part:
        case {"$ref": str(reference)}:
            yield reference.rpartition("/")[2]
        case dict():
            for inner in part.values():
                yield from references(inner)
        case list():
            for inner in part:
                yield from references(inner)
        case _:
            return


def answers() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in description()["paths"].items():
        for method, operation in methods.items():
            content = operation["responses"].get("200", {}).get("content", {})
            if path.startswith("/v1/") and "application/json" in content:
                yield method, path, content["application/json"]["schema"]


def test_the_types_of_the_page_are_those_of_the_description() -> None:
    written = WRITTEN.read_text(encoding="utf-8")

    assert written == typescript(description()), "run: make schemas"


def test_every_answer_is_described_by_a_view() -> None:
    undescribed = [(method, path) for method, path, schema in answers() if "$ref" not in schema]

    assert undescribed == []
    assert len(list(answers())) > 8


def test_everything_that_is_named_is_there_and_nothing_else() -> None:
    known = set(description()["components"]["schemas"])
    named = set(references(description()))

    assert named - known == set()
    assert known - named == set()


@pytest.mark.parametrize(
    ("view", "field", "description"),
    [
        ("Case", "open", "Whether something is left to do before it is closed."),
        ("CountedCase", "adds", "What it adds, by part."),
        ("ClockSpan", "to", "Null where it goes on."),
    ],
)
def test_a_field_is_described_by_what_stands_beneath_it(
    view: str, field: str, description: str
) -> None:
    assert schemas()[view]["properties"][field]["description"] == description


def test_every_view_says_what_it_is() -> None:
    silent = [name for name, schema in schemas().items() if not schema.get("description")]

    assert silent == []
