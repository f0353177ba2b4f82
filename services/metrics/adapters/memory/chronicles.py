"""What was told of each dossier, in memory."""

from collections.abc import Sequence

from services.metrics.adapters.memory.tables import MemoryTables
from services.metrics.ports.chronicles import Chronicle, Chronicles


class MemoryChronicles(Chronicles):
    """The tables, as somebody goes through them."""

    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables

    async def dossiers(self) -> int:
        return len(self._tables.dossiers)

    async def holding(
        self, words: Sequence[str], key: str, dossiers_max: int
    ) -> Sequence[Chronicle]:
        keys = sorted(one for one in self._tables.dossiers if one > key)[:dossiers_max]
        return [Chronicle(one, self._holding(words, one)) for one in keys]

    def _holding(self, words: Sequence[str], key: str) -> list[bytes]:
        told = [body for (owner, _), body in self._tables.timeline.items() if owner == key]
        return [body for body in told if any(word.encode() in body for word in words)]
