"""What an audit asks of the bureau: all that is on record, and all that was made of it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol, Self

import msgspec

from services.metrics.domain.clocks.alert import AlertRecord
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import FOLD_VERSION, Dossier
from services.metrics.domain.figures.dimensions import Dimensions, dimensions_of
from services.metrics.domain.last_words import LastWords
from shared.contracts.registry import Owner
from shared.kafka.port import Partition
from shared.policy.rules import Rules


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment, and what was committed by then: in words of the store alone."""

    at: datetime
    seen: str


class ChainRow(NamedTuple):
    """A fact as its owner's store keeps it, with what links it to the one before."""

    stream: str
    version: int
    published: bool
    body: bytes
    digest: bytes
    previous_hash: bytes
    hash: bytes
    source: str
    id: str
    type: str
    partitionkey: str
    occurred_at: datetime


class RecordedFact(NamedTuple):
    """A published fact on record; *settled* where it has had its time to be folded."""

    owner: Owner
    stream: str
    version: int
    source: str
    id: str
    body: bytes
    settled: bool


class Folded(NamedTuple):
    """A fact of the timeline."""

    identity: bytes
    body: bytes


class StateKept(NamedTuple):
    """A dossier as it is stored: what stands beside it for those who search, and its fields."""

    phase: str
    source: str | None
    organisation: str
    fold_version: int
    edition: int
    fields: Mapping[str, Any]

    @classmethod
    def of(cls, dossier: Dossier, edition: int) -> Self:
        """Return how *dossier* is stored when *edition* has made it."""
        fields = fields_of(msgspec.json.encode(dossier))
        phase, organisation = dossier.case.phase.value, dimensions_of(dossier).organisation
        return cls(phase, dossier.source, organisation, FOLD_VERSION, edition, fields)


class ClockShown(NamedTuple):
    """What readers are told of a clock."""

    clock: str
    started_on: date
    due: date | None
    near_at: datetime | None
    due_at: datetime | None
    limit_total: int
    unit: str
    paused: bool
    provisional: bool
    ended: bool

    @classmethod
    def of(cls, clock: Clock) -> Self:
        return cls(
            clock.sla.clock,
            clock.started_on,
            clock.due,
            clock.near_at,
            clock.due_at,
            clock.limit,
            clock.unit.value,
            clock.paused,
            clock.provisional,
            clock.ending is not None,
        )


class ClockKept(NamedTuple):
    """A clock as it is stored, and how it is armed."""

    key: ClockKey
    shown: ClockShown
    gone: bool
    alerted: bool
    next_at: datetime | None
    is_due: bool
    """Whether the ticker should look at it just now."""


class OrderKept(NamedTuple):
    """An order as it is stored, with what of it follows from the facts."""

    order_id: str
    alert_id: str | None
    case_no: str | None
    organisation: str
    org_name: str
    state: str
    content: str
    issued_at: datetime
    issued_by: str
    reply: str | None
    answered_at: datetime | None
    answered_by: str | None


class ContributorKept(NamedTuple):
    """A number behind which a dossier stands by name, and where; None where no place is kept."""

    part: str
    day: date
    number: int
    dimensions: Dimensions | None


class StoredFigure(NamedTuple):
    """A sum as it is stored."""

    part: str
    day: date
    value: int


@dataclass(frozen=True, slots=True)
class SubjectKept:
    """All that is stored about one subject."""

    dossier: str
    facts: Sequence[RecordedFact]
    timeline: Sequence[Folded]
    state: StateKept | None
    clocks: Sequence[ClockKept]
    alerts: Sequence[AlertRecord]
    contributors: Sequence[ContributorKept]
    orders: Sequence[OrderKept] = ()


class AuditSnapshot(Protocol):
    """One state of the whole bureau, however long the reading takes."""

    @property
    def now(self) -> datetime:
        """When it was taken."""
        ...

    async def made_by(self) -> str | None:
        """Return what has made the projection, if anything has been folded."""
        ...

    async def count(self) -> int:
        """Return how many facts are on record."""
        ...

    async def rules(self) -> Rules:
        """Return the newest edition of the rules."""
        ...

    def chains(self, owner: Owner) -> AsyncIterator[ChainRow]:
        """Yield the rows of every stream of *owner*, stream by stream, oldest first."""
        ...

    def subjects(self, mark: Mark | None) -> AsyncIterator[SubjectKept]:
        """Yield subject by subject; what was recorded by *mark* is settled, without one nothing."""
        ...

    def figures(self) -> AsyncIterator[StoredFigure]:
        """Yield every sum, whatever lane it was made in."""
        ...

    async def last_words(self) -> LastWords:
        """Return what each publisher told last, in whatever lane."""
        ...


class Records(Protocol):
    """The bureau's database, as who may read everything."""

    async def mark(self) -> Mark:
        """Return the present moment."""
        ...

    async def made_by(self) -> str | None:
        """Return what has made the projection, if anything has been folded."""
        ...

    async def unsent(self, mark: Mark) -> Mapping[Owner, int]:
        """Return how many facts of *mark* each owner's relay has yet to send, where any."""
        ...

    async def offsets(self) -> Mapping[Partition, int]:
        """Return up to where each partition is folded."""
        ...

    async def outdated(self) -> int:
        """Return how many lanes have yet to fold the newest edition of the rules."""
        ...

    async def due(self, at: datetime) -> int:
        """Return how many clocks the ticker should have looked at by *at*."""
        ...

    def snapshot(self) -> AbstractAsyncContextManager[AuditSnapshot]:
        """Hold still: whatever is committed from now on is not seen."""
        ...


def fields_of(state: bytes | str) -> Mapping[str, Any]:
    """Return a stored dossier field by field, so that a difference can be named."""
    values = msgspec.json.decode(state)
    return {
        f"state.{name}": value
        for name, value in zip(("fold", *Dossier.__struct_fields__), values, strict=False)
    }
