"""What the moments of acceptance and of commit tell: rates, lag, latency, stalls. No clock here."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

BEGINNING = 0.1
"""So much of a backlog is left out of its rate: until then workers that start share it out."""


class Folded(NamedTuple):
    """One event: its lane, when it was accepted, and when the figures with it were committed."""

    lane: int
    accepted_at: float
    committed_at: float


@dataclass(frozen=True, slots=True)
class Lag:
    """How far the fold was behind what was accepted."""

    events_max: int
    seconds_max: float
    drain_seconds: float
    """From the last acceptance to the last commit."""

    def document(self) -> dict[str, float]:
        return {
            "events_max": self.events_max,
            "seconds_max": round(self.seconds_max, 3),
            "drain_seconds": round(self.drain_seconds, 3),
        }


def lag_of(folded: Sequence[Folded]) -> Lag:
    """Return the largest lag on the way, and what was left when the last event was accepted."""
    accepted = [(one.accepted_at, 1) for one in folded]
    committed = [(one.committed_at, -1) for one in folded]
    behind = most = 0
    # At one instant what was accepted comes first: it cannot have been folded before.
    for _, change in sorted(accepted + committed, key=lambda step: (step[0], -step[1])):
        behind += change
        most = max(most, behind)
    last_accepted = max(one.accepted_at for one in folded)
    last_committed = max(one.committed_at for one in folded)
    return Lag(
        most,
        max(one.committed_at - one.accepted_at for one in folded),
        max(0.0, last_committed - last_accepted),
    )


def fold_rate(folded: Sequence[Folded]) -> float:
    """Return events/s through the fold of a backlog, without its beginning."""
    commits = sorted(one.committed_at for one in folded)
    first = commits[int(len(commits) * BEGINNING)]
    seconds = commits[-1] - first
    return (len(commits) - _until(commits, first)) / seconds if seconds else 0.0


def lags_by_second(folded: Sequence[Folded]) -> list[int]:
    """Return how many events were accepted and not folded at the end of each second."""
    begin = min(one.accepted_at for one in folded)
    end = max(one.committed_at for one in folded)
    ticks = [begin + second for second in range(1, int(end - begin) + 2)]
    accepted = sorted(one.accepted_at for one in folded)
    committed = sorted(one.committed_at for one in folded)
    return [max(0, _until(accepted, tick) - _until(committed, tick)) for tick in ticks]


def _until(moments: Sequence[float], tick: float) -> int:
    return bisect_right(moments, tick)


def latencies_ms(folded: Iterable[Folded]) -> list[float]:
    """Return the milliseconds of each event from its acceptance to the committed figures."""
    return [1000 * (one.committed_at - one.accepted_at) for one in folded]


def stalls(folded: Iterable[Folded]) -> Mapping[int, float]:
    """Return for each lane the longest time in which it folded nothing of what kept coming."""
    commits: defaultdict[int, set[float]] = defaultdict(set)
    for one in folded:
        commits[one.lane].add(one.committed_at)
    return {
        lane: max((after - before for before, after in pairwise(sorted(moments))), default=0.0)
        for lane, moments in commits.items()
    }
