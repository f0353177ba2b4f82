"""How an event stands in an HTTP request: structured, binary, or one of a batch."""

import asyncio
import re
from datetime import datetime
from functools import partial
from urllib.parse import unquote

from starlette.datastructures import Headers

from services.intake.handlers.gateway import Reading
from shared.contracts.documents import batch_pieces
from shared.contracts.envelope import Event
from shared.contracts.foreign import attributes_of, read_binary, read_foreign
from shared.contracts.unreadable import Flaw, Unreadable

STRUCTURED = "application/cloudevents"
BATCH = "application/cloudevents-batch"
PREFIX = "ce-"

BATCH_EVENTS_MAX = 1_000

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"')
_ESCAPED = re.compile(r"\\(.)")


def is_batch(headers: Headers) -> bool:
    return headers.get("content-type", "").strip().lower().startswith(BATCH)


def single(headers: Headers, body: bytes) -> Reading:
    """
    Return what reads the one event of a request.

    The content type alone decides: a structured event may carry `ce-` headers
    as well, which then say nothing.
    """
    if headers.get("content-type", "").strip().lower().startswith(STRUCTURED):
        return partial(read_foreign, body)
    return partial(_binary, headers, body)


async def batch(body: bytes) -> list[Reading]:
    """
    Return what reads each event of a batch, while others have their turns.

    Raises:
        Unreadable: no array, or too many events.
    """
    members: list[bytes] = []
    for ended in batch_pieces(body):
        members += ended
        if len(members) > BATCH_EVENTS_MAX:
            raise Unreadable(Flaw.TOO_LARGE, "", f"more than {BATCH_EVENTS_MAX} events")
        await asyncio.sleep(0)
    return [partial(read_foreign, member) for member in members]


def _binary(headers: Headers, body: bytes, *, learned: datetime) -> Event:
    attributes = attributes_of(headers.items(), PREFIX, _text)
    if content_type := headers.get("content-type"):
        attributes["datacontenttype"] = content_type
    return read_binary(attributes, body, learned=learned)


def _text(value: str) -> str:
    """Return *value* without the quotation marks, then without the percent signs of the binding."""
    # Starlette hands headers over as Latin-1; some senders put UTF-8 there unescaped.
    text = value.encode("latin-1").decode("utf-8").strip()
    if quoted := _QUOTED.fullmatch(text):
        text = _ESCAPED.sub(r"\1", quoted[1])
    return unquote(text, errors="strict")
