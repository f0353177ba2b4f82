"""
Checkpoints: what stood in a store, so that whoever rewrites it later does not go unseen.

A store has three books, and each only grows at its end: transactions that had ended before
`below` add nothing any more. A book's digest is

    digest = SHA-256( digest before the row, 32 bytes, zeros before the first row ‖ leaf )

over its rows in the order of their transactions; `books` says what a leaf is. A checkpoint names
the digest of the one before it as it was signed, so none of them can be taken away unseen either.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from shared.contracts.registry import Owner
from shared.eventstore.chain import GENESIS


class Book(StrEnum):
    """What a store keeps for ever."""

    EVENTS = "events"
    RECEIPTS = "receipts"
    CLAIMS = "claims"


class Footing(msgspec.Struct, frozen=True):
    """How many rows a book has, and their digest."""

    rows: int = 0
    digest: bytes = GENESIS

    def add(self, leaf: bytes) -> "Footing":
        return Footing(self.rows + 1, hashlib.sha256(self.digest + leaf).digest())


class Checkpoint(msgspec.Struct, frozen=True):
    """What stood in the store of *owner*, written by transactions older than *below*."""

    owner: Owner
    number: int
    at: datetime
    below: int
    books: dict[Book, Footing]
    previous: bytes
    """The digest of the signed checkpoint that this one continues; zeros where it begins."""

    @property
    def rows(self) -> int:
        return sum(footing.rows for footing in self.books.values())


class Signed(NamedTuple):
    """A checkpoint, and the digest of the words in which it was signed."""

    checkpoint: Checkpoint
    digest: bytes


def beginning(owner: Owner) -> Signed:
    """Return what stands before the first checkpoint: nothing of anything."""
    empty = dict.fromkeys(Book, Footing())
    return Signed(
        Checkpoint(owner, 0, datetime.min.replace(tzinfo=UTC), 0, empty, GENESIS), GENESIS
    )


def signed_digest(words: bytes) -> bytes:
    return hashlib.sha256(words).digest()


class Growth(NamedTuple):
    """What *told* adds to *base*; *gap* where those in between are not to be had."""

    base: Checkpoint
    told: Checkpoint
    gap: bool


def growths(owner: Owner, published: Iterable[Signed]) -> Iterator[Growth]:
    """
    Yield for each checkpoint of *owner*, in the order of their publication, what it adds.

    Two may continue the same one: who was killed behind its publication signs again.
    """
    start = beginning(owner)
    known = {start.digest: start.checkpoint}
    for checkpoint, digest in published:
        if digest in known:
            continue
        base = known.get(checkpoint.previous)
        gap = base is None or base.below > checkpoint.below
        if base is None or gap:
            before = (one for one in known.values() if one.below <= checkpoint.below)
            base = max(before, key=lambda one: one.below)
        known[digest] = checkpoint
        yield Growth(base, checkpoint, gap)


class Bearing(NamedTuple):
    """A growth, and what the book's rows make of its base."""

    growth: Growth
    found: Footing
    expected: Footing


class Walk:
    """
    Walks through the rows of one book, in their order, and says where they bear a growth out.

    Each growth begins with what its base says, not with what was found before it: a change shows
    where it was made, and not in everything behind.
    """

    def __init__(self, book: Book, told: Iterable[Growth]) -> None:
        self._book = book
        self._ahead = sorted(told, key=lambda growth: growth.base.below, reverse=True)
        self._open: list[tuple[Growth, Footing]] = []

    def step(self, xid: int, leaf: bytes) -> Iterator[Bearing]:
        """Yield the growths that end before the next row."""
        while self._ahead and self._ahead[-1].base.below <= xid:
            self._begin(self._ahead.pop())
        yield from self._ended(xid)
        self._open = [(growth, footing.add(leaf)) for growth, footing in self._open]

    def end(self) -> Iterator[Bearing]:
        """Yield the growths behind which no row comes."""
        while self._ahead:
            self._begin(self._ahead.pop())
        for growth, footing in self._open:
            yield self._bearing(growth, footing)
        self._open = []

    def _begin(self, growth: Growth) -> None:
        self._open.append((growth, growth.base.books[self._book]))

    def _ended(self, xid: int) -> Iterator[Bearing]:
        if all(growth.told.below > xid for growth, _ in self._open):
            return
        for growth, footing in self._open:
            if growth.told.below <= xid:
                yield self._bearing(growth, footing)
        self._open = [
            (growth, footing) for growth, footing in self._open if growth.told.below > xid
        ]

    def _bearing(self, growth: Growth, footing: Footing) -> Bearing:
        return Bearing(growth, footing, growth.told.books[self._book])
