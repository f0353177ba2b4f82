"""What a command looks like as a JSON body: the command's own fields, checked strictly."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import MISSING, fields
from typing import Any, get_type_hints

import msgspec
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, create_model

from shared.contracts.documents import forbidden_in
from shared.contracts.unreadable import Flaw

FieldPath = tuple[str | int, ...]

STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)


class Form:
    """
    The body of one command, which is a dataclass.

    Made from the command's own fields, so that a body and its command cannot
    drift apart; fields that are *ours* are never asked. The *subject* stands
    in the path; the body of a *first* command may bring it, and need not.
    """

    def __init__(
        self, command: type[Any], subject: str, *, ours: Collection[str] = (), first: bool = False
    ) -> None:
        hints = get_type_hints(command, include_extras=True)
        questions: dict[str, Any] = {
            field.name: (hints[field.name], ... if field.default is MISSING else field.default)
            for field in fields(command)
            if field.name not in {*ours, "at", subject}
        }
        if first and subject not in ours:
            questions[subject] = (hints[subject] | None, None)
        self.first = first
        self._subject = subject
        self._path = TypeAdapter[str](hints[subject])
        self._body = create_model(command.__name__, __config__=STRICT, **questions)

    def read(self, raw: bytes) -> dict[str, Any]:
        """
        Return the words of the body in *raw*.

        Raises:
            RequestValidationError: naming each field at fault.
        """
        try:
            body: BaseModel = self._body.model_validate_json(raw or b"{}")
        except ValidationError as refusal:
            raise RequestValidationError(refusal.errors(include_url=False)) from None
        # What is forbidden enters JSON as an escape, or it is no JSON.
        if b"\\u" in raw:
            _require_storable((), msgspec.json.decode(raw))
        return {name: getattr(body, name) for name in self._body.model_fields}

    def subject(self, named: str) -> str:
        """Return the subject that the path names, if it can be one."""
        _require_storable((self._subject,), named)
        try:
            return self._path.validate_python(named)
        except ValidationError as refusal:
            found = refusal.errors(include_url=False)
            raise RequestValidationError(
                [{**error, "loc": (self._subject,)} for error in found]
            ) from None

    @property
    def subject_described(self) -> dict[str, Any]:
        """What the subject in the path looks like, for the service's own description."""
        return self._path.json_schema()

    @property
    def described(self) -> Mapping[str, Any]:
        """The body for the service's own description."""
        schema = self._body.model_json_schema()
        parts = schema.pop("$defs", {})
        content = {"application/json": {"schema": _inlined(schema, parts)}}
        return {"requestBody": {"required": True, "content": content}}


def _require_storable(place: FieldPath, value: object) -> None:
    """Refuse *value*, as JSON has it, where a text in it could be kept by nobody."""
    forbidden = [found for found, text in _texts(place, value) if forbidden_in(text)]
    if forbidden:
        kind = Flaw.FORBIDDEN_CHARACTER.value
        raise RequestValidationError([{"type": kind, "loc": found} for found in forbidden])


def _texts(place: FieldPath, value: object) -> Iterator[tuple[FieldPath, str]]:
    match value:
        case str():
            yield place, value
        case dict():
            for name, member in value.items():
                yield place, name
                yield from _texts((*place, name), member)
        case list():
            for index, member in enumerate(value):
                yield from _texts((*place, index), member)
        case _:
            return


def _inlined(schema: Any, parts: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON
    match schema:
        case {"$ref": str(path)}:
            return _inlined(parts[path.rpartition("/")[2]], parts)
        case dict():
            return {name: _inlined(part, parts) for name, part in schema.items()}
        case list():
            return [_inlined(part, parts) for part in schema]
        case _:
            return schema
