"""The last facts of a lane: what the page shows as the latest."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from services.metrics.domain.entry import Arrived
from shared.contracts.access.facts import SESSIONS

RECENT_FACTS_MAX = 20
"""As many as the page's ticker shows."""


class RecentFact(NamedTuple):
    """A fact by its time, its type, its subject and its activity."""

    time: datetime
    type: str
    dossier: str
    activity: str | None


Recent = tuple[RecentFact, ...]
"""Newest last."""


def recent_after(recent: Recent, arrived: Sequence[Arrived]) -> Recent:
    """Return the last facts of a lane when *arrived* have come."""
    news = tuple(
        RecentFact(fact.occurred_at, fact.entry.type, fact.dossier, fact.entry.activity)
        for fact in arrived[-RECENT_FACTS_MAX:]
        # Who has left the bureau's pages is on record, and no news of its matters.
        if fact.entry is not None and fact.dossier != SESSIONS
    )
    return (*recent, *news)[-RECENT_FACTS_MAX:]


def newest(lanes: Iterable[Recent], facts_max: int) -> Sequence[RecentFact]:
    """Return the latest facts of all lanes, newest first."""
    facts = [fact for lane in lanes for fact in lane]
    return sorted(facts, key=attrgetter("time"), reverse=True)[:facts_max]
