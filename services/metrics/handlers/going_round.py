"""Goes round all dossiers: where a limit runs that nobody would look at, it is armed and told."""

import asyncio
from datetime import datetime, timedelta

import structlog

from services.metrics.domain.clocks.alert import by_name, said_of
from services.metrics.domain.clocks.armed import DeadClock, dead_clocks
from services.metrics.domain.picture import every_clock
from services.metrics.ports.clock_rounds import ClockRounds, LookedAt
from services.metrics.ports.projection import ProjectionOutdated
from shared.eventstore.port import StoreUnavailable
from shared.policy.rules import Editions, Rules
from shared.runtime.clock import Clock
from shared.runtime.lifecycle import pause
from shared.runtime.measures import DEAD_CLOCKS_FOUND
from shared.runtime.wall_guard import WallGuard

DOSSIERS_PER_LOOK_MAX = 500
REST = timedelta(seconds=2)
"""Between two looks, whoever looks: a quarter of a million dossiers are seen within 17 minutes."""
TOLD_MAX = 20
"""So many are told by name, of all that one look finds."""

log = structlog.get_logger()


class GoingRound:
    """Looks at some dossiers at a time; tickers beside it share the rounds."""

    def __init__(self, rounds: ClockRounds, editions: Editions, clock: Clock) -> None:
        self._rounds = rounds
        self._editions = editions
        self._guard = WallGuard(clock)

    async def look(self, now: datetime, rest: timedelta = REST) -> int:
        """Look at the next dossiers; return how many clocks of theirs were armed by us."""
        if not self._guard.trusts(now):
            return 0
        rules = self._editions.newest
        look = await self._rounds.take(now, rest, DOSSIERS_PER_LOOK_MAX, rules.judging)
        if look is None:
            return 0
        dead = [one for seen in look.dossiers for one in _dead(seen, rules, now)]
        armed = await self._rounds.settle(look, dead, now)
        for key in armed[:TOLD_MAX]:
            log.error("clock_was_dead", **key._asdict())
        if armed:
            DEAD_CLOCKS_FOUND.inc(len(armed))
            log.error("dead_clocks_armed", count=len(armed))
        return len(armed)


def _dead(seen: LookedAt, rules: Rules, now: datetime) -> list[DeadClock]:
    armed = {key: row.next_at for key, row in seen.rows.items() if row.is_looked_at(now)}
    clocks, cards = every_clock(seen.dossier, rules), by_name(seen.said)
    said = {clock.key: said_of(clock, seen.said, cards) for clock in clocks}
    return list(dead_clocks(clocks, armed, said, now))


async def watch_clocks(going_round: GoingRound, clock: Clock, stopping: asyncio.Event) -> None:
    """Look until *stopping*, or until other code has made the projection."""
    while not await pause(clock, REST.total_seconds(), stopping):
        try:
            await going_round.look(clock.now())
        except ProjectionOutdated:
            return
        except StoreUnavailable:
            log.warning("clocks_not_looked_at")
