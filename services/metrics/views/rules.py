"""The rules as a reader is told, and what an edition changes."""

from datetime import date
from enum import StrEnum
from typing import Any

from services.metrics.views.view import ShownInstant, View


class MovedRun(View, frozen=True):
    """A run under two editions; no day while it stands still, or where it is no more."""

    dossier: str
    sla: str
    started_on: date
    due_before: date | None
    due_after: date | None
    provisional_before: bool
    provisional_after: bool
    cards_raised: int
    cards_revoked: int


class Stage(StrEnum):
    """What takes long when the rules change."""

    FORESEEING = "FORESEEING"
    FOLDING = "FOLDING"


class RulesProgress(View, frozen=True):
    """How far a change of the rules is."""

    stage: Stage
    """Every case is judged under both editions, then every lane folds what was published."""
    done: int
    """Of the cases, or of the lanes."""
    of: int


class RulesChanged(View, frozen=True):
    """What an edition changes."""

    edition: int
    years: list[int]
    """Those that a notice settles."""
    new: bool
    """False where the rules say so already."""
    preview: bool
    proposed: bool
    """Whether it is published when another person hands in the same."""
    folded: bool
    """Whether every lane has judged anew what it changes."""
    runs_moved: int
    runs_settled: int
    """Provisional no longer."""
    cards_raised: int
    cards_revoked: int
    figures_changed: int
    figures: list[str]
    examples: list[MovedRun]


class EditionShown(View, frozen=True):
    """One edition: what it changed, when and by whom."""

    edition: int
    type: str
    published_at: ShownInstant
    published_by: str | None
    change: dict[str, Any]


class PolicyShown(View, frozen=True):
    """A policy, and from which day it is in force; none for the one that is shipped."""

    effective_from: date | None
    version: str
    document: dict[str, Any]


class CalendarShown(View, frozen=True):
    """A calendar, and the years whose notices it knows."""

    version: str
    years: list[int]


class PublisherShown(View, frozen=True):
    """Who may speak, from which sources, of which types."""

    publisher_id: str
    name: str
    sources: list[str]
    types: list[str]
    key: dict[str, str] | None
    """By which what it says can be checked: a JWK, the public half."""
    others: list[str]
    """The types that are believed of it about subjects that another has founded."""
    backdates: int | None
    """In working days, how far back its word reaches; null is any day."""


class RulesShown(View, frozen=True):
    """The rules as one edition has them, and every edition that there was."""

    edition: int
    newest: int
    lanes_behind: int
    """How many have yet to judge anew what the newest edition changes."""
    calendar: CalendarShown
    policies: list[PolicyShown]
    publishers: list[PublisherShown]
    editions: list[EditionShown]
