"""Judges custom resources by the schemas that their operators publish, as strictly as a cluster."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # publishes no types

from tests.support.plans import Document

FOLDER = Path(__file__).parent / "operators"
KEEPS_ALL = "x-kubernetes-preserve-unknown-fields"


def known() -> set[tuple[str, str]]:
    """Return what can be judged: API and kind."""
    return {(told["apiVersion"], told["kind"]) for told in map(_read, FOLDER.glob("*.json"))}


def faults(resource: Document) -> Iterator[str]:
    """Yield what is wrong with *resource*, unknown fields included."""
    kind, name = resource["kind"], resource["metadata"]["name"]
    for fault in _validator(resource["apiVersion"], kind).iter_errors(resource):
        yield f"{kind} {name}: {fault.json_path}: {fault.message}"


@cache
def _validator(api: str, kind: str) -> Draft202012Validator:
    told = _read(FOLDER / f"{kind}.{api.rpartition('/')[2]}.json")
    assert told["apiVersion"] == api, f"{kind} is of {told['apiVersion']}"
    return Draft202012Validator(_strict(told["schema"]))


def _read(file: Path) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(file.read_text(encoding="utf-8"))


def _strict(schema: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return *schema* where an object has the fields that it names, and no other."""
    if isinstance(schema, list):
        return [_strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _strict(part) for name, part in schema.items()}
    closed = isinstance(schema.get("properties"), dict) and schema.get("type") == "object"
    if closed and "additionalProperties" not in schema and not schema.get(KEEPS_ALL):
        found["additionalProperties"] = False
    return found
