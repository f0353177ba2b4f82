"""What whoever looks into a publisher asks of the store: all that was told, dossier by dossier."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Chronicle(NamedTuple):
    """Facts of one dossier, in no order."""

    dossier: str
    bodies: Sequence[bytes]


class Chronicles(Protocol):
    """What was told of each dossier; nothing here writes."""

    async def dossiers(self) -> int:
        """Return how many there are."""
        ...

    async def holding(
        self, words: Sequence[str], key: str, dossiers_max: int
    ) -> Sequence[Chronicle]:
        """
        Return of the next dossiers behind *key*, in the order of their keys, what holds a word.

        Each of them is there, also where none of its facts holds one of *words*; none at the end.
        """
        ...
