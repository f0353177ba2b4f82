"""A day of the bureau that does not end while a test counts what it brings."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from shared.policy.calendar import ZONE
from shared.runtime.clock import SystemClock

LEFT = timedelta(seconds=90)
"""So long a test may count on that it is still today."""
LOOK_SECONDS = 0.5


def lasting_day(now: Callable[[], datetime], sleep: Callable[[float], None]) -> date:
    """Return the bureau's day, once it is none that ends in a moment."""
    # Midnight is the one thing that nobody can be asked about: the clock has to come there.
    while (later := (now() + LEFT).astimezone(ZONE).date()) != now().astimezone(ZONE).date():
        sleep(LOOK_SECONDS)
    return later


@pytest.fixture
def today() -> date:
    """Return the bureau's day, which lasts."""
    return lasting_day(SystemClock().now, time.sleep)
