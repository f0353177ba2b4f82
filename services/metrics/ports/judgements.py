"""What whoever changes the rules asks of the store: what was judged how, and how far others are."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from services.metrics.domain.clocks.alert import Alert
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier


class JudgedDossier(NamedTuple):
    """A dossier, the edition that its clocks and figures were made by, and what was said of it."""

    dossier: Dossier
    edition: int
    said: Mapping[ClockKey, Sequence[Alert]]
    """By clock."""


class Judgements(Protocol):
    """How the dossiers stand judged; nothing here writes."""

    async def dossiers(self) -> int:
        """Return how many there are."""
        ...

    async def following(self, key: str, dossiers_max: int) -> Sequence[JudgedDossier]:
        """Return the next dossiers behind *key*, in the order of their keys."""
        ...

    async def lanes_behind(self, edition: int) -> int:
        """Return how many lanes may still have dossiers that were made before *edition*."""
        ...
