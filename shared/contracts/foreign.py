"""What another system says: read strictly, completed where the data already answer."""

import re
from binascii import a2b_base64
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from pydantic import ValidationError

from shared.contracts.documents import Document, parse, printable
from shared.contracts.envelope import ATTRIBUTES, EXTENSIONS, STANDING, Event, Fact
from shared.contracts.registry import PUBLISHED, Dialect, read
from shared.contracts.unreadable import Flaw, Unreadable
from shared.contracts.upcasting import upcast

JSON = "application/json"
CONTENT_TYPE_CHARACTERS_MAX = 256
SPELLINGS_MAX = 256
"""So many spellings of a content type are remembered; publishers have a handful."""

_WORD = r"[\w!#$%&'*+.^`|~-]++"
_PARAMETER = rf'\s*+;\s*+(?:({_WORD})\s*+(?:=\s*+({_WORD}|"(?:[^"\\]|\\.)*+"))?)?'
_PARAMETERS = re.compile(_PARAMETER, re.ASCII)
_JSON_TYPE = re.compile(
    rf"\s*+{_WORD}/(?:[\w!#$&^.+-]+\+)?json((?:{_PARAMETER})*+)\s*+", re.ASCII | re.IGNORECASE
)

T = TypeVar("T")


def read_foreign(
    raw: bytes,
    dialect: Dialect = PUBLISHED,
    *,
    learned: datetime | None = None,
    key: str | None = None,
) -> Event:
    """
    Return the event that a publisher sent in structured mode.

    What is no attribute or field of ours is not read, and so in no event.
    *learned* is the instant at which we heard of it, in the bureau's zone; it
    takes the place of whatever the publisher says of that. *key* is the key by
    which it was sent, and the partition key where the event names none.

    Raises:
        Unreadable: with the code, the field and the reason that the publisher is told.
    """
    said = parse(raw)
    # A null member is an unset one (CloudEvents JSON format, 2.2).
    document = {name: value for name, value in said.items() if value is not None}
    if (content_type := document.get("datacontenttype", JSON)) != JSON:
        document["datacontenttype"] = _as_stored(content_type)
    if "data_base64" in document:
        _unpack(document)
    for name in [name for name, value in document.items() if type(value) is int]:
        # In binary mode an integer is text, and ours are texts.
        if name in EXTENSIONS:
            document[name] = str(document[name])
    return _understood(document, dialect, learned, key)


def read_binary(
    attributes: Mapping[str, str],
    data: bytes,
    dialect: Dialect = PUBLISHED,
    *,
    learned: datetime | None = None,
    key: str | None = None,
) -> Event:
    """
    Return the event that a publisher sent in binary mode.

    *attributes* are the headers without their prefix, as `attributes_of` reads
    them; the content type stands there as ``datacontenttype``. *learned* and
    *key* are as above.
    """
    content_type = _as_stored(attributes.get("datacontenttype", JSON))
    document: Document = {**attributes, "datacontenttype": content_type, "data": parse(data)}
    return _understood(document, dialect, learned, key)


def attributes_of(
    headers: Iterable[tuple[str, T | None]], prefix: str, text_of: Callable[[T], str]
) -> dict[str, str]:
    """
    Return the attributes of ours that stand in *headers* under *prefix*, in whatever case.

    *text_of* undoes what the protocol does to a value. A header that is no
    attribute of ours, or has no value, says nothing.

    Raises:
        Unreadable: an attribute is said twice, or its value is not UTF-8.
    """
    attributes: dict[str, str] = {}
    for header, value in headers:
        name = header.lower().removeprefix(prefix)
        if value is None or name == header.lower() or name not in ATTRIBUTES:
            continue
        if name in attributes:
            raise Unreadable(Flaw.INVALID_ATTRIBUTE, name, "said twice")
        try:
            attributes[name] = text_of(value)
        except UnicodeDecodeError:
            raise Unreadable(Flaw.INVALID_ATTRIBUTE, name, "not UTF-8") from None
    return attributes


def _understood(
    document: Document, dialect: Dialect, learned: datetime | None, key: str | None
) -> Event:
    for name in STANDING:
        document.pop(name, None)
    if key:
        document.setdefault("partitionkey", key)
    if document.get("derived") in ("true", "false"):
        document["derived"] = document["derived"] == "true"
    kind = document.get("type")
    if isinstance(kind, str) and dialect.speaks(kind):
        document = upcast(document, dialect.upcasters)
        _complete_from_data(document, dialect.facts[document["type"]])
    if learned is not None:
        document["recordedtime"] = learned.isoformat()
    return read(document, dialect)


def _complete_from_data(document: Document, fact: type[Fact]) -> None:
    data = document.get("data")
    subject = _found(data, fact.ABOUT)
    if subject is None and "subject" not in document:
        subject = _worked_out(data, fact)
    if subject is not None:
        document.setdefault("subject", subject)
    case_no = _found(data, "case.case_no") or _found(data, "case_no")
    key = (case_no if fact.KEYED_BY_CASE else None) or subject
    if key is not None:
        document.setdefault("partitionkey", key)


def _worked_out(data: object, fact: type[Fact]) -> str | None:
    """Return the subject where the fact names it by what it says, as a list by its kind."""
    if fact.ABOUT.partition(".")[0] in fact.model_fields:
        return None
    try:
        return fact.model_validate(data).subject
    except ValidationError:
        return None  # What is wrong with the data is told where the whole is read.


def _found(data: object, path: str) -> str | None:
    for name in path.split("."):
        if not isinstance(data, dict):
            return None
        data = data.get(name)
    return data if isinstance(data, str) else None


def _unpack(document: Document) -> None:
    """Put the JSON that is packed into ``data_base64`` where data stand."""
    packed = document.pop("data_base64")
    if "data" in document:
        raise Unreadable(
            Flaw.INVALID_ATTRIBUTE, "data_base64", "data and data_base64 exclude each other"
        )
    try:
        document["data"] = parse(a2b_base64(packed, strict_mode=True))
    except Unreadable as fault:
        raise Unreadable(fault.code, "data_base64", fault.detail) from None
    except (TypeError, ValueError):
        raise Unreadable(Flaw.INVALID_ATTRIBUTE, "data_base64", "not Base64") from None


def _as_stored(content_type: object) -> str:
    """Return our one spelling of *content_type*, which must say JSON in UTF-8."""
    is_short = isinstance(content_type, str) and len(content_type) <= CONTENT_TYPE_CHARACTERS_MAX
    if not (is_short and _says_json(content_type)):
        told = printable(str(content_type))
        raise Unreadable(
            Flaw.INVALID_ATTRIBUTE, "datacontenttype", f"{told} does not say JSON in UTF-8"
        )
    return JSON


@lru_cache(SPELLINGS_MAX)
def _says_json(content_type: str) -> bool:
    """Whether *content_type* is ``*/json`` or ``*/*+json`` and names no charset but UTF-8."""
    named = _JSON_TYPE.fullmatch(content_type)
    if named is None:
        return False
    said = {(name or "").lower(): value for name, value in _PARAMETERS.findall(named[1])}
    return said.get("charset", "utf-8").strip('"').lower() in ("utf-8", "utf8")
