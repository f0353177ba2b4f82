"""
What a service may ask of its event store, and what can go wrong.

StoreError
├── ConcurrencyConflict
├── AlreadyAnswered
├── StoreUnavailable
│   └── StoreRestored
├── HistoryUnreadable
└── StoreRefused
    └── Unstorable
        ├── NamesAPerson
        └── TooLarge
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol, Self

from shared.contracts.envelope import Event


class StoreError(Exception):
    """The event store could not do what it was asked."""


class ConcurrencyConflict(StoreError):
    """The history has moved on since it was loaded; load it again and decide anew."""

    code = "concurrency_conflict"

    def __init__(self, stream: str, expected_version: int) -> None:
        super().__init__(stream, expected_version)
        self.stream = stream
        self.expected_version = expected_version


class StoreUnavailable(StoreError):
    """
    PostgreSQL is away, full, shutting down, or not at the schema that this code was written for.

    The same call may succeed later, and nothing in it is the event's fault: a
    consumer waits and must not take it for a bad message.
    """

    code = "store_unavailable"


class StoreRestored(StoreUnavailable):
    """
    The store came from another cluster, and what comes into it now would stand before the past.

    Whoever prepares it (`casetrack up`, `deploy.prepare`) lets it go on.
    """

    def __init__(self) -> None:
        super().__init__(
            "the store was restored from another cluster: prepare it (`casetrack up`, or the "
            "container `prepare`) before it is used"
        )


class HistoryUnreadable(StoreError):
    """A fact on record says nothing that this release understands; only its stream is harmed."""

    code = "history_unreadable"

    def __init__(self, stream: str, version: int) -> None:
        super().__init__(stream, version)
        self.stream = stream
        self.version = version


class StoreRefused(StoreError):
    """The value is not stored, however often it is offered; *detail* is PostgreSQL's SQLSTATE."""

    code: str = "store_refused"
    field: str = ""

    def __init__(self, detail: str, reason: str = "") -> None:
        super().__init__(detail, reason)
        self.detail = detail


