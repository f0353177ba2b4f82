"""What openapi.json says of answers that are no success: their statuses, each with its codes."""

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict

from shared.web.policies import refusals_of
from shared.web.problems import (
    CONTENT_TYPE_REFUSED,
    HOST_REFUSED,
    INVALID,
    LATE,
    MEDIA_TYPE,
    NOT_JSON,
    TOO_LARGE,
    ProblemKind,
)

MARK = "x-problems"
REQUIRED = "x-required"
"""In the schema of a parameter that is declared optional, so that its absence has its own code."""

SCHEMA = "Problem"
GENERATED = ("HTTPValidationError", "ValidationError")
"""FastAPI's own form of a refusal, which nobody gets."""


class ProblemBody(BaseModel):
    """An answer that is no success (RFC 9457)."""

    model_config = ConfigDict(frozen=True)

    type: str
    title: str
    status: int
    detail: str
    code: str
    trace_id: str
    field: str | None = None
    errors: list[dict[str, str]] | None = None


def told(*kinds: ProblemKind) -> dict[str, Any]:
    """Return, for a route's `openapi_extra`, that it may answer with *kinds* of problems."""
    return {MARK: list(kinds)}


class Described(FastAPI):
    """
    An app whose description lists each answer that is no success, by status and code.

    What follows from a route's policy, parameters and body is listed by itself;
    the rest is what the route has *told*. *schemas* are those to which its routes
    refer by name.
    """

    schemas: Mapping[str, Any] = MappingProxyType({})

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            document = super().openapi()
            by_policy = refusals_of(self)
            for path, methods in document["paths"].items():
                for method, operation in methods.items():
                    _describe(operation, by_policy.get((method.upper(), path), ()))
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            for name in GENERATED:
                schemas.pop(name, None)
            schemas |= {SCHEMA: ProblemBody.model_json_schema(), **self.schemas}
        return super().openapi()


def codes_of(document: Mapping[str, Any]) -> set[ProblemKind]:
    """Return every kind of problem that the description *document* lists."""
    return {
        ProblemKind(int(status), code)
        for methods in document["paths"].values()
        for operation in methods.values()
        for status, response in operation["responses"].items()
        for code in listed_codes(response)
    }


def listed_codes(response: Mapping[str, Any]) -> list[str]:
    """Return the codes that a described *response* may have, none where it is no problem."""
    problem = response.get("content", {}).get(MEDIA_TYPE)
    codes: list[str] = (
        problem["schema"]["allOf"][1]["properties"]["code"]["enum"] if problem else []
    )
    return codes


def _describe(operation: dict[str, Any], by_policy: Iterable[ProblemKind]) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["schema"].pop(REQUIRED, False):
            parameter["required"] = True
    kinds = {
        ProblemKind(*kind) for kind in (*by_policy, *operation.pop(MARK, ()), *_by_shape(operation))
    }
    responses = operation["responses"]
    responses.pop(str(INVALID.status), None)
    for status in sorted({kind.status for kind in kinds}):
        codes = sorted(kind.code for kind in kinds if kind.status == status)
        responses[str(status)] = _response(status, codes)


def _by_shape(operation: Mapping[str, Any]) -> Iterator[ProblemKind]:
    yield HOST_REFUSED
    if "requestBody" in operation:
        yield from (NOT_JSON, LATE, TOO_LARGE, CONTENT_TYPE_REFUSED, INVALID)
    elif any(parameter["in"] != "header" for parameter in operation.get("parameters", ())):
        yield INVALID


def _response(status: int, codes: list[str]) -> dict[str, Any]:
    known = {"properties": {"status": {"const": status}, "code": {"enum": codes}}}
    schema = {"allOf": [{"$ref": f"#/components/schemas/{SCHEMA}"}, known]}
    return {
        "description": f"{HTTPStatus(status).phrase}: {', '.join(codes)}",
        "content": {MEDIA_TYPE: {"schema": schema}},
    }
