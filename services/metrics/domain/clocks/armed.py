"""Which clocks nobody would look at in time: a limit runs, and its alarm is not set."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from services.metrics.domain.clocks.alert import Alert, next_at
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.run import ClockKey


class DeadClock(NamedTuple):
    """A clock, and the instant for which it has to be armed."""

    clock: Clock
    next_at: datetime
    alerted: bool


def dead_clocks(
    clocks: Sequence[Clock],
    armed: Mapping[ClockKey, datetime | None],
    said: Mapping[ClockKey, Sequence[Alert]],
    now: datetime,
) -> Iterator[DeadClock]:
    """
    Yield those of *clocks* that are *armed* too late, or not at all.

    Too early does no harm: whoever looks arms it again.
    """
    for clock in clocks:
        known = said.get(clock.key, ())
        wanted = next_at(clock, known, now)
        if wanted is None:
            continue
        stands = armed.get(clock.key)
        if stands is None or stands > wanted:
            yield DeadClock(clock, wanted, bool(known))
