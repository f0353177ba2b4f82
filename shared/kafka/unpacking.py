"""
From what a fetch brought to records, whatever its bytes are.

aiokafka's own reading raises where a batch is broken, a header's name is not UTF-8 or a codec is
unknown, and it raises the same at every further fetch: one record would end its partition. Here
such a record is still read, or something Illegible stands in its place and is passed by.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import DefaultRecordBatch
from aiokafka.record.util import decode_varint

from shared.kafka.decompression import UnpacksTooLarge, decompressed

ILLEGIBLE = "illegible"
TOO_LARGE = "too_large"

OVERHEAD = struct.Struct(">qi")
"""Base offset, and how many bytes follow: what all formats begin with."""
HEAD = struct.Struct(">qiibIhiqqqhii")
MAGIC_AT, ATTRIBUTES_AT = struct.calcsize(">qii"), struct.calcsize(">qiibI")
ATTRIBUTES = struct.Struct(">h")
MAGIC = 2
"""Of the only format that Kafka 4 stores."""

CODEC, LOG_APPEND_TIME, TRANSACTIONAL, CONTROL = 0x07, 0x08, 0x10, 0x20


class Illegible(bytes):
    """Stands for a value that nobody can read: the bytes as they lie there, and why."""

    code: str
    detail: str

    def __new__(cls, raw: bytes, code: str, detail: str) -> Self:
        illegible = super().__new__(cls, raw)
        illegible.code, illegible.detail = code, detail
        return illegible


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A record as aiokafka's fetcher takes it."""

    offset: int
    timestamp: int
    timestamp_type: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()
    checksum: None = None


class Batches:
    """What one fetch brought of one partition, batch by batch, as aiokafka's fetcher asks."""

    def __init__(self, fetched: bytes | None) -> None:
        self._fetched = memoryview(fetched or b"")
        self._at = 0

    def size_in_bytes(self) -> int:
        return len(self._fetched)

    def has_next(self) -> bool:
        # A broker cuts off what follows the first batch, and sends the rest next time.
        return self._ends_at() <= len(self._fetched) or self._first_is_cut()

    def next_batch(self) -> "PackedBatch":
        begin = self._at
        self._at = min(self._ends_at(), len(self._fetched))
        return PackedBatch(self._fetched[begin : self._at])

    def _ends_at(self) -> int:
        if len(self._fetched) - self._at < OVERHEAD.size:
            return len(self._fetched) + 1
        _, length = OVERHEAD.unpack_from(self._fetched, self._at)
        # One that says that it ends before it begins takes the rest with it.
        return self._at + OVERHEAD.size + length if length > 0 else len(self._fetched)

    def _first_is_cut(self) -> bool:
        return self._at == 0 and len(self._fetched) >= OVERHEAD.size


