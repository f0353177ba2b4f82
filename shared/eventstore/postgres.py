"""The event store in PostgreSQL: one round trip for an append, one for a batch of foreign facts."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg

from shared.contracts.envelope import Event
from shared.contracts.registry import encode
from shared.eventstore.chain import digest_of
from shared.eventstore.connecting import CONNECT_SECONDS_MAX, certificates_in, connect
from shared.eventstore.history import history_of
from shared.eventstore.port import (
    AlreadyAnswered,
    ConcurrencyConflict,
    EventStore,
    History,
    Outcome,
    Receipt,
    Recorded,
    StoreRefused,
    StoreUnavailable,
)
from shared.eventstore.repetition import contradictions
from shared.eventstore.rows import EventRow, row_of
from shared.runtime.certificates import tell_certificates
from shared.runtime.lifecycle import crash
from shared.runtime.traces import span, traced

CONNECTIONS_MAX = 8
ACQUIRE_SECONDS_MAX = 5.0
STATEMENT_SECONDS_MAX = 10.0
READING_SECONDS_MAX = 900.0
"""Of one statement that reads or sorts all that there is: an audit's, or a rebuild's."""

PERMANENT_CLASSES = ("22", "23", "54")
"""SQLSTATE: data, integrity, a limit of the server's. Asking again gives the same answer."""

DEADLOCK_TRIES_MAX = 3

# While the server waits for the rows of a COPY none of its own time limits ends it, so a client
# that stands still keeps its locks for as long; one that is alive has given up by then.
END_STILL_COPIES = """
SELECT pg_terminate_backend(pid)
FROM pg_stat_activity
WHERE usename = session_user
AND datname = current_database()
AND state = 'active'
AND wait_event = 'ClientRead'
AND query_start < clock_timestamp() - $1 * interval '1 second'
"""

# A connection that the server closed while it lay in the pool shows itself as an internal error.
LOST = (asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)

LOAD = """
SELECT body
FROM events
WHERE stream = $1
AND version > $2
ORDER BY version
"""

