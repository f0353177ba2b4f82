"""A guard against a wall clock that jumps: it must not end a thousand limits at once."""

from dataclasses import dataclass, field
from datetime import datetime

import structlog

from shared.runtime.clock import Clock

log = structlog.get_logger()

CLOCK_STEP_SECONDS_MAX = 5.0
"""Wall clock and monotonic clock may disagree by so much between two looks (R9)."""
CLOCK_TRUST_SECONDS = 60.0
"""So long a wall clock that jumped has to go steadily before we believe it."""


@dataclass(slots=True)
class WallGuard:
    """Compares the wall clock with the monotonic one, from look to look."""

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
        return monotonic >= self.distrusted_until
