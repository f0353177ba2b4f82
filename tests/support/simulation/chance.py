"""Chance: everything that a seed decides, and the trace by which two runs are compared."""

import hashlib
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """One seed's dice; *trace* is the digest of all that happened because of them."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - the point is that it can be repeated
        self._trace = hashlib.sha256()
        self.happened = 0

    def note(self, *words: object) -> None:
        """Write into the trace what happened."""
        self.happened += 1
        self._trace.update(repr(words).encode())

    @property
    def trace(self) -> str:
        return self._trace.hexdigest()

    def by(self, probability: float) -> bool:
        return self.random.random() < probability

    def between(self, least: int, most: int) -> int:
        return self.random.randint(least, most)

    def one_of(self, *choices: T) -> T:
        return choices[self.random.randrange(len(choices))]
