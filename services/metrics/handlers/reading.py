"""From a fetched record to a fact that can be folded, one that is only kept, or a dead letter."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple, Protocol

import msgspec

from services.metrics.domain.entry import Entry, order_of
from shared.contracts.envelope import case_no_of
from shared.contracts.moments import instant_of, recorded_instant
from shared.contracts.registry import FACTS, decode
from shared.contracts.unreadable import Flaw, Unreadable
from shared.kafka.unpacking import Illegible

IDENTITY_BYTES = 16

NEWER = frozenset({Flaw.UNKNOWN_TYPE, Flaw.UNSUPPORTED_VERSION})
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
    def headers(self) -> Sequence[tuple[str, bytes | None]]: ...


class Envelope(msgspec.Struct, gc=False):
    """As much of an envelope as the fold reads; the data stay as they are."""

    id: str
    source: str
    type: str
    time: str
    partitionkey: str
    data: msgspec.Raw
    sequence: str | None = None
    windowid: str | None = None
    activity: str | None = None


ENVELOPE = msgspec.json.Decoder(Envelope)

VALIDATORS = {kind: fact.__pydantic_validator__.validate_json for kind, fact in FACTS.items()}


class Arrived(NamedTuple):
    """
    A record that belongs into the timeline; *entry* is None where its type is unknown.

    A tuple, because one is made for every record and a frozen dataclass costs four times as much.
    """

    dossier: str
    identity: bytes
    occurred_at: datetime
    body: bytes
    entry: Entry | None


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


def read_records(records: Iterable[Fetched]) -> Iterator[Arrived | Refused]:
    """Yield what each record is."""
    for record in records:
        body = record.value or b""
        if isinstance(body, Illegible):
            yield Refused(record, body.code, "", body.detail)
            continue
        try:
            yield _read(body, record.key)
        except Unreadable as fault:
            yield Refused(record, fault.code, fault.field, fault.detail)


def entry_of(body: bytes) -> Entry:
    """
    Return the fact in *body*, which one of us encoded or a gateway admitted.

    Where the quick way stumbles, the contracts' own reader says what is wrong.

    Raises:
        Unreadable: no event of the published language.
    """
    try:
        head = ENVELOPE.decode(body)
        time = instant_of(head.time)
        fact = VALIDATORS[head.type](bytes(head.data), strict=True)
    except (KeyError, ValueError):
        return Entry.of(decode(body))
    case_no = case_no_of(fact)
    named = case_no is None or case_no == head.partitionkey
    if not named or b"\\u0000" in body:
        return Entry.of(decode(body))
    return Entry(
        id=head.id,
        source=head.source,
        type=head.type,
        time=time,
        partitionkey=head.partitionkey,
        order=order_of(time, head.sequence, head.id),
        windowid=head.windowid,
        activity=head.activity,
        data=fact,
    )


def _read(body: bytes, key: bytes | None) -> Arrived:
    try:
        entry = entry_of(body)
    except Unreadable as fault:
        if fault.code not in NEWER:
            raise
        return _keep(body, fault)
    if key is not None and key != entry.partitionkey.encode():
        raise Unreadable(Flaw.KEY_MISMATCH, "partitionkey", "the record has another key")
    identity = identity_of(entry.source, entry.id)
    return Arrived(entry.partitionkey, identity, entry.time, body, entry)


def _keep(body: bytes, fault: Unreadable) -> Arrived:
    try:
        head = ENVELOPE.decode(body)
        time = recorded_instant(head.time)
    except ValueError:
        raise fault from None
    if b"\\u0000" in body:
        raise fault
    identity = identity_of(head.source, head.id)
    return Arrived(head.partitionkey, identity, time, body, None)
