"""Whether a newer schema keeps what an older one promised to those who write and those who read."""

from collections.abc import Iterator, Mapping
from typing import Any

JsonSchema = Mapping[str, Any]

UPPER_BOUNDS = ("maxLength", "maximum", "maxItems", "maxProperties")
LOWER_BOUNDS = ("minLength", "minimum", "minItems", "minProperties")
FIXED = ("const", "format", "pattern")


def faults(old: JsonSchema, new: JsonSchema) -> list[str]:
    """
    Return each promise of *old* that *new* breaks, with its place.

    Additions are free: an optional field, a wider bound, another value of a
    vocabulary. A field may neither go nor become required nor stop being so.
    """
    return list(_Comparison(old, new).differences("", old, new))


class _Comparison:
    """Two whole schemas, each with its own definitions."""

    def __init__(self, old: JsonSchema, new: JsonSchema) -> None:
        self.old_definitions: JsonSchema = old.get("$defs", {})
        self.new_definitions: JsonSchema = new.get("$defs", {})

    def differences(self, place: str, old: JsonSchema, new: JsonSchema) -> Iterator[str]:
        old = _resolved(old, self.old_definitions)
        new = _resolved(new, self.new_definitions)
        if "anyOf" in old or "anyOf" in new:
            yield from self._alternatives(place, old, new)
            return
        if "type" in new and old.get("type") != new["type"]:
            yield f"{place}: {old.get('type', 'anything')} became {new['type']}"
            return
        yield from _narrowing(place, old, new)
        yield from self._fields(place, old, new)
        for inner in ("items", "additionalProperties"):
            if isinstance(new.get(inner), Mapping):
                yield from self.differences(f"{place}[]", old.get(inner, {}), new[inner])

    def _alternatives(self, place: str, old: JsonSchema, new: JsonSchema) -> Iterator[str]:
        offered = new.get("anyOf", [new])
        for wanted in old.get("anyOf", [old]):
            attempts = [list(self.differences(place, wanted, offer)) for offer in offered]
            yield from min(attempts, key=len)

    def _fields(self, place: str, old: JsonSchema, new: JsonSchema) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name in before:
            inner = f"{place}.{name}" if place else name
            if name not in after:
                yield f"{inner}: the field is gone"
            else:
                yield from self.differences(inner, before[name], after[name])
        was, is_now = set(old.get("required", ())), set(new.get("required", ()))
        yield from (f"{place}.{name}: now required".lstrip(".") for name in sorted(is_now - was))
        kept = (was - is_now) & set(after)
        yield from (f"{place}.{name}: no longer certain".lstrip(".") for name in sorted(kept))


def _resolved(schema: JsonSchema, definitions: JsonSchema) -> JsonSchema:
    reference = schema.get("$ref")
    return schema if reference is None else definitions[reference.rpartition("/")[2]]


def _narrowing(place: str, old: JsonSchema, new: JsonSchema) -> Iterator[str]:
    for name in FIXED:
        if name in new and old.get(name) != new[name]:
            yield f"{place}: {name} became {new[name]!r}, was {old.get(name, 'anything')!r}"
    if "enum" in new:
        yield from _vocabulary(place, old, new["enum"])
    for name in UPPER_BOUNDS:
        if name in new and old.get(name, float("inf")) > new[name]:
            yield f"{place}: {name} fell to {new[name]}"
    for name in LOWER_BOUNDS:
        if name in new and old.get(name, float("-inf")) < new[name]:
            yield f"{place}: {name} rose to {new[name]}"


def _vocabulary(place: str, old: JsonSchema, values: list[Any]) -> Iterator[str]:
    if not {"enum", "const"} & set(old):
        yield f"{place}: now a closed vocabulary"
    before = old.get("enum", [old["const"]] if "const" in old else [])
    gone = [value for value in before if value not in values]
    if gone:
        yield f"{place}: no longer takes {', '.join(map(repr, gone))}"
