"""How an event stands in an HTTP request: structured, binary, or one of a batch."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from urllib.parse import unquote

from starlette.datastructures import Headers

from services.intake.handlers.gateway import Reading
from shared.contracts.documents import batch_pieces
from shared.contracts.foreign import Foreign, read_binary, read_foreign
from shared.contracts.unreadable import Flaw, Unreadable

STRUCTURED = "application/cloudevents"
BATCH = "application/cloudevents-batch"
PREFIX = "ce-"

BATCH_EVENTS_MAX = 1_000


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


def _binary(headers: Headers, body: bytes, *, learned: datetime) -> Foreign:
    attributes = dict(_attributes(headers.items()))
    if content_type := headers.get("content-type"):
        attributes["datacontenttype"] = content_type
    return read_binary(attributes, body, learned=learned)


def _attributes(headers: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    seen = set()
    for header, value in headers:
        if not header.startswith(PREFIX):
            continue
        name = header.removeprefix(PREFIX)
        if name in seen:
            raise Unreadable(Flaw.INVALID_ATTRIBUTE, name, "said twice")
        seen.add(name)
        yield name, _unescaped(name, value)


def _unescaped(name: str, value: str) -> str:
    """Return *value* without the percent signs of the HTTP binding."""
    try:
        # Starlette hands headers over as Latin-1; some senders put UTF-8 there unescaped.
        return unquote(value.encode("latin-1").decode("utf-8"), errors="strict")
    except UnicodeDecodeError:
        raise Unreadable(Flaw.INVALID_ATTRIBUTE, name, "not UTF-8") from None
