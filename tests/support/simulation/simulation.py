"""One seed's weeks of the whole way: intake, relay, bus, fold and ticker, in memory, under fire."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from functools import partial

from services.intake.handlers.timekeeper import Timekeeper
from services.metrics.handlers.ticker import Ticker
from shared.commands.deciding import Desk
from shared.commands.rules_in_force import RulesInForce
from shared.contracts.registry import Owner
from shared.eventstore.port import Outbox
from shared.kafka.memory import MemoryBus
from shared.relay.relay import Relay
from shared.runtime.clock import VirtualClock
from shared.runtime.ids import SeededIds
from tests.support.facts import SUPERVISION
from tests.support.simulation.audit import audit
from tests.support.simulation.bus import BusOf
from tests.support.simulation.chance import Chance
from tests.support.simulation.hall import DISTRICT, SOURCE, Hall
from tests.support.simulation.life import (
    CALM,
    DAY,
    HOUR,
    USUAL,
    Life,
    SteadyClock,
    Violation,
    Weather,
    World,
    keep,
)
from tests.support.simulation.loop import SimulatedLoop
from tests.support.simulation.people import Journal, People
from tests.support.simulation.projection import SimulatedDeadlines
from tests.support.simulation.store import SimulatedStore, StoreOf
from tests.support.simulation.story import START, tellings, wishes
from tests.support.simulation.tables import SimulatedTables
from tests.support.simulation.timers import SimulatedTimers, TimersOf
from tests.support.simulation.workers import RULES, Group, unfolded, work

CASES_BY_COMMAND = 4
CASES_BY_STRANGERS = 6
QUIET_DAYS_MAX = 60
"""In calm weather everything must have caught up by then."""
TIMEKEEPERS_SLOWNESS = 10_000
"""So that they look twice a day or so, and meet clerks who come at the last moment."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a seed came to."""

    trace: str
    counts: Counter[str]
    steps: int


class Simulation:
    """The servers, and the processes over them."""

    def __init__(self, seed: int, weather: Weather) -> None:
        self.weather = weather
        self.chance = Chance(seed)
        self.clock = VirtualClock(START)
        self.bus = MemoryBus(self.clock)
        self.intake, self.supervision = SimulatedStore(), SimulatedStore()
        self.tables = SimulatedTables(self.supervision, self.clock, bus=self.bus)
        self.group = Group()
        self.timers = SimulatedTimers(self.intake)
        self.ids = SeededIds(seed)
        self.hall = Hall(self.intake, self.bus, self.ids)
        self.journal = Journal()

    def run(self) -> Outcome:
        """
        Live through the weeks and look at what came of them.

        Raises:
            Violation: a promise is broken.
        """
        loop = SimulatedLoop(self.clock, self.chance.random)  # type: ignore[abstract]  # see the class
        world = loop.live(self._live())
        return Outcome(self.chance.trace, world.counts, loop.steps)

    async def _live(self) -> World:
        async with asyncio.TaskGroup() as tasks:
            world = World(self.clock, self.chance, self.weather, tasks)
            watched = tasks.create_task(self._processes(world))
            await self._people(world)
            world.weather = CALM
            await self._quiet(world)
            # Nobody gets a turn between being found at rest and being looked at.
            stores = {Owner.INTAKE: self.intake, Owner.SUPERVISION: self.supervision}
            world.counts.update(
                audit(stores, self.bus, self.tables, self.journal, self.clock.now())
            )
            watched.cancel()
        return world

    async def _processes(self, world: World) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keep(world, "intake", self.hall.serve, self.hall.died))
            tasks.create_task(keep(world, "relay", self._relay))
            for name in ("timekeeper-1", "timekeeper-2"):
                tasks.create_task(keep(world, name, self._keep_time))
            for name in ("ticker-1", "ticker-2"):
                tasks.create_task(keep(world, name, self._tick))
            for name in ("worker-1", "worker-2"):
                folding = partial(work, tables=self.tables, bus=self.bus, group=self.group)
                tasks.create_task(keep(world, name, folding))
            tasks.create_task(self.group.watch(world))

    async def _people(self, world: World) -> None:
        people = People(world, self.hall, self.bus, self.journal)
        async with asyncio.TaskGroup() as tasks:
            for number in range(CASES_BY_COMMAND):
                case_no = f"XC20240918{number:06d}"
                tasks.create_task(people.want(case_no, list(wishes(case_no, self.chance))))
            for number in range(CASES_BY_STRANGERS):
                tasks.create_task(people.tell(tellings(f"QW{number:06d}", self.chance)))

    async def _relay(self, life: Life) -> None:
        async with asyncio.TaskGroup() as tasks:
            for owner, store in (
                (Owner.INTAKE, self.intake),
                (Owner.SUPERVISION, self.supervision),
            ):
                sender = BusOf(self.bus, life)
                relay = Relay(owner, partial(_outbox, store, life), sender, life.world.slow)
                tasks.create_task(relay.run(asyncio.Event()))

    async def _keep_time(self, life: Life) -> None:
        clock = SteadyClock(self.clock, TIMEKEEPERS_SLOWNESS)
        desk = Desk(StoreOf(self.intake, life), clock, self.ids, SOURCE)
        timers, rules = TimersOf(self.timers, life), RulesInForce(desk.store)
        await Timekeeper(timers, desk, rules, DISTRICT).run(asyncio.Event())

    async def _tick(self, life: Life) -> None:
        deadlines, clock = SimulatedDeadlines(self.tables, life), SteadyClock(self.clock)
        await Ticker(deadlines, RULES, clock, SUPERVISION).run(asyncio.Event())

    async def _quiet(self, world: World) -> None:
        """Wait in calm weather until nobody has anything left to do."""
        for _ in range(QUIET_DAYS_MAX * DAY // HOUR):
            await world.clock.sleep(HOUR)
            if self._at_rest():
                return
        behind = unfolded(self.tables, self.bus)
        raise Violation("everything catches up", behind, self.intake.all_sent)

    def _at_rest(self) -> bool:
        sent = self.intake.all_sent and self.supervision.all_sent
        now = self.clock.now()
        due = self.tables.overdue(now) or self.timers.due(now)
        on_record = self.journal.strangers <= self.intake.ids
        return sent and not due and on_record and not unfolded(self.tables, self.bus)


async def _outbox(store: SimulatedStore, life: Life) -> Outbox:
    return StoreOf(store, life)


def simulate(seed: int, weather: Weather = USUAL) -> Outcome:
    """Live through the weeks of *seed* in *weather*."""
    return Simulation(seed, weather).run()
