"""The metrics workers: the real lanes behind a group that shares partitions out, and again."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import cast

from services.metrics.consumer.completeness import Completing
from services.metrics.consumer.fetch import Fetch, Steering
from services.metrics.consumer.lanes import Lanes
from services.metrics.handlers.folding import Folding
from services.metrics.handlers.reading import Fetched
from shared.contracts.registry import OWN_TOPICS
from shared.eventstore.port import StoreUnavailable
from shared.kafka.ends import BrokerAway
from shared.kafka.memory import MemoryBus
from shared.kafka.port import PARTITIONS, Partition
from shared.policy.rules import shipped
from tests.support.simulation.bus import BusOf, visible
from tests.support.simulation.life import Life, SteadyClock, World
from tests.support.simulation.projection import SimulatedProjection
from tests.support.simulation.tables import SimulatedTables

IDLE_SECONDS = 0.05
SESSION_SECONDS = 0.2
COMPLETING_SECONDS = 0.2
RULES = shipped()


@dataclass
class Group:
    """Which worker has which partition numbers; who is silent for too long is taken for dead."""

    lives: dict[str, Life] = field(default_factory=dict)
    generation: int = 0

    def join(self, life: Life) -> None:
        self.lives[life.name] = life
        self.generation += 1

    def numbers_of(self, life: Life) -> list[int]:
        names = sorted(self.lives)
        mine = names.index(life.name)
        # Another turn gives other lanes, so that some come back to whom they were taken from.
        turned = range(self.generation, self.generation + PARTITIONS)
        return [n for n, turn in enumerate(turned) if turn % len(names) == mine]

    async def watch(self, world: World) -> None:
        """Share anew without those that are dead, or stopped, when their session has run out."""
        while True:
            await world.slow.sleep(SESSION_SECONDS)
            if world.chance.by(world.weather.shared_anew):
                world.note("group", "shared_anew")
                self.generation += world.chance.between(1, 2)
            silent = [name for name, life in self.lives.items() if life.over or life.stopped]
            for name in silent:
                del self.lives[name]
                self.generation += 1


@dataclass
class Member:
    """One worker's place in the group, and from where it fetches next."""

    group: Group
    bus: MemoryBus
    life: Life
    tables: SimulatedTables
    lanes: Lanes
    generation: int = -1
    assigned: list[Partition] = field(default_factory=list)
    positions: dict[Partition, int] = field(default_factory=dict)

    async def fetch(self) -> None:
        """Hand on what the partitions bring, for ever; notice late that they changed hands."""
        self.group.join(self.life)
        while True:
            await self.life.hop(None)
            if self.generation != self.group.generation:
                await self._assigned()
            for place in sorted(self.positions):
                await self._fetch_from(place)
            await self.life.world.slow.sleep(IDLE_SECONDS)

    async def _fetch_from(self, place: Partition) -> None:
        if not self.bus.read(place, self.positions[place]):
            return
        await self.life.be_held_up(self.tables.moving(place.number), whole=True)
        offset = self.positions[place]
        if records := visible(self.life.world, self.bus, place, offset):
            following = self.positions[place] = offset + len(records)
            fetched = cast("Sequence[Fetched]", records)
            end = len(self.bus.read(place, 0))
            await self.lanes.put(Fetch(place, fetched, offset, following, end))

    async def seek(self, place: Partition, offset: int) -> None:
        self.positions[place] = offset

    async def rejoin(self) -> None:
        """Claim again what was assigned to us last."""
        offsets = await self.lanes.claim(self.assigned, self._beginning)
        self.positions.update({place: offsets[place] for place in self.positions.keys() & offsets})

    async def ends(self, places: Sequence[Partition]) -> Mapping[Partition, int]:
        await self.life.hop(BrokerAway)
        ends = {place: self.bus.size(place) for place in places}
        await self.life.hop(BrokerAway)
        return ends

    async def _assigned(self) -> None:
        if self.group.lives.get(self.life.name) is not self.life:
            self.group.join(self.life)
        self.generation = self.group.generation
        numbers = self.group.numbers_of(self.life)
        self.assigned = [Partition(topic, number) for topic in OWN_TOPICS for number in numbers]
        self.positions = dict(await self.lanes.claim(self.assigned, self._beginning))

    async def _beginning(self, _: Partition) -> int:
        return 0


async def work(life: Life, tables: SimulatedTables, bus: MemoryBus, group: Group) -> None:
    """Live as a metrics worker."""
    world = life.world
    projection = SimulatedProjection(tables, life)
    lanes = Lanes(projection, Folding(projection, RULES), BusOf(bus, life), world.slow)
    member = Member(group, bus, life, tables, lanes)
    lanes.steering = Steering(seek=member.seek, rejoin=member.rejoin)
    completing = Completing(lanes, member.ends, SteadyClock(world.clock))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(lanes.run())
        tasks.create_task(member.fetch())
        tasks.create_task(_complete(completing, world))


async def _complete(completing: Completing, world: World) -> None:
    while True:
        await world.slow.sleep(COMPLETING_SECONDS)
        with suppress(BrokerAway, StoreUnavailable):
            await completing.look()


def unfolded(tables: SimulatedTables, bus: MemoryBus) -> Mapping[Partition, int]:
    """Return how much of each partition is not folded yet."""
    behind = {}
    for topic in OWN_TOPICS:
        for number in range(PARTITIONS):
            end = len(bus.read(Partition(topic, number), 0))
            behind[Partition(topic, number)] = end - tables.folded_to(topic, number)
    return {place: records for place, records in behind.items() if records}
