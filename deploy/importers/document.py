"""The text of a log, piece by piece: unpacked where it is packed, and never much of it at once."""

import codecs
import gzip
import re
import zlib
from collections.abc import Callable, Iterator
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
# What is left out reaches from the end of one character to the beginning of another.
TAIL = re.compile(rb"[\x80-\xbf]*")
HEAD = re.compile(rb"[\xc0-\xff][\x80-\xbf]*\Z")
CHARACTER_BYTES_MAX = 4
DECLARED = re.compile(rb"\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']([A-Za-z][\w.-]*)")
NATIVE = frozenset({"utf-8", "utf-16", "utf-16le", "utf-16be", "iso-8859-1", "us-ascii"})
"""What expat reads, under the names that it knows it by."""

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


class LogUnreadable(Exception):
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
    except (EOFError, OSError, UnicodeError, zlib.error) as fault:
        raise LogUnreadable(Damage.BROKEN, fault) from fault


def bare_name(path: Path) -> str:
    """Return the file's name without its suffixes."""
    return path.name.removesuffix(".gz").removesuffix(".xes")


def _without_long_runs(unpacked: BinaryIO) -> Iterator[bytes]:
    run, begun = 0, b""
    while piece := unpacked.read(PIECE_BYTES):
        goes_on = run > RUN_BYTES_MAX
        run = 0 if MARKS.search(piece) else run + len(piece)
        if run <= RUN_BYTES_MAX:
            yield begun + piece
            begun = b""
        else:
            if not goes_on and (tail := TAIL.match(piece)):
                yield tail[0]
            head = HEAD.search(piece[-CHARACTER_BYTES_MAX:])
            begun = head[0] if head else b""


def _decoded(document: Iterator[bytes]) -> Iterator[Piece]:
    first = next(document, b"")
    declared = DECLARED.match(first)
    decode = _decoder(declared[1].decode().lower() if declared else "utf-8")
    yield decode(first)
    yield from map(decode, document)


def _decoder(encoding: str) -> Callable[[bytes], Piece]:
    try:
        b"    ".decode(encoding, "replace")  # Not every codec is one of texts: some unpack.
    except (LookupError, UnicodeError):
        return bytes
    return bytes if encoding in NATIVE else codecs.getincrementaldecoder(encoding)().decode
