"""What the page of today asks of the store: everything that it shows, at one moment."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol

from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.figures.values import Parts
from services.metrics.domain.recent import RecentFact
from services.metrics.ports.readings import AlertRead, TodaySpan
from shared.contracts.supervision.words import AlertLevel


@dataclass(frozen=True, slots=True)
class ListLengths:
    """How long the page's lists are; its figures count what they leave out."""

    late_next_max: int
    red_max: int
    latest_max: int


class Offset(NamedTuple):
    """How far one partition is folded, where it ends, and when somebody looked last."""

    topic: str
    partition: int
    next_offset: int
    highwater: int
    complete_to: datetime | None
    checked_at: datetime


Outboxes = Mapping[str, float]
"""How many seconds the oldest fact of each owner has waited for the relay."""


class RebuildProgress(NamedTuple):
    """How far our projection is, where that of before is still the live one."""

    facts: int
    facts_expected: int | None
    """None where nobody has begun to make ours."""


@dataclass(frozen=True, slots=True)
class Glance:
    """The projection at one moment, as far as the page shows it."""

    changes: int
    """A number that grows with every batch."""
    open_cases: int
    latest: Sequence[tuple[RecentFact, Dossier | None]]
    sums: Parts
    """Today's."""
    cards: Mapping[tuple[AlertLevel, str], int]
    """How many stand, by level and clock."""
    due_today: int
    late_next: Sequence[tuple[ClockKey, Dossier]]
    red: Sequence[AlertRead]
    offsets: Sequence[Offset]
    outboxes: Outboxes
    rebuilding: RebuildProgress | None = None


class Glances(Protocol):
    """What the page of today is made of, read at one moment."""

    async def changes(self) -> int:
        """Return what tells cheaply whether a batch was folded since the last glance."""
        ...

    async def load(self, span: TodaySpan, parts: Sequence[str], lines: ListLengths) -> Glance:
        """Return the projection at one moment, with today's sums of *parts*."""
        ...

    async def sums(self, parts: Sequence[str], days: Sequence[date]) -> Parts:
        """Return the sums of *parts* over *days*."""
        ...

    async def latest(self, facts_max: int) -> Sequence[tuple[RecentFact, Dossier | None]]:
        """Return the facts that were folded last, newest first, with what they are about."""
        ...

    async def offsets(self) -> Sequence[Offset]:
        """Return how far each partition is folded."""
        ...

    async def outboxes(self) -> Outboxes:
        """Return how long the oldest fact of each owner has waited for the relay."""
        ...

    async def rebuilding(self) -> RebuildProgress | None:
        """Return how far our projection is; None where it is the live one."""
        ...

    async def listen(self, wake: Callable[[str], None], stopping: asyncio.Event) -> None:
        """
        Call *wake* after the commits of workers until *stopping* or until the line breaks.

        A notification is only a hint: whoever must not miss a change looks as well.

        Raises:
            StoreUnavailable: there is no line to listen on.
        """
        ...
