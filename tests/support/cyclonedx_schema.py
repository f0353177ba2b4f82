"""Documents held against the schema of CycloneDX, which lies beside, so that nothing is fetched."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator  # type: ignore[import-untyped]  # publishes no types
from referencing import Registry
from referencing.jsonschema import DRAFT7

HERE = Path(__file__).parent / "cyclonedx"
BOM, LICENCES, SIGNATURES = "bom-1.6", "spdx", "jsf-0.82"
SHOWN = 5


def complaints(document: dict[str, Any]) -> list[str]:
    """Return what of *document* is not as CycloneDX 1.6 has it, the first few."""
    found = sorted(VALIDATOR.iter_errors(document), key=lambda fault: fault.json_path)
    return [f"{fault.json_path}: {fault.message[:200]}" for fault in found[:SHOWN]]


def licences() -> frozenset[str]:
    """Return the identifiers of licences that SPDX knows."""
    return frozenset(_read(LICENCES)["enum"])


def _read(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((HERE / f"{name}.schema.json").read_text("utf-8"))
    return schema


def _validator() -> Draft7Validator:
    resources = [DRAFT7.create_resource(_read(name)) for name in (BOM, LICENCES, SIGNATURES)]
    known: Registry[Any] = Registry().with_resources([(one.id() or "", one) for one in resources])
    return Draft7Validator(_read(BOM), registry=known)


VALIDATOR = _validator()
