"""The bus of the simulation: it repeats, delays, half-delivers, and says that it does not know."""

from collections.abc import Mapping, Sequence

from shared.kafka.memory import MemoryBus, MemoryFeed
from shared.kafka.port import Partition, Record, SendUnknown
from tests.support.simulation.life import DAY, HOUR, Life, World

IDLE_SECONDS = 0.1
FETCHED_MAX = 8
AFTERWARDS = 0.5
"""How often the whole of a half-sent batch arrives in the end."""


class BusOf:
    """The bus as one life of one process reaches it; records of one key keep their order."""

    def __init__(self, bus: MemoryBus, life: Life) -> None:
        self._bus = bus
        self._life = life

    async def send(self, records: Sequence[Record]) -> None:
        world = self._life.world
        await self._life.hop(SendUnknown)
        if world.chance.by(world.weather.half_sent):
            await self._half(records)
        await self._bus.send(records)
        if world.chance.by(world.weather.repeated):
            world.note(self._life.name, "repeated")
            await self._bus.send(records)
        await self._life.hop(SendUnknown)

    async def _half(self, records: Sequence[Record]) -> None:
        """Deliver a beginning, perhaps the whole later, and know nothing."""
        world = self._life.world
        world.note(self._life.name, "half_sent")
        await self._bus.send(records[: world.chance.between(0, len(records))])
        if world.chance.by(AFTERWARDS):
            world.tasks.create_task(self._afterwards(records))
        raise SendUnknown("simulated")

    async def _afterwards(self, records: Sequence[Record]) -> None:
        world = self._life.world
        await world.clock.sleep(world.chance.between(HOUR, 2 * DAY))
        await self._bus.send(records)


class FeedOf(MemoryFeed):
    """A group's only member, as long as its process lives."""

    def __init__(self, bus: MemoryBus, group: str, places: Sequence[Partition], life: Life) -> None:
        super().__init__(bus, group, places)
        self._life = life

    async def fetch(self) -> Mapping[Partition, Sequence[Record]]:
        await self._life.hop(None)
        batch = await super().fetch()
        if not batch:
            await self._life.world.slow.sleep(IDLE_SECONDS)
        return batch


def visible(world: World, bus: MemoryBus, place: Partition, offset: int) -> Sequence[Record]:
    """Return what a fetch brings: often less than is there, so that partitions overtake."""
    waiting = bus.read(place, offset)
    if not waiting:
        return waiting
    return waiting[: world.chance.between(0, min(len(waiting), FETCHED_MAX))]
