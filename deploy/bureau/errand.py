"""One applicant's way through the bureau: who is asked, with what, and how long one waits."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from deploy.bureau.counters import Counters
from shared.runtime.clock import Clock
from shared.web.auth import Role

MINUTE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the bureau's day passes: *speed* of its minutes in each of ours."""

    clock: Clock
    speed: float

    async def wait(self, minutes: float) -> None:
        await self.clock.sleep(minutes * MINUTE_SECONDS / self.speed)


@dataclass(slots=True)
class Errand:
    """What happens around the case *name*; its *chance* is its own, so that a seed tells all."""

    name: str
    key: str
    """Begins the idempotency keys of its commands."""
    window: str
    counters: Counters
    pace: Pace
    chance: Random
    _asked: int = field(default=0)

    async def ask(self, role: Role, path: str, **words: Any) -> str:  # noqa: ANN401 - any words
        """Give the command at *path* and return its subject."""
        self._asked += 1
        key = f"{self.key}-{self._asked:03}"
        return await self.counters.give(role, path, words, key=key, window=self.window)

    async def wait(self, least: float, most: float) -> None:
        """Return after some of the bureau's minutes."""
        await self.pace.wait(self.chance.uniform(least, most))

    def happens(self, probability: float) -> bool:
        return self.chance.random() < probability
