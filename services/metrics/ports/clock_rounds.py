"""What is asked of the store by whoever looks whether every open limit has an armed clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from services.metrics.domain.clocks.alert import Alert
from services.metrics.domain.clocks.armed import DeadClock
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier


class ArmedRow(NamedTuple):
    """When a clock is looked at next, None for never, as its row says."""

    next_at: datetime | None
    gone: bool

    def is_looked_at(self, now: datetime) -> bool:
        """Whether the ticker keeps to it; of what is gone it has only to withdraw what was said."""
        return not self.gone or (self.next_at is not None and self.next_at <= now)


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A dossier, the rows of its clocks, and what was said of them, all of one moment."""

    dossier: Dossier
    version: str
    """By which is known whether it has changed since."""
    rows: Mapping[ClockKey, ArmedRow]
    said: Mapping[ClockKey, Sequence[Alert]]


class RoundStep(NamedTuple):
    """The next dossiers of a round, and whether the round ends with them."""

    after: str
    dossiers: Sequence[LookedAt]
    until: str
    """The last key that was looked at; '' where the round ends."""


class RoundsSoFar(NamedTuple):
    """When all dossiers were looked at last, and how many dead clocks were ever found."""

    went_round_at: datetime | None
    found: int


class ClockRounds(Protocol):
    """Every dossier, looked at in rounds without an end, by however many who share them."""

    async def take(
        self, now: datetime, rest: timedelta, dossiers_max: int, edition: int
    ) -> RoundStep | None:
        """
        Return the next dossiers that *edition* has made; the others are passed over.

        None where somebody has taken some within *rest*.

        Raises:
            ProjectionOutdated: they were made by other code than ours.
        """
        ...

    async def settle(
        self, look: RoundStep, dead: Sequence[DeadClock], now: datetime
    ) -> Sequence[ClockKey]:
        """
        Arm what is *dead*, unless it has changed meanwhile, and go on behind *look*.

        Return what was armed.
        """
        ...

    async def rounds(self) -> RoundsSoFar:
        """Return how far the rounds are."""
        ...
