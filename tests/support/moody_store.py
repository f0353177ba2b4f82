"""A store with moods."""

from shared.eventstore.memory import MemoryEventStore
from shared.eventstore.port import History, StoreUnavailable


class MoodyStore(MemoryEventStore):
    """A store that is away as often as it is told to be."""

    away = 0

    async def load(self, stream: str, *, after: int = 0) -> History:
        if self.away:
            self.away -= 1
            raise StoreUnavailable("away")
        return await super().load(stream, after=after)