APPEND = """
SELECT append_facts($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""

RECORD = """
SELECT ordinal, is_new, digest, stream, version
FROM record_facts($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""

LOAD_WAITING = """
SELECT unsent_seconds()
"""

LOAD_FACT = """
SELECT body
FROM events
WHERE stream = $1
AND version = $2
"""

LOAD_RECEIPT = """
SELECT digest, answer
FROM receipts
WHERE principal = $1
AND key = $2
"""

CLAIM = """
SELECT claim_name($1, $2, $3)
"""

CLAIM_EACH = """
SELECT claim_name($1, name, holder)
FROM unnest($2::text[], $3::text[]) AS told (name, holder)
"""

LOAD_HOLDER = """
SELECT holder
FROM claims
WHERE kind = $1
AND name = $2
"""

Columns = tuple[list[str], list[str], list[str], list[str], list[Any], list[str], list[bytes]]


async def open_pool(
    dsn: str,
    search_path: str,
    *,
    connections_max: int = CONNECTIONS_MAX,
    waits_for_disk: bool = True,
    settings: Mapping[str, str] | None = None,
    first: Callable[[asyncpg.Connection], Awaitable[None]] | None = None,
) -> asyncpg.Pool:
    """
    Return a pool whose connections see the schemas of *search_path*, the first one first.

    It opens without a connection, so that a service starts before its database does.
    Who does not wait for the disk may lose its last commits, whole and in order, with
    the server's machine. Every session begins with *settings*, and
    with what is to be done *first*.
    """
    tell_certificates(certificates_in(dsn))
    return await asyncpg.create_pool(
        dsn,
        min_size=0,
        max_size=connections_max,
        timeout=CONNECT_SECONDS_MAX,
        command_timeout=STATEMENT_SECONDS_MAX,
        connect=connect,
        init=first,
        reset=_leave,
        server_settings={
            "search_path": search_path,
            "application_name": f"casetrack-{search_path.split(',', maxsplit=1)[0]}",
            "idle_in_transaction_session_timeout": "10s",
            "synchronous_commit": "on" if waits_for_disk else "off",
            **(settings or {}),
        },
    )


@asynccontextmanager
async def auditing(dsn: str, name: str, search_path: str = "") -> AsyncIterator[asyncpg.Connection]:
    """
    Give a connection for long readings, called casetrack-*name*; it ends with the block at once.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    told = {"application_name": f"casetrack-{name}"}
    tell_certificates(certificates_in(dsn))
    with translated():
        connection = await connect(
            dsn,
            command_timeout=READING_SECONDS_MAX,
            server_settings=told | ({"search_path": search_path} if search_path else {}),
        )
    try:
        yield connection
    finally:
        connection.terminate()


@asynccontextmanager
async def transaction(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Connection]:
    """
    Give a connection of *pool* within a transaction.

    Where tables were switched, a connection may still send what it has prepared for types of
    which the server knows nothing any more: then whoever tries again has another one.
    """
    try:
        async with pool.acquire() as connection, connection.transaction():
            yield connection
    except asyncpg.InternalServerError:
        await pool.expire_connections()
        raise


async def end_still_copies(pool: asyncpg.Pool) -> None:
    """End the sessions of our own role whose client stands still in the midst of a COPY."""
    await pool.execute(END_STILL_COPIES, STATEMENT_SECONDS_MAX)


async def _leave(_: asyncpg.Connection) -> None:
    """
    Hand a connection back as it is.

    Nobody leaves anything behind in a session: locks and settings end with
    their transaction. To ask the server to forget costs as much as a commit.
    """


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's faults into the port's."""
    try:
        yield
    except asyncpg.PostgresError as fault:
        raise _translate(fault) from fault
    except LOST as fault:
        raise StoreUnavailable(str(fault) or repr(fault)) from fault


def _translate(fault: asyncpg.PostgresError) -> Exception:
    sqlstate: str = fault.sqlstate or ""
    if sqlstate.startswith(PERMANENT_CLASSES):
        return StoreRefused(sqlstate, str(fault))
    return StoreUnavailable(f"{sqlstate} {fault}")


class PostgresEventStore(EventStore):
    """The streams of the owner whose schema *pool* sees."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def load(self, stream: str, *, after: int = 0) -> History:
        async with self._connection() as connection:
            rows = await connection.fetch(LOAD, stream, after)
        return history_of(stream, [row["body"].encode() for row in rows], after)

    async def append(
        self,
        stream: str,
        events: Sequence[Event],
        *,
        expected_version: int,
        receipt: Receipt | None = None,
    ) -> int:
        crash("store.before_append")
        try:
            with span("append", events=len(events)):
                version = await self._append(
                    stream, events, expected_version=expected_version, receipt=receipt
                )
        except StoreRefused:
            # Two commands with one key at the same moment: the other one's answer is there now.
            await self._raise_if_answered(receipt)
            raise
        if version is None:
            await self._raise_if_answered(receipt)
            raise ConcurrencyConflict(stream, expected_version)
        crash("store.committed_before_reply")
        return version

    async def _append(self, stream: str, events: Sequence[Event], **more: Any) -> int | None:  # noqa: ANN401 - as append_within takes them
        async with self._connection() as connection:
            return await append_within(connection, stream, events, **more)

    async def record(self, facts: Sequence[Event], *, publish: bool = True) -> list[Recorded]:
        if not facts:
            return []
        firsts: dict[tuple[str, str], Event] = {}
        for event in facts:
            firsts.setdefault((event.source, event.id), event)
        causes = (event.traceparent for event in facts if event.traceparent) if traced() else ()
        with span("record", causes=causes, events=len(facts)):
            rows = await self._record(list(firsts.values()), publish=publish)
        crash("store.committed_before_reply")
        by_identity = dict(zip(firsts, rows, strict=True))
        fresh = {identity for identity, row in by_identity.items() if row["is_new"]}
        verdicts: list[Recorded] = []
        for event in facts:
            identity = (event.source, event.id)
            row = by_identity[identity]
            if identity in fresh:
                fresh.remove(identity)
                verdicts.append(Recorded(Outcome.ACCEPTED, row["stream"], row["version"]))
            else:
                verdicts.append(await self._repeated(row, event))
        return verdicts

    async def answered(self, principal: str, key: str) -> Receipt | None:
        async with self._connection() as connection:
            row = await connection.fetchrow(LOAD_RECEIPT, principal, key)
        return Receipt(principal, key, row["digest"], row["answer"]) if row else None

    async def claim(self, kind: str, name: str, holder: str) -> str:
        async with self._connection() as connection:
            held: str = await connection.fetchval(CLAIM, kind, name, holder)
        return held

    async def claim_each(self, kind: str, holders: Mapping[str, str]) -> None:
        # In one order, so that two who claim the same never wait for each other.
        names = sorted(holders)
        async with self._connection() as connection:
            await connection.execute(CLAIM_EACH, kind, names, [holders[name] for name in names])

    async def holder(self, kind: str, name: str) -> str | None:
        async with self._connection() as connection:
            held: str | None = await connection.fetchval(LOAD_HOLDER, kind, name)
        return held

    async def waiting_seconds(self) -> float:
        async with self._connection() as connection:
            seconds: float = await connection.fetchval(LOAD_WAITING)
        return seconds

    async def _repeated(self, row: asyncpg.Record, event: Event) -> Recorded:
        """Return the verdict on *event*, under whose source and id *row* is on record."""
        stream, version = row["stream"], row["version"]
        if row["digest"] == digest_of(encode(event)):
            return Recorded.again(stream, version, ())
        # Other words: rare, and one at a time, because a thousand events may weigh a gigabyte.
        async with self._connection() as connection:
            known = await connection.fetchval(LOAD_FACT, stream, version)
        return Recorded.again(stream, version, contradictions(known.encode(), event))

    async def _record(self, facts: Sequence[Event], *, publish: bool) -> list[asyncpg.Record]:
        streams = [event.stream for event in facts]
        columns = _columns([row_of(event, was_read=True) for event in facts])
        for _ in range(DEADLOCK_TRIES_MAX - 1):
            # The same (source, id) may come by two ways at once and into two streams; whoever
            # loses the race finds it on record when it looks again.
            try:
                return await self._record_once(streams, columns, publish=publish)
            except (StoreRefused, StoreUnavailable) as fault:
                if not isinstance(
                    fault.__cause__, asyncpg.UniqueViolationError | asyncpg.DeadlockDetectedError
                ):
                    raise
        return await self._record_once(streams, columns, publish=publish)

    async def _record_once(
        self, streams: list[str], columns: Columns, *, publish: bool
    ) -> list[asyncpg.Record]:
        async with self._connection() as connection:
            rows = await connection.fetch(RECORD, streams, *columns, publish)
        return sorted(rows, key=lambda row: int(row["ordinal"]))

    async def _raise_if_answered(self, receipt: Receipt | None) -> None:
        if receipt and (known := await self.answered(receipt.principal, receipt.key)):
            raise AlreadyAnswered(known)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.Connection]:
        with translated():
            async with self._pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection:
                yield connection


async def append_within(
    connection: asyncpg.Connection,
    stream: str,
    events: Sequence[Event],
    *,
    expected_version: int,
    receipt: Receipt | None = None,
) -> int | None:
    """
    Append inside the caller's transaction, if it has one; None where the stream has moved on.

    The connection's search path must reach the event store's schema. A caller
    who wrote before may meet SQLSTATE 40001: somebody younger has appended
    meanwhile, so the transaction has to be repeated.
    """
    columns = _columns([row_of(event) for event in events])
    told = (receipt.principal, receipt.key, receipt.digest, receipt.answer) if receipt else None
    version: int | None = await connection.fetchval(
        APPEND, stream, expected_version, *columns, *(told or (None, None, None, None))
    )
    return version


async def record_within(connection: asyncpg.Connection, events: Sequence[Event]) -> None:
    """
    Add *events* to their streams inside the caller's transaction, whatever their versions.

    One that is on record already stays as it is. Ids must differ.
    """
    streams = [event.stream for event in events]
    columns = _columns([row_of(event) for event in events])
    await connection.execute(RECORD, streams, *columns, True)  # noqa: FBT003 - SQL has no names


def _columns(rows: Sequence[EventRow]) -> Columns:
    return (
        [row.event.source for row in rows],
        [row.event.id for row in rows],
        [row.event.type for row in rows],
        [row.event.partitionkey for row in rows],
        [row.occurred_at for row in rows],
        [row.body.decode() for row in rows],
        [row.digest for row in rows],
    )
