"""The port through which everything gets its identifiers and its randomness."""

import random
import uuid
from itertools import count
from typing import Protocol

import uuid_utils

_EPOCH_MS = 1_700_000_000_000
"""Where seeded identifiers begin: any fixed instant serves."""


class Ids(Protocol):
    """New identifiers, ordered by the time of their making, and a die."""

    def new(self) -> str:
        """Return a UUIDv7 that nobody else has."""
        ...

    def random(self) -> float:
        """Return a number in [0, 1): for jitter, never for a secret."""
        ...


class SystemIds:
    """The operating system's randomness."""

    def __init__(self) -> None:
        self._die = random.SystemRandom()

    def new(self) -> str:
        return str(uuid_utils.uuid7())

    def random(self) -> float:
        return self._die.random()


class SeededIds:
    """The same identifiers, in the same order, for the same seed."""

    def __init__(self, seed: int) -> None:
        self._die = random.Random(seed)
        self._milliseconds = count(_EPOCH_MS)

    def new(self) -> str:
        version, variant = 0x7, 0b10
        return str(
            uuid.UUID(
                int=next(self._milliseconds) << 80
                | version << 76
                | self._die.getrandbits(12) << 64
                | variant << 62
                | self._die.getrandbits(62)
            )
        )

    def random(self) -> float:
        return self._die.random()
