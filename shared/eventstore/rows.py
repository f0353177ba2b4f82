"""From an event to its row: the one way into an event store, whoever tells the event."""

from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic_core import PydanticSerializationError

from shared.contracts.documents import EVENT_BYTES_MAX
from shared.contracts.envelope import Event
from shared.contracts.identities import identity_in_bytes, identity_within
from shared.contracts.registry import decode, encode
from shared.contracts.unreadable import Flaw, Unreadable
from shared.eventstore.chain import digest_of
from shared.eventstore.port import NamesAPerson, TooLarge, Unstorable


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as it is kept and published."""

    event: Event
    occurred_at: datetime
    body: bytes
    digest: bytes


def row_of(event: Event, *, was_read: bool = False) -> EventRow:
    """
    Return *event* as it is kept: it fits into a message, and is read again as what it is.

    Measured is what is stored, not what was sent. What *was_read* has passed
    the reader in another spelling, and is read again only where ours needs an
    escape: to read everything twice would cost the gateway a twentieth.

    Raises:
        TooLarge: its body has more bytes than Kafka takes and a reader reads.
        NamesAPerson: a number that names a person stands in it (ADR 9).
        Unstorable: nobody could read it again, or they would read something else.
    """
    body = _body(event)
    if len(body) > EVENT_BYTES_MAX:
        raise TooLarge(Flaw.TOO_LARGE, "", f"more than {EVENT_BYTES_MAX} bytes as it is stored")
    if identity_in_bytes(body) and (found := identity_within(event.model_dump())):
        place, kind = found
        raise NamesAPerson(Flaw.PERSONAL_DATA, place, kind.value)
    if not was_read or b"\\u" in body:
        _read_again(body, event)
    return EventRow(event, _occurred_at(event), body, digest_of(body))


def _body(event: Event) -> bytes:
    try:
        return encode(event)
    except PydanticSerializationError as fault:
        raise Unstorable(Flaw.FORBIDDEN_CHARACTER, "", "half of a surrogate pair") from fault


def _read_again(body: bytes, event: Event) -> None:
    try:
        read = decode(body)
    except Unreadable as fault:
        raise Unstorable(fault.code, fault.field, fault.detail) from fault
    if read != event:
        raise Unstorable(Flaw.INVALID_DATA, "data", "it would be read as something else")


def _occurred_at(event: Event) -> datetime:
    try:
        return event.time.astimezone(UTC)
    except OverflowError as fault:
        raise Unstorable(Flaw.INVALID_ATTRIBUTE, "time", "no instant in UTC") from fault
