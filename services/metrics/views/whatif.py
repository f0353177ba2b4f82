"""What if other rules had been in force: what would be otherwise than it is on record."""

from datetime import date

from services.metrics.views.view import Both, ShownInstant, View
from shared.contracts.supervision.words import AlertLevel


class RulesUsed(View, frozen=True):
    """By which rules something is judged."""

    calendar: str
    policies: tuple[str, ...]
    """By version, in the order of the days from which they are in force."""


class RunUnder(View, frozen=True):
    """A run on record and under the other rules; no day while it stands still or is not there."""

    dossier: str
    subject: str
    sla_id: str
    episode: int
    started_on: date
    recorded: bool
    """Whether it is on record; else only the other rules know it."""
    remains: bool
    """Whether the other rules know it, too."""
    due_recorded: date | None
    due: date | None


class CardUnder(View, frozen=True):
    """A card that only one of the two knows."""

    dossier: str
    sla_id: str
    level: AlertLevel
    raised_at: ShownInstant
    appears: bool
    """Whether the other rules call for it; else it is on record, and they do not."""


class LimitUnder(View, frozen=True):
    """What becomes of the runs and cards of one limit."""

    sla_id: str
    moved: int = 0
    appeared: int = 0
    vanished: int = 0
    cards_appear: int = 0
    cards_vanish: int = 0


class FigureUnder(View, frozen=True):
    """A figure that comes to something else."""

    kpi_id: str
    name: Both
    unit: str
    recorded: float | None
    value: float | None


class WhatIf(View, frozen=True):
    """
    What would be otherwise, and nothing that is the same.

    What people have decided stays decided: only counting, cards and figures are done anew.
    """

    recorded: RulesUsed
    judged: RulesUsed
    since: date
    until: date
    """Runs that began, cards that were raised and figures of these days."""
    subjects: int
    facts: int
    due_clocks: int
    """Clocks that the ticker was about to look at: what it is about to say is no difference."""
    lanes_behind: int
    """How many have yet to judge anew what the newest edition of the rules changes."""
    differences: int
    limits: tuple[LimitUnder, ...]
    figures: tuple[FigureUnder, ...]
    runs: tuple[RunUnder, ...]
    """The first ones."""
    cards: tuple[CardUnder, ...]
    """The first ones."""