class Unstorable(StoreRefused):
    """Nobody could read it again as it was written: *code* and *field* are its reader's."""

    def __init__(self, code: str, field: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.field = field


class NamesAPerson(Unstorable):
    """A number in it names a person, and a log cannot forget; *detail* says which kind."""


class TooLarge(Unstorable):
    """Written down it has more bytes than Kafka takes and a reader reads."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was answered to a command, so that its repetition is answered alike."""

    principal: str
    key: str
    digest: bytes
    answer: str
    """JSON text."""


class AlreadyAnswered(StoreError):
    """The principal has used the key before: *receipt* holds what was answered then."""

    code = "already_answered"

    def __init__(self, receipt: Receipt) -> None:
        super().__init__(receipt.principal, receipt.key)
        self.receipt = receipt


@dataclass(frozen=True, slots=True)
class History:
    """One stream, oldest first, and the version at which it stands; 0 where there is none."""

    version: int
    events: tuple[Event, ...]


class Outcome(StrEnum):
    """What became of a foreign fact."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    """The same source and id were recorded before with another meaning."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The verdict on one foreign fact, and where it stands (or already stood)."""

    outcome: Outcome
    stream: str
    version: int
    differs: tuple[str, ...] = ()
    """Where a conflict says otherwise than what is on record."""

    @classmethod
    def again(cls, stream: str, version: int, differs: tuple[str, ...]) -> Self:
        """Return the verdict on a fact whose source and id are on record."""
        outcome = Outcome.CONFLICT if differs else Outcome.DUPLICATE
        return cls(outcome, stream, version, differs)


class EventStore(Protocol):
    """
    The streams of one owner.

    Whatever returns has been committed; whatever raises has left nothing
    behind, except StoreUnavailable: a lost connection says nothing about the
    commit, so repeat with the same ids or the same receipt.
    """

    async def load(self, stream: str, *, after: int = 0) -> History:
        """
        Return all of *stream*, or the facts behind version *after*.

        Raises:
            HistoryUnreadable: a fact of an older or a newer release, or of another hand.
        """
        ...

    async def append(
        self,
        stream: str,
        events: Sequence[Event],
        *,
        expected_version: int,
        receipt: Receipt | None = None,
    ) -> int:
        """
        Record *events*, and *receipt* with them, in one transaction; return the new version.

        No events and a receipt keeps the answer alone.

        Raises:
            AlreadyAnswered: the receipt's key was used before.
            ConcurrencyConflict: the history is no longer at *expected_version*.
        """
        ...

    async def record(self, facts: Sequence[Event], *, publish: bool = True) -> list[Recorded]:
        """
        Record foreign *facts*, each behind whatever its stream already holds; one verdict each.

        One transaction for all. What is stored and published is what we
        understood, in our spelling. Without *publish* a fact is adopted: it
        enters our stream, but the relay leaves it alone, because its owner
        has published it.
        """
        ...

    async def answered(self, principal: str, key: str) -> Receipt | None: ...

    async def claim(self, kind: str, name: str, holder: str) -> str:
        """Return whose *name* is among its *kind*, for ever: *holder*'s, if nobody came before."""
        ...

    async def claim_each(self, kind: str, holders: Mapping[str, str]) -> None:
        """Claim many names of one *kind* in one transaction, each for its holder."""
        ...

    async def holder(self, kind: str, name: str) -> str | None:
        """Return whose *name* is among its *kind*; None while nobody has claimed it."""
        ...

    async def waiting_seconds(self) -> float:
        """Return the age of the oldest fact that the relay has yet to send; 0 for none."""
        ...


class Position(NamedTuple):
    """Where a row stands in the order of sending: its transaction, then its number."""

    xid: int
    position: int


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A stored fact on its way to the owner's topic."""

    place: Position
    stream: str
    version: int
    partitionkey: str
    body: bytes
    recorded_at: datetime | None


START = Position(0, 0)
"""Before every row."""

STUCK_SECONDS = 60.0
"""A fact that waits longer for Kafka waits for a person, too: many times what a relay takes."""


class Outbox(Protocol):
    """What the relay sees of one owner's store."""

    async def lead(self) -> bool:
        """Return whether this process is the one that sends; false means ask again later."""
        ...

    async def pending(self, rows_max: int) -> Sequence[Outgoing]:
        """
        Return the oldest facts behind the cursor, in order, none of them ever to be preceded.

        A fact is held back until no running transaction can still commit one
        that belongs before it.
        """
        ...

    async def advance(self, place: Position) -> None:
        """Move the cursor: everything up to *place* is confirmed by Kafka."""
        ...

    async def waiting_seconds(self) -> float:
        """Return the age of the oldest fact behind the cursor, held back or not; 0 for none."""
        ...

    async def park(self, outgoing: Outgoing, reason: str) -> None:
        """Set *outgoing* aside: Kafka refuses it, and the cursor will pass over it."""
        ...

    async def parked(self, after: Position, rows_max: int) -> Sequence[Outgoing]:
        """Return what was set aside, in its order, from behind *after*."""
        ...

    async def release(self, outgoing: Outgoing) -> None:
        """Take *outgoing* from what is set aside: Kafka has confirmed it after all."""
        ...

    async def parked_count(self) -> int: ...

    async def close(self) -> None:
        """Give up the lease."""
        ...


class Timers(Protocol):
    """
    When streams are to be looked at because time has passed: one instant a stream at most.

    An instant is a hint and no fact: what is due then, if anything, is seen
    in the stream's history. So a look too many does no harm, and none is ever missed.
    """

    async def arm(self, types: Sequence[str], source: str, rows_max: int) -> int:
        """
        Arm, for at once, every stream begun by *source* that a fact of *types* has entered.

        It goes through the facts behind those that it went through before,
        *rows_max* at most, and returns how many these were; 0 also while
        somebody else is doing it.
        """
        ...

    async def arm_all(self) -> None:
        """Arm for at once whatever waits for an instant: the rules that named it are others."""
        ...

    async def claim(self, now: datetime, until: datetime, streams_max: int) -> Sequence[str]:
        """
        Return streams that are due by *now*, and nobody else's before *until*.

        Whoever dies in between leaves them due again then.
        """
        ...

    async def settle(self, stream: str, until: datetime, next_at: datetime | None) -> None:
        """
        Look at *stream* again at *next_at*, or not before a new fact arms it.

        Where it was armed again since it was claimed *until* then, that stands.
        """
        ...
