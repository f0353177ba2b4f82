"""A file of events, one JSON document a line, as editors, exports and pipes write it."""

import codecs
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

import typer

from deploy.texts import say
from shared.contracts.documents import EVENT_BYTES_MAX

STANDARD_INPUT = Path("-")
LINE_BYTES_MAX = EVENT_BYTES_MAX + 2
"""Of a line that is longer than any event no more is kept than shows that it is."""
CHUNK_BYTES = 1024 * 1024
OTHER_ENCODINGS = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}


@dataclass(slots=True)
class NumberedLines:
    """The lines of *opened* that hold something, with their numbers; memory holds one of them."""

    opened: BinaryIO
    size: int | None = None
    """None where nobody knows it, as of a pipe."""
    read: int = 0

    @classmethod
    @contextmanager
    def of(cls, file: Path) -> Iterator[Self]:
        """
        Give the lines of *file*, or of standard input.

        Raises:
            typer.BadParameter: it cannot be read.
        """
        if file == STANDARD_INPUT:
            yield cls(sys.stdin.buffer)
            return
        try:
            opened = file.open("rb")
        except OSError as fault:
            said = say("publish.no_file", file=file, reason=fault.strerror)
            raise typer.BadParameter(said, param_hint="FILE") from None
        with opened:
            yield cls(opened, file.stat().st_size if file.is_file() else None)

    @property
    def reached(self) -> float | None:
        """How much of the whole is read, where that is known."""
        return self.read / self.size if self.size else None

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        for number, line in enumerate(self._lines(), start=1):
            # Of the file, and not of its first event.
            told = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
            if told.strip():
                yield number, told

    def left(self) -> int | None:
        """Return how many lines have not been read, where the file can tell."""
        if self.size is None:
            return None
        last, count = b"\n", 0
        while chunk := self.opened.read(CHUNK_BYTES):
            count += chunk.count(b"\n")
            last = chunk
        return count + (not last.endswith(b"\n"))

    def _lines(self) -> Iterator[bytes]:
        while line := self._piece():
            if self.read == len(line):
                _refuse_other_encodings(line)
            yield line
            while len(line) == LINE_BYTES_MAX and not line.endswith(b"\n"):
                line = self._piece()

    def _piece(self) -> bytes:
        piece = self.opened.readline(LINE_BYTES_MAX)
        self.read += len(piece)
        return piece


def _refuse_other_encodings(first: bytes) -> None:
    for mark, encoding in OTHER_ENCODINGS.items():
        if first.startswith(mark):
            said = say("publish.encoding", encoding=encoding)
            raise typer.BadParameter(said, param_hint="FILE")
