"""An event store in memory, for tests and the simulator: the same answers as PostgreSQL's."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from shared.contracts.envelope import Event
from shared.contracts.registry import decode
from shared.eventstore.history import history_of
from shared.eventstore.port import (
    AlreadyAnswered,
    ConcurrencyConflict,
    History,
    Outcome,
    Outgoing,
    Position,
    Receipt,
    Recorded,
    StoreRefused,
)
from shared.eventstore.repetition import contradictions
from shared.eventstore.rows import EventRow, row_of

UNIQUE_VIOLATION = "23505"
AT_ONCE = datetime.min.replace(tzinfo=UTC)


class Kept(NamedTuple):
    """A fact as it stands in its stream, and its place among all that are ours to publish."""

    stream: str
    version: int
    published: int | None
    body: bytes


class MemoryEventStore:
    """
    Streams that live as long as this object, and the outbox over them.

    Each call is atomic because it never awaits: nothing can be seen half done.
    """

    def __init__(self) -> None:
        self._bodies: defaultdict[str, list[bytes]] = defaultdict(list)
        self._known: dict[tuple[str, str], tuple[bytes, str, int]] = {}
        self._receipts: dict[tuple[str, str], Receipt] = {}
        self._claims: dict[tuple[str, str], str] = {}
        self._outgoing: list[Outgoing] = []
        self._cursor = 0
        self._parked: dict[tuple[str, int], Outgoing] = {}

    async def load(self, stream: str, *, after: int = 0) -> History:
        return history_of(stream, self._bodies.get(stream, [])[after:], after)

    async def append(
        self,
        stream: str,
        events: Sequence[Event],
        *,
        expected_version: int,
        receipt: Receipt | None = None,
    ) -> int:
        rows = [row_of(event) for event in events]
        if receipt and (known := self._receipts.get((receipt.principal, receipt.key))):
            raise AlreadyAnswered(known)
        if len(self._bodies.get(stream, [])) != expected_version:
            raise ConcurrencyConflict(stream, expected_version)
        if any((event.source, event.id) in self._known for event in events):
            raise StoreRefused(UNIQUE_VIOLATION, "a fact with this source and id is on record")
        for row in rows:
            self._add(stream, row, publish=True)
        if receipt:
            self._receipts[receipt.principal, receipt.key] = receipt
        return expected_version + len(events)

    async def record(self, facts: Sequence[Event], *, publish: bool = True) -> list[Recorded]:
        rows = [row_of(event, was_read=True) for event in facts]
        return [self._record(row, publish=publish) for row in rows]

    def add(self, events: Sequence[Event]) -> None:
        """Record our own facts within somebody's transaction; what is known stays as it is."""
        for event in events:
            self._record(row_of(event), publish=True)

    async def answered(self, principal: str, key: str) -> Receipt | None:
        return self._receipts.get((principal, key))

    async def claim(self, kind: str, name: str, holder: str) -> str:
        return self._claims.setdefault((kind, name), holder)

    async def claim_each(self, kind: str, holders: Mapping[str, str]) -> None:
        for name, holder in holders.items():
            await self.claim(kind, name, holder)

    async def holder(self, kind: str, name: str) -> str | None:
        return self._claims.get((kind, name))

    async def lead(self) -> bool:
        return True

    async def pending(self, rows_max: int) -> Sequence[Outgoing]:
        return self._outgoing[self._cursor : self._cursor + rows_max]

    async def advance(self, place: Position) -> None:
        self._cursor = place.position

    async def waiting_seconds(self) -> float:
        return 0.0

    async def park(self, outgoing: Outgoing, reason: str) -> None:  # noqa: ARG002 - for nobody
        self._parked[outgoing.stream, outgoing.version] = outgoing

    async def parked(self, after: Position, rows_max: int) -> Sequence[Outgoing]:
        waiting = sorted(self._parked.values(), key=lambda outgoing: outgoing.place)
        return [outgoing for outgoing in waiting if outgoing.place > after][:rows_max]

    async def release(self, outgoing: Outgoing) -> None:
        self._parked.pop((outgoing.stream, outgoing.version), None)

    async def parked_count(self) -> int:
        return len(self._parked)

    async def close(self) -> None:
        return None

    def begun_by(self, source: str, stream: str) -> bool:
        """Whether the first fact of *stream* is one of *source*."""
        return any(decode(body).source == source for body in self._bodies.get(stream, [])[:1])

    def published(self, after: int, rows_max: int) -> Sequence[Outgoing]:
        """Return the facts behind the first *after* that were ever ours to publish."""
        return self._outgoing[after : after + rows_max]

    def kept(self) -> list[Kept]:
        """Return every fact as it stands in its stream, stream by stream, oldest first."""
        ours = {(one.stream, one.version): one.place.position for one in self._outgoing}
        return [
            Kept(stream, version, ours.get((stream, version)), body)
            for stream, bodies in sorted(self._bodies.items())
            for version, body in enumerate(bodies, 1)
        ]

    def _record(self, row: EventRow, *, publish: bool) -> Recorded:
        event = row.event
        if known := self._known.get((event.source, event.id)):
            digest, stream, version = known
            stands = self._bodies[stream][version - 1]
            differs = () if digest == row.digest else contradictions(stands, event)
            return Recorded.again(stream, version, differs)
        version = self._add(event.stream, row, publish=publish)
        return Recorded(Outcome.ACCEPTED, event.stream, version)

    def _add(self, stream: str, row: EventRow, *, publish: bool) -> int:
        event, bodies = row.event, self._bodies[stream]
        bodies.append(row.body)
        version = len(bodies)
        self._known[event.source, event.id] = (row.digest, stream, version)
        if publish:
            place = Position(0, len(self._outgoing) + 1)
            self._outgoing.append(
                Outgoing(place, stream, version, event.partitionkey, row.body, event.recordedtime)
            )
        return version


class MemoryTimers:
    """Timers over the facts of *store*, which forget everything with this object."""

    def __init__(self, store: MemoryEventStore) -> None:
        self._store = store
        self._next_at: dict[str, datetime] = {}
        self._read = 0

    async def arm(self, types: Sequence[str], source: str, rows_max: int) -> int:
        fresh = self._store.published(self._read, rows_max)
        self._read += len(fresh)
        for outgoing in fresh:
            kind = decode(outgoing.body).type
            if kind in types and self._store.begun_by(source, outgoing.stream):
                self._next_at[outgoing.stream] = AT_ONCE
        return len(fresh)

    async def arm_all(self) -> None:
        self._next_at = dict.fromkeys(self._next_at, AT_ONCE)

    async def claim(self, now: datetime, until: datetime, streams_max: int) -> Sequence[str]:
        due = sorted((at, stream) for stream, at in self._next_at.items() if at <= now)
        claimed = sorted(stream for _, stream in due[:streams_max])
        self._next_at.update(dict.fromkeys(claimed, until))
        return claimed

    async def settle(self, stream: str, until: datetime, next_at: datetime | None) -> None:
        if self._next_at.get(stream) != until:
            return
        if next_at is None:
            del self._next_at[stream]
        else:
            self._next_at[stream] = next_at
