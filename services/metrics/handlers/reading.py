"""From a fetched record to a fact that can be folded, one that is only kept, or a dead letter."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Protocol

import msgspec

from shared.contracts.envelope import Event
from shared.contracts.registry import decode
from shared.contracts.unreadable import Fault, Unreadable

IDENTITY_BYTES = 16

NEWER = frozenset({Fault.UNKNOWN_TYPE, Fault.UNSUPPORTED_VERSION})
"""A newer producer's types: kept for the day on which we know them."""


class Fetched(Protocol):
    """A record as Kafka's client hands it out."""

    @property
    def key(self) -> bytes | None: ...

    @property
    def value(self) -> bytes | None: ...

    @property
    def offset(self) -> int: ...

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...


class Head(msgspec.Struct):
    """What the timeline needs of an event whose type we do not know."""

    id: str
    source: str
    time: datetime
    partitionkey: str


HEAD = msgspec.json.Decoder(Head)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A record that belongs into the timeline; *event* is None where its type is unknown."""

    dossier: str
    identity: bytes
    occurred_at: datetime
    body: str
    event: Event | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A record for the dead letters."""

    record: Fetched
    code: str
    field: str
    detail: str


def identity_of(source: str, event_id: str) -> bytes:
    """Return the short name of a fact: publishers' ids are long, and every index row holds one."""
    return blake2b(f"{source}\0{event_id}".encode(), digest_size=IDENTITY_BYTES).digest()


def read_records(
    records: Iterable[Fetched],
) -> Iterator[Arrived | Refused]:
    """Yield what each record is."""
    for record in records:
        try:
            yield _read(record.value or b"", record.key)
        except Unreadable as fault:
            yield Refused(record, fault.code, fault.field, fault.detail)


def _read(body: bytes, key: bytes | None) -> Arrived:
    try:
        event = decode(body)
    except Unreadable as fault:
        if fault.code not in NEWER:
            raise
        return _keep(body, fault)
    if key is not None and key != event.partitionkey.encode():
        raise Unreadable(Fault.KEY_MISMATCH, "partitionkey", "the record has another key")
    identity = identity_of(event.source, event.id)
    return Arrived(event.partitionkey, identity, event.time, body.decode(), event)


def _keep(body: bytes, fault: Unreadable) -> Arrived:
    try:
        head = HEAD.decode(body)
    except msgspec.DecodeError:
        raise fault from None
    if head.time.tzinfo is None:
        raise fault
    identity = identity_of(head.source, head.id)
    return Arrived(head.partitionkey, identity, head.time, body.decode(), None)
