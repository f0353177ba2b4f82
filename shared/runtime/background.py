"""A stream whose writers never wait for the disk: a thread hands on what they wrote."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOBase
from typing import TextIO

PIECES_WAITING_MAX = 20_000
"""Where the disk stands still, the oldest go: what is said of the work must not stop it."""
LAST_SECONDS_MAX = 2.0


class BackgroundStream(TextIOBase):
    """
    Text on its way to a stream.

    A write to a file waits wherever the file system is busy with somebody's
    fsync, and ours are as many as our commits: an event loop would stand still.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._waiting: deque[str] = deque(maxlen=PIECES_WAITING_MAX)
        self._flushed = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._hand_on, name="log-lines", daemon=True)
        self._thread.start()

    def write(self, text: str) -> int:
        self._waiting.append(text)
        return len(text)

    def flush(self) -> None:
        self._flushed.set()

    def isatty(self) -> bool:
        return self._stream.isatty()

    def finish(self) -> None:
        """Return when all is handed on, or the stream takes nothing any more."""
        self._closing = True
        self._flushed.set()
        self._thread.join(LAST_SECONDS_MAX)

    def _hand_on(self) -> None:
        while not (self._closing and not self._waiting):
            self._flushed.wait()
            self._flushed.clear()
            pieces = [self._waiting.popleft() for _ in range(len(self._waiting))]
            with suppress(OSError, ValueError):
                self._stream.write("".join(pieces))
                self._stream.flush()


@contextmanager
def in_background(stream: TextIO) -> Iterator[TextIO]:
    """Give a stream in front of *stream*, and hand on the rest at the end."""
    background = BackgroundStream(stream)
    try:
        yield background  # type: ignore[misc]  # TextIO is what typing calls it
    finally:
        background.finish()
