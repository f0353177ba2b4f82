"""A run: a limit that began in one subject, with all that its facts say about it."""

from datetime import date, datetime
from typing import NamedTuple

from msgspec import Struct

from services.metrics.domain.subjects.terms import Ending, Extension, Hold
from shared.policy.limits import Limit, Unit


class ClockKey(NamedTuple):
    """What tells one clock from all others."""

    dossier: str
    subject: str
    sla: str
    episode: int


class Run(Struct, frozen=True, gc=False):
    """
    One limit of one subject, from the fact that began it to the one that ended it.

    A limit may begin again after it ended: *episode* counts from 0.
    """

    sla: Limit
    dossier: str
    subject: str
    started_at: datetime
    started_on: date
    """The day from which it counts, which does not count itself."""
    started_by: str
    limit: int
    unit: Unit
    episode: int = 0
    until: date | datetime | None = None
    """The day or the instant that somebody named; then *limit* is only for showing."""
    holds: tuple[Hold, ...] = ()
    """Those of the case; the policy says which of them stop it."""
    stood: tuple[Hold, ...] = ()
    """When another subject made it wait."""
    extensions: tuple[Extension, ...] = ()
    ending: Ending | None = None
    item: str = ""
    """By its code: its guide may say which holds stop the clock."""
    org_code: str = ""
    org_name: str = ""
    others: int | None = None
    """What was left at its start of the limit within which it has to fit."""
    climbed: int = 0
    """How high the card is that somebody has to acknowledge."""

    @property
    def key(self) -> ClockKey:
        return ClockKey(self.dossier, self.subject, self.sla.id, self.episode)
