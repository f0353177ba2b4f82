"""Tells when cards wait for a lane that is behind, and when they no longer do."""

import asyncio
from datetime import datetime, timedelta

import structlog

from services.metrics.ports.deadlines import Deadlines, Waiting
from shared.eventstore.port import StoreUnavailable
from shared.runtime.clock import Clock
from shared.runtime.lifecycle import pause
from shared.runtime.measures import CARDS_WAITING, LANE_LAG_SECONDS

LOOK_SECONDS = 5.0
USUAL_WAIT = timedelta(seconds=10)
"""So far behind may a lane be that holds up cards without a word."""

log = structlog.get_logger()


class WaitingCards:
    """Says once of each lane that it holds up cards, and once that it does no more."""

    def __init__(self, deadlines: Deadlines, since: datetime) -> None:
        """*since* is how far back a lane is taken to be that was never found complete."""
        self._deadlines = deadlines
        self._since = since
        self._behind: dict[int, Waiting] = {}

    async def look(self, now: datetime) -> None:
        found = {one.partition: one for one in await lanes_behind(self._deadlines, now)}
        for partition in sorted(found.keys() - self._behind.keys()):
            lane = found[partition]
            since = lane.complete_to.isoformat() if lane.complete_to else None
            log.warning("cards_wait", partition=partition, complete_to=since, clocks=lane.clocks)
        for partition in sorted(self._behind.keys() - found.keys()):
            log.info("cards_wait_no_more", partition=partition)
        self._behind = found
        CARDS_WAITING.set(sum(lane.clocks for lane in found.values()))
        for partition, complete_to in (await self._deadlines.complete_to()).items():
            lag = now - (complete_to or self._since)
            LANE_LAG_SECONDS.labels(str(partition)).set(max(0.0, lag.total_seconds()))


async def lanes_behind(deadlines: Deadlines, now: datetime) -> list[Waiting]:
    """Return the lanes that hold up cards, and are further behind than is usual."""
    return [
        lane
        for lane in await deadlines.waiting(now)
        if lane.complete_to is None or lane.complete_to < now - USUAL_WAIT
    ]


async def watch_waiting(deadlines: Deadlines, clock: Clock, stopping: asyncio.Event) -> None:
    """Look until *stopping*."""
    cards = WaitingCards(deadlines, clock.now())
    while not await pause(clock, LOOK_SECONDS, stopping):
        try:
            await cards.look(clock.now())
        except StoreUnavailable:
            log.warning("waiting_not_seen")
