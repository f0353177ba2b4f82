"""``python -m deploy.typescript``: writes the page's types, as openapi.json has them."""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from deploy.descriptions import documents
from deploy.stack.places import CHECKOUT

WRITTEN = CHECKOUT / "services/metrics/dashboard/src/picture/views.ts"
HEAD = """\
/** The shapes that the metrics service sends. Generated from its openapi.json: `make schemas`. */
"""
PLAIN = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}
IDENTIFIER = re.compile(r"[A-Za-z_]\w*")


def typescript(document: Mapping[str, Any]) -> str:
    """Return a type for each schema that *document*, an openapi.json, has by name."""
    schemas = document["components"]["schemas"]
    return "\n".join([HEAD, *(_declared(name, schemas[name]) for name in sorted(schemas))])


def _declared(name: str, schema: Mapping[str, Any]) -> str:
    said = _comment(schema, "")
    if "properties" not in schema:
        return f"{said}export type {name} = {_type(schema)}\n"
    return "\n".join([f"{said}export interface {name} {{", *_fields(schema), "}", ""])


def _fields(schema: Mapping[str, Any]) -> Iterator[str]:
    for name, field in schema["properties"].items():
        key = name if IDENTIFIER.fullmatch(name) else f"'{name}'"
        mark = "" if name in schema.get("required", ()) else "?"
        yield f"{_comment(field, '  ')}  {key}{mark}: {_type(field)}"


def _type(schema: Mapping[str, Any]) -> str:
    match schema:
        case {"$ref": str(reference)}:
            return reference.rpartition("/")[2]
        case {"anyOf": list(ways)}:
            return " | ".join(dict.fromkeys(map(_type, ways)))
        case {"enum": list(values)}:
            return " | ".join(f"'{value}'" for value in values)
        case {"type": "array", "items": items}:
            inner = _type(items)
            return f"({inner})[]" if "|" in inner else f"{inner}[]"
        case {"type": str(kind)} if kind in PLAIN:
            return PLAIN[kind]
        case _:
            # True says no more than nothing does: whatever there is.
            others = schema.get("additionalProperties")
            return f"Record<string, {_type(others) if isinstance(others, dict) else 'unknown'}>"


def _comment(schema: Mapping[str, Any], indent: str) -> str:
    match schema.get("description", "").splitlines():
        case []:
            return ""
        case [line]:
            return f"{indent}/** {line} */\n"
        case lines:
            body = "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines)
            return f"{indent}/**\n{body}{indent} */\n"


def main(written: Path = WRITTEN) -> int:
    written.write_text(typescript(documents()["metrics"]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
