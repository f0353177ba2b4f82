"""What verification finds: something is stored that does not follow from the facts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

DIFFERENCES_NAMED_MAX = 1_000
"""Where more is wrong, somebody looks at the first ones and verifies again."""


class What(StrEnum):
    """What is stored otherwise."""

    CHAIN = "store.chain"
    VERSION = "store.version"
    COLUMNS = "store.columns"
    DIGEST = "store.digest"
    CHECKPOINT = "checkpoint"
    CHECKPOINT_FORGED = "checkpoint.forged"
    CHECKPOINT_GAP = "checkpoint.gap"
    PROJECTION_OUTDATED = "projection.outdated"
    RELAY_BEHIND = "relay.behind"
    WORKER_BEHIND = "worker.behind"
    SWEEP_BEHIND = "sweep.behind"
    TICKER_BEHIND = "ticker.behind"
    FACT_MISSING = "timeline.missing"
    FACT_FOREIGN = "timeline.foreign"
    FACT_CHANGED = "timeline.changed"
    STATE = "state"
    CLOCK = "clock"
    DEADLINE = "clock.deadline"
    ALERT = "alert"
    ALERT_DUE = "alert.due"
    ORDER = "order"
    KPI = "kpi"
    CONTRIBUTOR = "kpi.contributor"
    LAST_WORDS = "source"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is *stored* and what it should be, by our own reckoning."""

    subject: str
    what: What
    stored: Any
    recomputed: Any

    def document(self) -> dict[str, Any]:
        plain: dict[str, Any] = msgspec.to_builtins(
            {
                "subject": self.subject,
                "what": self.what.value,
                "stored": self.stored,
                "recomputed": self.recomputed,
            }
        )
        return plain


@dataclass(slots=True)
class Report:
    """The outcome so far; of very many differences the first are named and all are counted."""

    subjects: int = 0
    events: int = 0
    streams: int = 0
    under_way: int = 0
    """Facts that were recorded while we looked, and are not folded yet."""
    due_clocks: int = 0
    """Clocks that the ticker was about to look at."""
    checkpoints: int = 0
    """Signed ones, by which the stores were measured."""
    checkpoint_at: datetime | None = None
    """When the last of them was signed."""
    unsigned_seconds: float = 0.0
    """For how long the oldest row has waited that none of them covers."""
    found: int = 0
    differences: list[Difference] = field(default_factory=list)

    def note(self, differences: Iterable[Difference]) -> None:
        for difference in differences:
            self.found += 1
            if len(self.differences) < DIFFERENCES_NAMED_MAX:
                self.differences.append(difference)

    def document(self) -> dict[str, Any]:
        return {
            "subjects": self.subjects,
            "events": self.events,
            "streams": self.streams,
            "under_way": self.under_way,
            "due_clocks": self.due_clocks,
            "checkpoints": self.checkpoints,
            "checkpoint_at": self.checkpoint_at
            and self.checkpoint_at.isoformat(timespec="seconds"),
            "unsigned_seconds": round(self.unsigned_seconds, 1),
            "differences_found": self.found,
            "differences": [difference.document() for difference in self.differences],
        }


def unequal(
    stored: Mapping[str, Any], recomputed: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return from both sides what differs, or None where nothing does."""
    names = [
        name
        for name in dict.fromkeys((*stored, *recomputed))
        if stored.get(name) != recomputed.get(name)
    ]
    if not names:
        return None
    return {name: stored.get(name) for name in names}, {
        name: recomputed.get(name) for name in names
    }
