"""How far the projection may be trusted: up to when it is complete, and what waits."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from services.metrics.adapters.glances import Row
from services.metrics.domain.reasons.explanation import Document
from shared.policy.calendar import spelled

SILENT_SECONDS_MAX = 3.0
"""Workers say every second where they are; so much later they are late themselves."""

Place = tuple[str, int]


@dataclass(slots=True)
class _Target:
    """An end of a partition that was seen at some instant, and is to be reached."""

    offset: int
    seen_at: datetime


@dataclass(slots=True)
class Freshness:
    """
    Watches the offsets, and knows how long the oldest record that it saw waiting has waited.

    Before that it waited in its owner's outbox, which tells the time itself. Not
    the age of events: a log of ten years ago that is imported now is fresh.
    """

    _targets: dict[Place, _Target] = field(default_factory=dict)

    def lag_seconds(self, offsets: Iterable[Row], outboxes: Iterable[Row], now: datetime) -> float:
        """Return how far the slowest partition or relay is behind at *now*."""
        lags = [*(self._lag(row, now) for row in offsets), *map(_unsent, outboxes)]
        return max(lags, default=0.0)

    def _lag(self, row: Row, now: datetime) -> float:
        place = (row["topic"], row["partition"])
        target = self._targets.get(place)
        if target is None or row["next_offset"] >= target.offset:
            target = self._targets[place] = _Target(row["highwater"], now)
        waits = row["next_offset"] < target.offset
        waited = (now - target.seen_at).total_seconds() if waits else 0.0
        silent = (now - row["checked_at"]).total_seconds()
        return round(max(waited, silent if silent > SILENT_SECONDS_MAX else 0.0), 1)

    def partitions(self, offsets: Iterable[Row], now: datetime) -> list[Document]:
        """Return every partition: how far it is folded, what waits, how late it is."""
        return [
            {
                "topic": row["topic"],
                "partition": row["partition"],
                "next_offset": row["next_offset"],
                "waiting": max(0, row["highwater"] - row["next_offset"]),
                "complete_to": _local(row["complete_to"]),
                "checked_at": _local(row["checked_at"]),
                "lag_seconds": self._lag(row, now),
            }
            for row in offsets
        ]


def outboxes_told(outboxes: Iterable[Row]) -> list[Document]:
    """Return every owner, and how late its relay is."""
    return [{"owner": row["owner"], "lag_seconds": _unsent(row)} for row in outboxes]


def rebuilding_told(row: Row | None) -> Document | None:
    """Return how far the projection is that will take the place of the one that is shown."""
    if row is None:
        return None
    return {"facts": row["facts"] or 0, "facts_expected": row["facts_expected"]}


def _unsent(row: Row) -> float:
    waited: float = row["waited"]
    return round(max(0.0, waited), 1)


def _local(instant: datetime | None) -> str | None:
    return spelled(instant) if instant else None
