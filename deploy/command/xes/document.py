"""The text of a log, piece by piece: unpacked where it is packed, and never much of it at once."""

import codecs
import gzip
import re
import zlib
from collections.abc import Iterator
from enum import StrEnum
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, cast

GZIP_MAGIC = b"\x1f\x8b"
PIECE_BYTES = 32 * 1024
RUN_BYTES_MAX = 1024 * 1024
"""Of a longer run without a mark of XML, which is one long value, only the beginning is read."""

# NUL stands in UTF-16, where a mark is not a single byte.
MARKS = re.compile(rb"[<>&\"'\0]")
# What is left out of a piece reaches from its first whole character to its last.
TAIL = re.compile(rb"[\x80-\xbf]*")
HEAD = re.compile(rb"[\xc0-\xff][\x80-\xbf]*\Z")
CHARACTER_BYTES_MAX = 4
DECLARED = re.compile(rb"\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']([A-Za-z][\w.-]*)")
MULTIBYTE = frozenset({"gb18030", "gb2312", "gbk", "big5", "big5hkscs", "shift_jis", "euc_jp"})
"""What expat itself cannot read."""

Piece = bytes | str


class Damage(StrEnum):
    """Why a file is not, or no longer, read."""

    BROKEN = "broken"
    DOCUMENT_TYPE = "document_type"
    NO_LOG = "no_log"
    NO_CASE = "no_case"
    TOO_LONG_A_TAG = "too_long_a_tag"
    TOO_DEEP = "too_deep"
    TOO_MANY_CASES = "too_many_cases"
    TOO_MANY_NAMES = "too_many_names"


class LogUnreadable(Exception):  # noqa: N818 - named after what is wrong with the log
    """The file is no XES log, breaks off, or would take more memory than we give it."""

    def __init__(self, damage: Damage, what: object = "") -> None:
        super().__init__(damage.value, what)
        self.damage = damage
        self.what = what


def pieces(raw: BufferedReader) -> Iterator[Piece]:
    """
    Yield what *raw* holds, from the first byte to the last; the content tells whether it is packed.

    Raises:
        LogUnreadable: it cannot be unpacked, or is not in the encoding that it names.
    """
    packed = raw.peek(len(GZIP_MAGIC)).startswith(GZIP_MAGIC)
    unpacked = cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if packed else raw
    try:
        yield from _decoded(_without_long_runs(unpacked))
    except (EOFError, OSError, UnicodeDecodeError, zlib.error) as fault:
        raise LogUnreadable(Damage.BROKEN, fault) from fault


def bare_name(path: Path) -> str:
    """Return the file's name without its suffixes."""
    return path.name.removesuffix(".gz").removesuffix(".xes")


def _without_long_runs(unpacked: BinaryIO) -> Iterator[bytes]:
    run = 0
    while piece := unpacked.read(PIECE_BYTES):
        run = 0 if MARKS.search(piece) else run + len(piece)
        yield piece if run <= RUN_BYTES_MAX else _seams(piece)


def _seams(piece: bytes) -> bytes:
    """Return what *piece* has of characters that begin before it or may end behind it."""
    tail, head = TAIL.match(piece), HEAD.search(piece[-CHARACTER_BYTES_MAX:])
    return b"".join(seam[0] for seam in (tail, head) if seam)


def _decoded(document: Iterator[bytes]) -> Iterator[Piece]:
    first = next(document, b"")
    declared = DECLARED.match(first)
    encoding = _codec(declared[1].decode()) if declared else ""
    decode = codecs.getincrementaldecoder(encoding)().decode if encoding in MULTIBYTE else bytes
    yield decode(first)
    yield from map(decode, document)


def _codec(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return name
