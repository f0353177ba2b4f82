"""How much of a service one caller may take up, so that there is something left for the others."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from pydantic import Field

from shared.runtime.clock import Clock
from shared.runtime.settings import Settings, load_settings
from shared.web.auth import Principal
from shared.web.problems import RATE_LIMITED, TOO_MANY, Problem

REQUESTS_PER_CALLER_MAX = 500
"""Under way at a time: half of the connections that a server has."""
WINDOW_SECONDS = 10
"""What was not asked for is saved up for so long, and may come at once."""
CALLERS_REMEMBERED_MAX = 10_000


class QuotaSettings(Settings, env_prefix="QUOTA_"):
    """How much one caller may ask of one process; what a caller has left is its own."""

    requests_per_second: int = Field(
        500, ge=1, description="requests of one person, over ten seconds", examples=["50"]
    )
    events_per_second: int = Field(
        20_000,
        ge=1,
        description="events of one publisher, alone, in batches or in its inbox, over ten seconds",
        examples=["1000"],
    )


@dataclass(slots=True)
class _Purse:
    """What a caller may still ask for, counted at the instant *at*; a batch may overdraw it."""

    left: float
    at: float


class Shares:
    """What is under way and what is left, by who asks; kept by each process for itself."""

    def __init__(
        self,
        clock: Clock,
        quotas: QuotaSettings,
        *,
        requests_max: int = REQUESTS_PER_CALLER_MAX,
    ) -> None:
        self._clock = clock
        self._quotas = quotas
        self._requests_max = requests_max
        self._under_way: Counter[str] = Counter()
        self._purses: dict[str, _Purse] = {}

    @classmethod
    def as_set(cls, clock: Clock) -> Self:
        """Return everybody's shares as the settings have them."""
        return cls(clock, load_settings(QuotaSettings))

    def take(self, caller: Principal) -> None:
        """
        Count one more request of *caller*.

        Raises:
            Problem: as many as may be are under way already, or the quota is used up.
        """
        purse, rate = self._purse(caller), self._rate(caller)
        if purse.left < 1:
            seconds = math.ceil((1 - purse.left) / rate)
            raise Problem(*RATE_LIMITED, headers={"retry-after": str(seconds), **self.told(caller)})
        if self._under_way[caller.subject] >= self._requests_max:
            raise Problem(*TOO_MANY, headers={"retry-after": "1"})
        purse.left -= 1
        self._under_way[caller.subject] += 1

    def spend(self, caller: Principal, more: int) -> None:
        """Count *more* than the one that each request counts for: the rest of a batch."""
        self._purse(caller).left -= more

    def give_back(self, caller: Principal) -> None:
        """Count one less under way: it has been answered."""
        self._under_way[caller.subject] -= 1
        if not self._under_way[caller.subject]:
            del self._under_way[caller.subject]

    def told(self, caller: Principal) -> Mapping[str, str]:
        """Return what tells *caller* its quota (draft-ietf-httpapi-ratelimit-headers-10)."""
        name = "events" if caller.publisher else "requests"
        rate, purse = self._rate(caller), self._purse(caller)
        most = rate * WINDOW_SECONDS
        left, seconds = max(0, math.floor(purse.left)), math.ceil((most - purse.left) / rate)
        return {
            "ratelimit-policy": f'"{name}";q={most};w={WINDOW_SECONDS}',
            "ratelimit": f'"{name}";r={left};t={seconds}',
        }

    def _rate(self, caller: Principal) -> int:
        quotas = self._quotas
        return quotas.events_per_second if caller.publisher else quotas.requests_per_second

    def _purse(self, caller: Principal) -> _Purse:
        """Return what *caller* has now: what time has brought in, and no more than a window's."""
        now, rate = self._clock.monotonic(), self._rate(caller)
        most = rate * WINDOW_SECONDS
        purse = self._purses.get(caller.subject)
        if purse is None:
            if len(self._purses) >= CALLERS_REMEMBERED_MAX:
                self._forget_the_idle(now)
            purse = self._purses[caller.subject] = _Purse(most, now)
        purse.left = min(most, purse.left + max(0.0, now - purse.at) * rate)
        purse.at = now
        return purse

    def _forget_the_idle(self, now: float) -> None:
        # Whoever has not asked for a window has a full purse, overdrawn batches apart.
        self._purses = {
            name: purse
            for name, purse in self._purses.items()
            if purse.left < 0 or now - purse.at < WINDOW_SECONDS
        }
