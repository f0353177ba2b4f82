"""
Writes the schema of each custom resource that a definition describes, as one compact file.

    python extract.py VERSION FILE…        (needs PyYAML: the checkers' environment has it)

Left out is what validates nothing: descriptions, and the status, which the operator writes.
"""

import json
import sys
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent


def bare(schema: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return *schema* without its texts."""
    if isinstance(schema, list):
        return [bare(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    # A property may be called like a keyword: only a text is a description.
    return {
        name: bare(part)
        for name, part in schema.items()
        if not (name == "description" and isinstance(part, str))
    }


def main(version: str, *files: str) -> None:
    for file in files:
        definition = yaml.safe_load(Path(file).read_text(encoding="utf-8"))["spec"]
        kind = definition["names"]["kind"]
        for told in definition["versions"]:
            schema = bare(told["schema"]["openAPIV3Schema"])
            schema["properties"].pop("status", None)
            document = {
                "apiVersion": f"{definition['group']}/{told['name']}",
                "kind": kind,
                "operator": version,
                "schema": schema,
            }
            place = HERE / f"{kind}.{told['name']}.json"
            text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
            place.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
