"""The last facts of a lane: what the page shows as the latest."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from services.metrics.domain.entry import Arrived
from shared.contracts.moments import instant_of
from shared.policy.calendar import spelled

RECENT_FACTS_MAX = 20
"""As many as the page's ticker shows."""


class RecentFact(NamedTuple):
    """A fact by its time, as RFC 3339 spells it, its type, its subject and its activity."""

    time: str
    type: str
    dossier: str
    activity: str | None


Recent = tuple[RecentFact, ...]
"""Newest last."""


def recent_after(recent: Recent, arrived: Sequence[Arrived]) -> Recent:
    """Return the last facts of a lane when *arrived* have come."""
    news = tuple(
        RecentFact(spelled(fact.occurred_at), fact.entry.type, fact.dossier, fact.entry.activity)
        for fact in arrived[-RECENT_FACTS_MAX:]
        if fact.entry is not None
    )
    return (*recent, *news)[-RECENT_FACTS_MAX:]


def newest(lanes: Iterable[Recent], facts_max: int) -> Sequence[RecentFact]:
    """Return the latest facts of all lanes, newest first."""
    facts = [fact for lane in lanes for fact in lane]
    return sorted(facts, key=lambda fact: instant_of(fact.time), reverse=True)[:facts_max]
