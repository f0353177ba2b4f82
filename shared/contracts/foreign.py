"""What another system says: read strictly, completed where the data already answer, kept whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.contracts.documents import Document, parse, write
from shared.contracts.envelope import Event, Fact
from shared.contracts.registry import PUBLISHED, Language, read
from shared.contracts.upcasting import upcast


@dataclass(frozen=True, slots=True)
class Foreign:
    """An event of another system: the event as we understand it, and all that was said."""

    body: bytes
    """What is stored and published: all that was said, and what we filled in."""
    event: Event


def read_foreign(
    raw: bytes, language: Language = PUBLISHED, *, learned: datetime | None = None
) -> Foreign:
    """
    Return the event that a publisher sent in structured mode.

    *learned* is the instant at which we heard of it, in the bureau's zone; it
    takes the place of whatever the publisher says of that.

    Raises:
        Unreadable: with the code, the field and the reason that the publisher is told.
    """
    return _understood(parse(raw), language, learned)


def read_binary(
    attributes: Mapping[str, str],
    data: bytes,
    language: Language = PUBLISHED,
    *,
    learned: datetime | None = None,
) -> Foreign:
    """
    Return the event that a publisher sent in binary mode.

    *attributes* are the headers without their prefix, decoded; the content
    type stands there as ``datacontenttype``. *learned* is as above.
    """
    document: Document = {**attributes, "data": parse(data)}
    if document.get("derived") in ("true", "false"):
        document["derived"] = document["derived"] == "true"
    return _understood(document, language, learned)


def _understood(document: Document, language: Language, learned: datetime | None) -> Foreign:
    complete = _completed(document, language)
    if learned is not None:
        complete["recordedtime"] = learned.isoformat()
    body = write(complete)
    return Foreign(body, read(complete, language, body=body))


def _completed(document: Document, language: Language) -> Document:
    """Return *document* with what the data already say, in the spelling that we store."""
    complete = dict(document)
    content_type = complete.get("datacontenttype")
    if isinstance(content_type, str) and _is_json(content_type):
        complete["datacontenttype"] = "application/json"
    kind = complete.get("type")
    if isinstance(kind, str) and language.speaks(kind):
        current = upcast(complete, language.upcasters)
        _complete_from_data(complete, current.get("data"), language.facts[current["type"]])
    return complete


def _complete_from_data(document: Document, data: object, fact: type[Fact]) -> None:
    subject = _found(data, fact.ABOUT)
    if subject is not None:
        document.setdefault("subject", subject)
    case_no = _found(data, "case.case_no") or _found(data, "case_no")
    key = (case_no if fact.KEYED_BY_CASE else None) or subject
    if key is not None:
        document.setdefault("partitionkey", key)


def _found(data: object, path: str) -> str | None:
    for name in path.split("."):
        if not isinstance(data, dict):
            return None
        data = data.get(name)
    return data if isinstance(data, str) else None


def _is_json(content_type: str) -> bool:
    kind, _, parameters = content_type.lower().partition(";")
    charset = parameters.replace(" ", "").replace('"', "")
    return kind.strip() == "application/json" and charset in ("", "charset=utf-8")
