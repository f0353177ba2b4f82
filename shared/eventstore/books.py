"""A store's books as checkpoints see them: row by row, in the order of transactions."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

import asyncpg

from shared.contracts.registry import Owner
from shared.eventstore.checkpoint import Book, Checkpoint
from shared.eventstore.port import StoreRestored
from shared.eventstore.postgres import auditing, translated

ROWS_FETCHED = 5_000

# Whatever has an older transaction has ended: nothing comes to stand below this any more.
LOAD_BOUND = """
SELECT settled_below()::text::bigint
"""

# The hash covers stream, version, body and whether it is published; `verify` compares all other
# columns with the body. Two indexes, so that neither half is read whole.
LOAD_EVENTS = """
SELECT xid::text::bigint AS xid,
       int8send(position) || xid8send(xid) || timestamptz_send(recorded_at) || hash AS leaf
FROM (
    SELECT xid, position, recorded_at, hash
    FROM events
    WHERE published
    AND xid >= $1::text::xid8
    AND xid < $2::text::xid8
    UNION ALL
    SELECT xid, position, recorded_at, hash
    FROM events
    WHERE NOT published
    AND xid >= $1::text::xid8
    AND xid < $2::text::xid8
) AS recorded
ORDER BY recorded.xid, position
"""

# Each text behind its length, so that nothing can move from one column into the next.
LOAD_RECEIPTS = """
SELECT xid::text::bigint AS xid,
       xid8send(xid) || timestamptz_send(recorded_at) || sha256(
           int4send(octet_length(principal)) || convert_to(principal, 'UTF8')
           || int4send(octet_length(key)) || convert_to(key, 'UTF8')
           || int4send(octet_length(digest)) || digest
           || convert_to(answer::text, 'UTF8')
       ) AS leaf
FROM receipts
WHERE receipts.xid >= $1::text::xid8
AND receipts.xid < $2::text::xid8
ORDER BY receipts.xid, principal COLLATE "C", key COLLATE "C"
"""

LOAD_CLAIMS = """
SELECT xid::text::bigint AS xid,
       xid8send(xid) || timestamptz_send(claimed_at) || sha256(
           int4send(octet_length(kind)) || convert_to(kind, 'UTF8')
           || int4send(octet_length(name)) || convert_to(name, 'UTF8')
           || convert_to(holder, 'UTF8')
       ) AS leaf
FROM claims
WHERE claims.xid >= $1::text::xid8
AND claims.xid < $2::text::xid8
ORDER BY claims.xid, kind COLLATE "C", name COLLATE "C"
"""

LOAD_OLDEST = """
SELECT least(
    (SELECT min(recorded_at) FROM events WHERE published AND xid >= $1::text::xid8),
    (SELECT min(recorded_at) FROM events WHERE NOT published AND xid >= $1::text::xid8),
    (SELECT min(recorded_at) FROM receipts WHERE xid >= $1::text::xid8),
    (SELECT min(claimed_at) FROM claims WHERE xid >= $1::text::xid8)
)
"""

QUERIES: Mapping[Book, str] = {
    Book.EVENTS: LOAD_EVENTS,
    Book.RECEIPTS: LOAD_RECEIPTS,
    Book.CLAIMS: LOAD_CLAIMS,
}


class Books:
    """One owner's store, for whoever may read all of it."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def bound(self) -> int:
        """Return below which transaction nothing is added any more."""
        with translated():
            return int(await self._connection.fetchval(LOAD_BOUND))

    async def rows(self, book: Book, start: int, below: int) -> AsyncIterator[tuple[int, bytes]]:
        """Yield xid and leaf of each row from transaction *start* on, in their order."""
        with translated():
            async with self._connection.transaction(readonly=True):
                query, limits = QUERIES[book], (str(start), str(below))
                async for xid, leaf in self._connection.cursor(
                    query, *limits, prefetch=ROWS_FETCHED
                ):
                    yield xid, leaf

    async def oldest(self, start: int) -> datetime | None:
        """Return when the first row of all books from transaction *start* on was recorded."""
        with translated():
            found: datetime | None = await self._connection.fetchval(LOAD_OLDEST, str(start))
        return found

    async def grown(self, base: Checkpoint) -> Checkpoint | None:
        """
        Return *base* with what has come since, or None where nothing has.

        Raises:
            StoreRestored: the store has not come as far as *base* says.
        """
        below = await self.bound()
        if below < base.below:
            raise StoreRestored
        books = dict(base.books)
        for book in Book:
            async for _, leaf in self.rows(book, base.below, below):
                books[book] = books[book].add(leaf)
        grown = Checkpoint(base.owner, base.number, base.at, below, books, base.previous)
        return grown if grown.rows > base.rows else None


@asynccontextmanager
async def open_books(dsn: str, owner: Owner) -> AsyncIterator[Books]:
    """
    Connect to the store of *owner* as the auditor.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    async with auditing(dsn, "checkpoint", owner.value) as connection:
        yield Books(connection)
