"""People planted into every text that a schema has: a new field is planted by itself."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from shared.contracts.documents import write
from shared.contracts.foreign import read_foreign
from shared.contracts.publishing import SCHEMAS, example_of
from shared.contracts.unreadable import Unreadable

RESIDENT = "34052419800101001X"
MOBILE = "13800138000"
CARD = "6222020000000000000"
OLD_RESIDENT = "610102490101012"
MAIL, PLATE = "ouyang.murong@example.org", "陕AZ9C7K"
NUMBERS = (RESIDENT, MOBILE, CARD, OLD_RESIDENT, MAIL, PLATE)
WRITTEN = ("申请人{}，已核验", "请回电 {}", "{}", "原号{}", "邮箱{}，", "车牌{}")

PERSON = "欧阳慕容测"
"""A name, which no pattern tells from other text."""

BUREAU_CODE = "11610102MB2X00178C"
SAMPLES: Mapping[str, object] = {"object": {"x": "x"}, "boolean": True}
BY_FORMAT = {"date": "2024-09-02", "date-time": "2024-09-02T09:40:12+08:00"}

Path = tuple[str | int, ...]
Schema = Mapping[str, Any]


class Planted(NamedTuple):
    """A document in which somebody has written a person into *place*."""

    place: Path
    document: Any
    bounded: bool
    """Whether the schema itself has something against such a text."""


def planted_events(kind: str, word: str) -> Iterator[Planted]:
    """Yield the full example of the type *kind*, with *word* in one text of it after the other."""
    schema = json.loads((SCHEMAS / f"{kind}.json").read_text("utf-8"))
    parts = schema["$defs"]
    whole = completed(schema, parts, example_of(kind))
    if not _is_readable(whole):
        # A key has the parts of its kind, and none of another's.
        whole = example_of(kind)
    for place, text in _texts(schema, parts, whole):
        bounded = "pattern" in text or text.get("maxLength", len(word)) < len(word)
        yield Planted(place, _with(whole, place, word), bounded)


def planted_everywhere(schema: Schema, word: str) -> Any:  # noqa: ANN401 - any JSON
    """Return what *schema* describes, with *word* in every text that takes it."""
    parts = schema.get("$defs", {})
    whole = completed(schema, parts)
    for place, text in _texts(schema, parts, whole):
        if "pattern" not in text and text.get("maxLength", len(word)) >= len(word):
            whole = _with(whole, place, word)
    return whole


def completed(schema: Schema, parts: Schema, given: object = None) -> Any:  # noqa: ANN401 - any JSON
    """Return *given* with every field that *schema* has, also those that may be left out."""
    schema = _plain(schema, parts)
    match schema:
        case {"properties": properties}:
            said = given if isinstance(given, dict) else {}
            return {
                name: completed(part, parts, said.get(name)) for name, part in properties.items()
            }
        case {"items": part}:
            several = given if isinstance(given, list) and given else [None]
            return [completed(part, parts, one) for one in several]
        case _:
            return given or _sample(schema)


def _sample(schema: Schema) -> object:
    match schema:
        case {"const": first} | {"enum": [first, *_]} | {"default": bool(first)}:
            return first
        case {"type": "string", "format": shape}:
            return BY_FORMAT[shape]
        case {"type": "string"}:
            is_code = "pattern" in schema and schema.get("minLength") == len(BUREAU_CODE)
            return BUREAU_CODE if is_code else "x" * schema.get("minLength", 1)
        case _:
            return SAMPLES.get(schema.get("type", ""), 1)


def _is_readable(document: Mapping[str, Any]) -> bool:
    try:
        read_foreign(write(dict(document)))
    except Unreadable:
        return False
    return True


def _texts(schema: Schema, parts: Schema, value: object) -> Iterator[tuple[Path, Schema]]:
    """Yield the place of each free text in *value*, with what the schema says of it."""
    schema = _plain(schema, parts)
    match schema, value:
        case (({"const": _} | {"enum": _} | {"format": _}), _):
            return
        case {"properties": properties}, dict():
            members = [
                (name, properties[name], value[name]) for name in properties if name in value
            ]
        case {"items": part}, list():
            members = [(index, part, one) for index, one in enumerate(value)]
        case _, dict():
            members = [(name, {"type": "string"}, one) for name, one in value.items()]
        case _:
            if isinstance(value, str):
                yield (), schema
            return
    for step, part, member in members:
        for place, text in _texts(part, parts, member):
            yield (step, *place), text


def _plain(schema: Schema, parts: Schema) -> Schema:
    """Return what *schema* refers to, and of a choice the first that is not null."""
    while True:
        match schema:
            case {"$ref": str(path)}:
                schema = parts[path.rpartition("/")[2]]
            case {"anyOf": choices} | {"oneOf": choices} | {"allOf": choices}:
                schema = next(one for one in choices if one.get("type") != "null")
            case _:
                return schema


def _with(document: Any, place: Path, word: str) -> Any:  # noqa: ANN401 - any JSON
    changed = deepcopy(document)
    at = changed
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = word
    return changed
