"""How many of our own faults become dead letters (R11): policy, and count against it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FaultLimit:
    """For each partition: so many at once, and one more for each pause after that."""

    at_once: int = 10
    pause_seconds: float = 60.0


class FaultTally:
    """
    What one partition may still bury for a fault of ours; it is told the time.

    What a sender did wrong is never counted: there may be any number of such
    records. A fault of ours may be a record's or everybody's; a topic is not
    emptied into the dead letters for it, nor does one record stop its partition
    for ever.
    """

    def __init__(self, limit: FaultLimit) -> None:
        self._limit = limit
        self._left = float(limit.at_once)
        self._counted_at: float | None = None

    def take(self, now: float) -> bool:
        """Return whether a record may be buried at *now*; if not, it is to be tried again."""
        if self._counted_at is not None:
            earned = (now - self._counted_at) / self._limit.pause_seconds
            self._left = min(float(self._limit.at_once), self._left + earned)
        self._counted_at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
