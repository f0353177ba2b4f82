"""What a person works from, and what became of what a publisher told."""

from datetime import date
from typing import Literal

from services.metrics.views.case import CaseLine, TimelineFact
from services.metrics.views.view import Both, Page, ShownInstant, View
from shared.contracts.supervision.words import AlertLevel

SentOutcome = Literal["COUNTED", "CONTRADICTS", "DOUBTED", "REJECTED"]


class WorkLine(View, frozen=True):
    """A limit that runs until somebody has acted."""

    case_no: str | None
    """Null where it belongs to no case."""
    number: str
    """Under which everything about it is told: its case's, or its own."""
    item_name: str | None
    subject: str
    """Its kind."""
    name: str
    state: str
    """Where the subject stands in its course."""
    sla_id: str
    limit_name: Both
    clock: str
    due: date | None
    due_at: ShownInstant
    days_left: int
    """Days that count after today until it is due."""
    remaining: int
    """Of the limit, in its unit, below 0 where it is late."""
    unit: str
    level: AlertLevel | None
    """Red once it is past, yellow while it is near."""
    provisional: bool
    org_code: str | None
    """Whose it is; null where no fact has said so."""
    org_name: str | None


class OwnCase(CaseLine, frozen=True, kw_only=True):
    """A case of the reader's own, and what the reader has done about it."""

    acted_at: ShownInstant | None
    """When the reader's account last did something, or was given a step; null for never."""
    acted: str | None
    """The type of that fact."""


class SentFact(TimelineFact, frozen=True, kw_only=True, omit_defaults=True):
    """A fact that a publisher told, and what became of it."""

    outcome: SentOutcome
    """
    Counted; or kept although it contradicts the case; or moving nothing, because it is doubted or
    because somebody has looked into it and does not believe it.
    """


class WorkPage(Page[WorkLine], frozen=True):
    """What waits for the reader, the most urgent first."""


class OwnCasePage(Page[OwnCase], frozen=True):
    """Cases of the reader's own, greatest number first."""


class SentPage(Page[SentFact], frozen=True):
    """What a publisher told: the greatest case number first, of each case the oldest news first."""
