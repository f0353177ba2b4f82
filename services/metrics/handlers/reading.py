"""From a fetched record to a fact that can be folded, one that is only kept, or a dead letter."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.metrics.domain.entry import ENVELOPE, Arrived, entry_of, identity_of
from shared.contracts.moments import recorded_instant
from shared.contracts.unreadable import Flaw, Unreadable
from shared.kafka.seal import TopicSeal
from shared.kafka.unpacking import Illegible

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


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """A record for the dead letters."""

    record: Fetched
    code: str
    field: str
    detail: str


def read_records(
    records: Iterable[Fetched], seal: TopicSeal | None = None
) -> Iterator[Arrived | RefusedRecord]:
    """Yield what each record is; where there is a *seal*, only what bears it is believed."""
    for record in records:
        body = record.value or b""
        if isinstance(body, Illegible):
            yield RefusedRecord(record, body.code, "", body.detail)
            continue
        if seal is not None and (flaw := seal.flaw_of(body, record.headers)):
            yield RefusedRecord(record, flaw, "", "")
            continue
        try:
            yield _read(body, record.key)
        except Unreadable as fault:
            yield RefusedRecord(record, fault.code, fault.field, fault.detail)


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
