"""How far the projection may be trusted: up to when it is complete, and what waits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.metrics.ports.clock_rounds import RoundsSoFar
from services.metrics.ports.deadlines import Waiting
from services.metrics.ports.glances import Glances, Offset, Outboxes, RebuildProgress
from services.metrics.ports.projection import TopicPartition
from services.metrics.views.freshness import (
    Behind,
    DeadClocks,
    OutboxLag,
    PartitionProgress,
    Rebuild,
)
from services.metrics.views.today import Standing
from shared.policy.calendar import local
from shared.runtime.clock import Clock

SILENT_SECONDS_MAX = 3.0
"""Workers say every second where they are; so much later they are late themselves."""


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

    _targets: dict[TopicPartition, _Target] = field(default_factory=dict)

    def lag_seconds(self, offsets: Iterable[Offset], outboxes: Outboxes, now: datetime) -> float:
        """Return how far the slowest partition or relay is behind at *now*."""
        lags = [*(self._lag(offset, now) for offset in offsets), *map(_unsent, outboxes.values())]
        return max(lags, default=0.0)

    def told(
        self, offsets: Sequence[Offset], outboxes: Outboxes, now: datetime
    ) -> tuple[datetime | None, float]:
        """
        Return up to when all is complete at *now*, and how far the slowest is behind.

        The instant is told to the millisecond; None where nothing was ever folded.
        """
        lag = self.lag_seconds(offsets, outboxes, now)
        complete_to = milliseconds(now - timedelta(seconds=lag)) if offsets else None
        return complete_to, lag

    def _lag(self, offset: Offset, now: datetime) -> float:
        place = (offset.topic, offset.partition)
        target = self._targets.get(place)
        if target is None or offset.next_offset >= target.offset:
            target = self._targets[place] = _Target(offset.highwater, now)
        waits = offset.next_offset < target.offset
        waited = (now - target.seen_at).total_seconds() if waits else 0.0
        silent = (now - offset.checked_at).total_seconds()
        return round(max(waited, silent if silent > SILENT_SECONDS_MAX else 0.0), 1)

    def partitions(self, offsets: Iterable[Offset], now: datetime) -> list[PartitionProgress]:
        """Return every partition: how far it is folded, what waits, how late it is."""
        return [
            PartitionProgress(
                topic=offset.topic,
                partition=offset.partition,
                next_offset=offset.next_offset,
                waiting=max(0, offset.highwater - offset.next_offset),
                complete_to=local(offset.complete_to) if offset.complete_to else None,
                checked_at=local(offset.checked_at),
                lag_seconds=self._lag(offset, now),
            )
            for offset in offsets
        ]


class Glimpses:
    """Looks how far what is shown may be trusted, for whom nothing is shown as it happens."""

    def __init__(self, glances: Glances, clock: Clock, *, demo: bool) -> None:
        self._glances = glances
        self._clock = clock
        self._demo = demo
        self._freshness = Freshness()

    async def look(self) -> Standing:
        """Return how everything stands now."""
        offsets, outboxes = await self._glances.offsets(), await self._glances.outboxes()
        rebuilding, now = await self._glances.rebuilding(), self._clock.now()
        complete_to, lag = self._freshness.told(offsets, outboxes, now)
        return Standing(
            as_of=milliseconds(now),
            complete_to=complete_to,
            lag_seconds=lag,
            rebuilding=rebuilding_told(rebuilding),
            demo=self._demo,
        )


def milliseconds(instant: datetime) -> datetime:
    """Return *instant* in the bureau's zone, to the millisecond."""
    return local(instant.replace(microsecond=instant.microsecond // 1_000 * 1_000))


def outboxes_told(outboxes: Outboxes) -> list[OutboxLag]:
    """Return every owner, and how late its relay is."""
    return [OutboxLag(owner, _unsent(waited)) for owner, waited in outboxes.items()]


def behind_told(lanes: Iterable[Waiting]) -> list[Behind]:
    """Return the lanes that hold up cards."""
    return [
        Behind(lane.partition, local(lane.complete_to) if lane.complete_to else None, lane.clocks)
        for lane in lanes
    ]


def rounds_told(rounds: RoundsSoFar) -> DeadClocks:
    """Return how far the clocks are looked_at."""
    at, found = rounds
    return DeadClocks(local(at) if at else None, found)


def rebuilding_told(rebuild: RebuildProgress | None) -> Rebuild | None:
    """Return how far the projection is that will take the place of the one that is shown."""
    return Rebuild(*rebuild) if rebuild else None


def _unsent(waited: float) -> float:
    return round(max(0.0, waited), 1)
