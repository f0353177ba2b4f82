"""What a worker asks of the store: batches of facts, each with all that it changes."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.entry import Arrived
from services.metrics.domain.last_words import LastWords
from services.metrics.domain.picture import Differences
from services.metrics.domain.recent import Recent
from shared.policy.rules import RuleChange


class Fenced(Exception):
    """Another worker has the partition now; what we hold in memory of it is worth nothing."""


class FactKnown(Exception):
    """One of the facts is in the timeline already; the transaction is spoilt."""


class ProjectionOutdated(Exception):
    """The projection was made by other code than ours: *stored* says by which."""

    def __init__(self, stored: str) -> None:
        super().__init__(stored)
        self.stored = stored


TopicPartition = tuple[str, int]
"""A topic, and the number of one of its partitions."""

FactName = tuple[str, bytes]
"""The dossier of a fact, and the fact's identity."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive records of one topic's partition, and where the partition ends just now."""

    topic: str
    partition: int
    first: int
    following: int
    highwater: int


class Tenure(NamedTuple):
    """Under which owner a lane is, and behind how many changes."""

    epoch: int
    changes: int


class Outlook(NamedTuple):
    """What milestones are set by, as it stood at one moment."""

    unsent_seconds: float
    """For how long the oldest fact that may move a deadline has waited for its relay."""
    tenures: Mapping[int, Tenure]


class Milestone(NamedTuple):
    """A moment of a lane, and where its topics ended after that."""

    partition: int
    tenure: Tenure
    at: datetime
    ends: Mapping[str, int]


class Known(NamedTuple):
    """A dossier as it is stored, and the edition that its figures and clocks were made by."""

    dossier: Dossier
    edition: int


@dataclass(frozen=True, slots=True)
class Changes:
    """
    What a batch makes of its dossiers under one edition of the rules.

    They, their clocks, and what changes in the figures; those that are
    *rejudged* stay as they are, and only what the edition makes of them is new.
    Which facts its publishers told last is the same under every edition.
    """

    edition: int
    dossiers: Sequence[Dossier] = ()
    figures: Differences = field(default_factory=Differences)
    clocks: Sequence[Clock] = ()
    """Those that are new or others than before, and of which somebody may still hear."""
    gone: Sequence[ClockKey] = ()
    """Those that were there before, and by what is known now never began or ended in time."""
    rejudged: Sequence[str] = ()
    last_words: LastWords = field(default_factory=dict)
    """Of publishers who have told something with the batch."""


@dataclass(frozen=True, slots=True)
class Claim:
    """
    A lane that is ours from now on: under which number, and what was folded last.

    None of its dossiers was made by an older *edition*.
    """

    epoch: int
    recent: Recent
    edition: int


class Edited(Protocol):
    """A transaction that sees which editions of the rules there are."""

    @property
    def edition(self) -> int:
        """The newest edition."""
        ...

    async def rule_changes(self, after: int) -> Sequence[RuleChange]:
        """Return what made the editions behind *after*, oldest first."""
        ...


class Batch(Edited, Protocol):
    """One open transaction of one lane."""

    async def insert(self, facts: Sequence[Arrived]) -> None:
        """
        Record facts that are all new, the fast way.

        Raises:
            FactKnown: one is not.
        """
        ...

    async def insert_unknown(self, facts: Sequence[Arrived]) -> set[FactName]:
        """Record those facts that are new, and return their names."""
        ...

    async def load(self, dossiers: Sequence[str]) -> Mapping[str, Known]:
        """
        Return each dossier that is known.

        Raises:
            ProjectionOutdated: another fold made one of them.
        """
        ...

    async def outdated(self, edition: int, dossiers_max: int) -> Mapping[str, Known]:
        """
        Return dossiers of the lane that were made before *edition*, in no order.

        Raises:
            ProjectionOutdated: another fold made one of them.
        """
        ...

    async def settle(self, edition: int) -> None:
        """Note that no dossier of the lane was made by an older *edition*."""
        ...

    async def histories(self, dossiers: Sequence[str]) -> Mapping[str, Sequence[bytes]]:
        """Return the body of every fact of each dossier, in no order."""
        ...

    async def write(self, changes: Changes) -> None:
        """
        Replace dossiers and clocks, add to figures.

        A clock that was alerted is due at once, also where it is gone; whoever
        finds no clock for its key withdraws what was said of it.
        """
        ...


class Projection(Protocol):
    """What the facts come to, as a worker writes it: a batch and all that it changes at once."""

    def batch(
        self, stretch: Stretch, epoch: int, *, complete_to: datetime | None, recent: Recent
    ) -> AbstractAsyncContextManager[Batch]:
        """
        Open the transaction in which *stretch* takes effect, once and for ever.

        Raises:
            Fenced: the lane or the offset has another owner.
            StoreUnavailable: nothing is known about the commit; ask for the offset.
        """
        ...

    def sweep(self, partition: int, epoch: int) -> AbstractAsyncContextManager[Batch]:
        """
        Open a transaction of a lane that no record has asked for.

        Raises:
            Fenced: the lane has another owner.
            StoreUnavailable: nothing is known about the commit.
        """
        ...

    async def edition(self) -> int:
        """Return the newest edition of the rules."""
        ...

    async def claim(self, partitions: Sequence[int]) -> Mapping[int, Claim]:
        """
        Become the owner of *partitions*.

        Raises:
            ProjectionOutdated: other code has made it, and its lanes stay whose they are.
        """
        ...

    async def offsets(self, partitions: Sequence[TopicPartition]) -> Mapping[TopicPartition, int]:
        """Return where each partition goes on; one that was never folded is missing."""
        ...

    async def begin(self, topic: str, partition: int, offset: int) -> None:
        """Note where a partition begins that was never folded."""
        ...

    async def caught_up(self, seen: Sequence[tuple[str, int, int]]) -> None:
        """Note that nothing waits behind the given offsets at this moment."""
        ...

    async def outlook(self, partitions: Sequence[int]) -> Outlook:
        """Return under which owner each lane is and behind which change, and what is unsent."""
        ...

    async def complete(self, milestones: Sequence[Milestone]) -> Collection[int]:
        """
        Note that lanes are complete up to those *milestones* whose ends are folded; say which.

        It counts as long as the lane has the same owner, and never goes back.
        """
        ...

    async def tell_standing(self, rows: Sequence[tuple[str, int, int, int]]) -> None:
        """Note how far others are with what comes before us: topic, partition, next offset, end."""
        ...

    async def wake_readers(self, causes: str = "") -> None:
        """Tell whoever listens that something has changed; a hint, and no more."""
        ...