class PackedBatch:
    """One batch; where aiokafka's parser stumbles, record by record."""

    def __init__(self, raw: memoryview) -> None:
        self._raw = raw
        self.base_offset: int
        self.base_offset, length = OVERHEAD.unpack_from(raw)
        self._is_headed = len(raw) >= HEAD.size and raw[MAGIC_AT] == MAGIC
        self._flaw = "" if self._is_headed else "a batch of no format that is known"
        if len(raw) != OVERHEAD.size + length:
            self._flaw = "a batch that is cut off"

    def validate_crc(self) -> bool:
        """Return True: bytes that have changed are illegible, and no reason to ask for ever."""
        if not self._flaw and not self._parser.validate_crc():
            self._flaw = "a batch whose checksum is wrong"
        return True

    @property
    def producer_id(self) -> int | None:
        return None if self._flaw else self._head[9]

    @property
    def is_control_batch(self) -> bool:
        return bool(self._attributes & CONTROL)

    @property
    def is_transactional(self) -> bool:
        return bool(self._attributes & TRANSACTIONAL)

    @property
    def next_offset(self) -> int:
        return self._last_offset + 1

    def __next__(self) -> Any:  # noqa: ANN401 - aiokafka publishes no types
        """Return a control batch's only record, as aiokafka asks for it."""
        return next(self._parser)

    def __iter__(self) -> Iterator[Any]:
        if self._flaw:
            yield self._illegible(ILLEGIBLE, self._flaw, self.base_offset)
            return
        read = 0
        try:
            for record in self._uncompressed if self._attributes & CODEC else self._parser:
                yield record
                read += 1
        except Exception as fault:  # noqa: BLE001 - whatever a parser says to bytes of anybody
            yield from self._patiently(read, fault)

    @cached_property
    def _head(self) -> tuple[int, ...]:
        head: tuple[int, ...] = HEAD.unpack_from(self._raw)
        return head

    @property
    def _attributes(self) -> int:
        return 0 if self._flaw else self._head[5]

    @property
    def _last_offset(self) -> int:
        return self.base_offset + (max(0, self._head[6]) if self._is_headed else 0)

    @cached_property
    def _parser(self) -> Any:  # noqa: ANN401 - aiokafka publishes no types
        return DefaultRecordBatch(self._raw)

    @property
    def _uncompressed(self) -> Any:  # noqa: ANN401 - aiokafka publishes no types
        """The same batch as if nobody had packed it: aiokafka's own codecs know no bounds."""
        records, more = self._records
        if more:
            raise more
        head = bytearray(self._raw[: HEAD.size])
        ATTRIBUTES.pack_into(head, ATTRIBUTES_AT, self._attributes & ~CODEC)
        return DefaultRecordBatch(b"".join((head, records)))

    @cached_property
    def _records(self) -> tuple[bytearray, UnpacksTooLarge | None]:
        """The records' bytes, as many as we take, and whether there are more."""
        packed = self._raw[HEAD.size :]
        try:
            return decompressed(packed, self._attributes & CODEC), None
        except UnpacksTooLarge as more:
            return more.beginning, more

    def _patiently(self, skipping: int, fault: Exception) -> Iterator[Unpacked]:
        """Yield what *fault* kept back, behind the first *skipping* records."""
        try:
            records, more = self._records
        except Exception:  # noqa: BLE001 - whatever a codec says to bytes of anybody
            yield self._illegible(ILLEGIBLE, type(fault).__name__, self.base_offset)
            return
        walk = _Walk(records, self._head)
        for index in range(self._head[12]):
            record = walk.step()
            if record is None:
                code, why = (TOO_LARGE, str(more)) if more else (ILLEGIBLE, type(fault).__name__)
                yield self._illegible(code, why, walk.offset + 1)
                return
            if index >= skipping:
                yield record

    def _illegible(self, code: str, why: str, first: int) -> Unpacked:
        """Return what stands for the offsets from *first* on, at the last one: it passes them."""
        detail = f"offsets {first} to {self._last_offset}: {why}"
        timestamp = self._head[8] if self._is_headed else 0
        value = Illegible(bytes(self._raw), code, detail)
        return Unpacked(self._last_offset, timestamp, 0, None, value)


class _Walk:
    """Goes through a batch's records by their lengths, and forgives what is inside one."""

    def __init__(self, records: bytearray, head: tuple[int, ...]) -> None:
        self._records = records
        self._base, self._attributes, self._last = head[0], head[5], head[6]
        self._first_timestamp, self._last_timestamp = head[7:9]
        self._at = 0
        self.offset = self._base - 1

    def step(self) -> Unpacked | None:
        """Return the next record; None where it cannot be told where it ends."""
        try:
            length, begin = decode_varint(self._records, self._at)
        except (ValueError, IndexError):
            return None
        self._at = begin + length
        if length <= 0 or self._at > len(self._records):
            return None
        body = self._records[begin : self._at]
        try:
            record = self._read(body)
        except (ValueError, IndexError) as fault:
            detail = f"offset {self.offset + 1}: {type(fault).__name__}"
            value = Illegible(bytes(body), ILLEGIBLE, detail)
            record = Unpacked(self.offset + 1, self._last_timestamp, 0, None, value)
        self.offset = record.offset
        return record

    def _read(self, body: bytearray) -> Unpacked:
        passed, at = decode_varint(body, 1)
        delta, at = decode_varint(body, at)
        offset = self._base + delta
        if not self.offset < offset <= self._base + self._last:
            raise ValueError("an offset out of its order")
        key, at = _field(body, at)
        value, at = _field(body, at)
        count, at = decode_varint(body, at)
        headers = []
        for _ in range(count):
            name, at = _field(body, at)
            told, at = _field(body, at)
            headers.append(((name or b"").decode("utf-8", "backslashreplace"), told))
        late = bool(self._attributes & LOG_APPEND_TIME)
        timestamp = self._last_timestamp if late else self._first_timestamp + passed
        return Unpacked(offset, timestamp, int(late), key, value, tuple(headers))


def _field(body: bytearray, at: int) -> tuple[bytes | None, int]:
    length, at = decode_varint(body, at)
    if length < 0:
        return None, at
    end = at + length
    if end > len(body):
        raise ValueError("a field that is longer than its record")
    return bytes(body[at:end]), end


def take_any_bytes() -> None:
    """Let every consumer of this process unpack as this module does."""
    # The fetcher takes its reader from its own module when a fetch arrives; the version is pinned.
    fetcher.MemoryRecords = Batches
