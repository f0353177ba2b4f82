"""How many dead letters are still the senders' fault (R11): policy, and count against it."""

from collections import deque
from dataclasses import dataclass

from shared.kafka.port import Partition, TooManyDeadLetters


@dataclass(frozen=True, slots=True)
class DeadLetterLimit:
    """For each partition: so many in a row, or such a share of what came lately."""

    run_max: int = 100
    share_max: float = 0.2
    window_seconds: float = 300.0
    sample_min: int = 500
    """Below this many records in the window a share says nothing."""


class DeadLetterTally:
    """What one partition's records came to; it is told the time."""

    def __init__(self, partition: Partition, limit: DeadLetterLimit) -> None:
        self._partition = partition
        self._limit = limit
        self._run = 0
        self._seconds: deque[list[int]] = deque()
        """Second, records, refused ones; oldest first. One for each record could be a million."""
        self._records = 0
        self._refused = 0

    def count(self, now: float, *, refused: bool) -> None:
        """
        Take one more record into account.

        Raises:
            TooManyDeadLetters: stop before the whole topic is emptied into the dead letters.
        """
        self._run = self._run + 1 if refused else 0
        self._records += 1
        self._refused += refused
        second = int(now)
        if not self._seconds or self._seconds[-1][0] != second:
            self._seconds.append([second, 0, 0])
            self._forget(now - self._limit.window_seconds)
        latest = self._seconds[-1]
        latest[1] += 1
        latest[2] += refused
        if refused and (self._run > self._limit.run_max or self._too_great_a_share()):
            raise TooManyDeadLetters(self._partition, self._refused)

    def _forget(self, before: float) -> None:
        while self._seconds[0][0] < before:
            _, records, refused = self._seconds.popleft()
            self._records -= records
            self._refused -= refused

    def _too_great_a_share(self) -> bool:
        enough = self._records >= self._limit.sample_min
        return enough and self._refused > self._limit.share_max * self._records
