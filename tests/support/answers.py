"""Which answers a service gave, held against those that its own description lists."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from shared.web.description import listed_codes
from shared.web.problems import MEDIA_TYPE

PROBLEM = MEDIA_TYPE.encode()
BESIDE = frozenset({405, 413, 415})
"""Answers to what is no request of an operation: another method, a body where none is asked for."""


class Answer(NamedTuple):
    """One answer, by operation; *code* is empty where it is no problem."""

    method: str
    path: str
    status: int
    code: str = ""


@dataclass
class Listened:
    """A service, with every kind of answer that it has given so far."""

    app: FastAPI
    answers: set[Answer] = field(default_factory=set)

    def variant(self, app: FastAPI) -> "Listened":
        """Return another edge of the same service, whose answers count as this one's."""
        return Listened(app, self.answers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        head: dict[str, Any] = {}
        body = bytearray()

        async def heard(message: Message) -> None:
            if message["type"] == "http.response.start":
                head.update(status=message["status"], headers=dict(message["headers"]))
            elif head["headers"].get(b"content-type", b"").startswith(PROBLEM):
                body.extend(message.get("body", b""))
            await send(message)

        await self.app(scope, receive, heard)
        path = self._path(scope["path"])
        code = json.loads(body)["code"] if body else ""
        self.answers.add(Answer(scope["method"], path, head["status"], code))

    def _path(self, asked: str) -> str:
        """Return the path of the description that *asked* is; the edge refuses before it knows."""
        described: Iterable[str] = self.app.openapi()["paths"]
        # What is spelt out comes first: `/v1/events/validate` is no event's.
        ranked = sorted(described, key=lambda path: path.count("{"))
        return next((path for path in ranked if _pattern(path).fullmatch(asked)), "")

    def undocumented(self) -> set[Answer]:
        """Return what was answered and is not in the description."""
        documented = set(documented_answers(self.app.openapi()))
        operations = {(one.method, one.path) for one in documented}
        return {
            one
            for one in self.answers - documented
            if (one.method, one.path) in operations and one.status not in BESIDE
        }

    def unseen(self) -> set[tuple[str, str, int]]:
        """Return the statuses of the description that nobody got so far."""
        documented = {one[:3] for one in documented_answers(self.app.openapi())}
        return documented - {one[:3] for one in self.answers}


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"{[^}]+}", "[^/]+", path))


def documented_answers(document: Mapping[str, Any]) -> Iterator[Answer]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for status, response in operation["responses"].items():
                for code in listed_codes(response) or [""]:
                    yield Answer(method.upper(), path, int(status), code)


SCALARS: Mapping[str, Any] = {"boolean": False, "null": None}
TEXTS = {"date": "2026-11-23", "date-time": "2026-11-23T09:00:00+08:00"}
PATTERNED = ("11610102MB2X00178C", "610102")
"""An organisation's code and a district's: the patterns that a command's body has."""


def smallest(schema: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON
    """Return a small value that *schema* describes."""
    match schema:
        case {"const": value} | {"enum": [value, *_]} | {"default": value}:
            return value
        case {"anyOf": [first, *_]}:
            return smallest(first)
        case {"type": "object"}:
            properties = schema.get("properties", {})
            return {name: smallest(properties[name]) for name in schema.get("required", ())}
        case {"type": "array"}:
            return [smallest(schema["items"])] * schema.get("minItems", 0)
        case {"type": "integer" | "number" | "string"}:
            return schema.get("minimum", 0) if schema["type"] != "string" else _text(schema)
        case _:
            return SCALARS.get(schema.get("type", "null"))


def _text(schema: Mapping[str, Any]) -> str:
    if "pattern" in schema:
        return next((one for one in PATTERNED if re.search(schema["pattern"], one)), PATTERNED[0])
    known = TEXTS.get(schema.get("format", ""))
    return known or "x" * max(1, int(schema.get("minLength", 1)))
