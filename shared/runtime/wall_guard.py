"""A guard against a wall clock that jumps or is ahead: it must not end a thousand limits."""

from dataclasses import dataclass, field
from datetime import datetime

import structlog

from shared.runtime.clock import Clock, SystemClock
from shared.runtime.measures import CLOCK_DIFFERENCE_SECONDS

log = structlog.get_logger()

CLOCK_STEP_SECONDS_MAX = 5.0
"""Wall clock and monotonic clock may disagree by so much between two looks (R9)."""
CLOCK_TRUST_SECONDS = 60.0
"""So long a wall clock that jumped has to go steadily before we believe it."""


class MachineClock:
    """By how much this machine's clock is before PostgreSQL's: as measured, and as set since."""

    def __init__(self) -> None:
        self._ahead = self._said = 0.0
        self._offset: float | None = None

    def measured(self, ahead_seconds: float, clock: Clock) -> None:
        """Take down what was found just now; where it matters it is said, once for each step."""
        CLOCK_DIFFERENCE_SECONDS.set(ahead_seconds)
        self._ahead, self._offset = ahead_seconds, _offset(clock.now(), clock.monotonic())
        if abs(ahead_seconds) <= CLOCK_STEP_SECONDS_MAX:
            self._said = 0.0
        elif abs(ahead_seconds - self._said) > CLOCK_STEP_SECONDS_MAX:
            # Not for each connection of a pool, which finds the same.
            self._said = ahead_seconds
            log.error("clock_differs", ahead_seconds=round(ahead_seconds, 1))

    def is_ahead(self, now: datetime, monotonic: float) -> bool:
        if self._offset is None:
            return False
        set_since = _offset(now, monotonic) - self._offset
        return self._ahead + set_since > CLOCK_STEP_SECONDS_MAX


def _offset(now: datetime, monotonic: float) -> float:
    return now.timestamp() - monotonic


MACHINE = MachineClock()


@dataclass(slots=True)
class WallGuard:
    """
    Compares the wall clock with the monotonic one, from look to look, and with PostgreSQL's.

    One that is ahead is not believed until it is set: what it ends is ended too early. One that
    is behind makes late, and no wrong.
    """

    clock: Clock
    wall: datetime = field(init=False)
    monotonic: float = field(init=False)
    distrusted_until: float = 0.0

    def __post_init__(self) -> None:
        self.wall, self.monotonic = self.clock.now(), self.clock.monotonic()

    def trusts(self, now: datetime) -> bool:
        """Say whether deadlines may be judged by *now*."""
        monotonic = self.clock.monotonic()
        step = (now - self.wall).total_seconds() - (monotonic - self.monotonic)
        self.wall, self.monotonic = now, monotonic
        if abs(step) > CLOCK_STEP_SECONDS_MAX:
            self.distrusted_until = monotonic + CLOCK_TRUST_SECONDS
            log.error("wall_clock_jumped", seconds=round(step, 1))
        # A clock that only a test moves is no machine's.
        ahead = isinstance(self.clock, SystemClock) and MACHINE.is_ahead(now, monotonic)
        return monotonic >= self.distrusted_until and not ahead
