"""How far what is shown may be trusted, as a reader is told."""

from services.metrics.views.view import ShownInstant, View


class PartitionProgress(View, frozen=True):
    """How far one partition is folded."""

    topic: str
    partition: int
    next_offset: int
    waiting: int
    """Records that nobody has folded yet."""
    complete_to: ShownInstant | None
    """The business time of the latest fact."""
    checked_at: ShownInstant
    lag_seconds: float


class OutboxLag(View, frozen=True):
    """How late the relay of one owner is."""

    owner: str
    lag_seconds: float


class Rebuild(View, frozen=True):
    """How far the projection is that will take the place of the one that is shown."""

    facts: int
    facts_expected: int | None
    """Null where nobody has begun."""


class Behind(View, frozen=True):
    """A lane that holds up cards: when they were due, not all was folded that lay in Kafka."""

    partition: int
    complete_to: ShownInstant | None
    """Null where nobody has found it complete yet."""
    clocks: int
    """How many deadlines have come and wait."""


class DeadClocks(View, frozen=True):
    """The rounds in which every clock is looked at that runs, whether it is armed."""

    went_round_at: ShownInstant | None
    """When every dossier had been looked at last; null before the end of the first round."""
    found: int
    """Clocks that were not armed in time, ever; each was armed when it was found."""


class Completeness(View, frozen=True):
    """Up to when the figures are complete, and what waits where."""

    as_of: ShownInstant
    complete_to: ShownInstant | None
    """Null where nothing was ever folded."""
    lag_seconds: float
    rebuilding: Rebuild | None
    partitions: list[PartitionProgress]
    outboxes: list[OutboxLag]
    behind: list[Behind]
    clocks: DeadClocks
