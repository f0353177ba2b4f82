"""Processes that die: what a life may reach, how it ends at any await, and who starts the next."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import TypeVar, assert_never

from shared.eventstore.port import StoreUnavailable
from shared.runtime.clock import VirtualClock
from tests.support.simulation.chance import Chance

T = TypeVar("T")

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

SLOWNESS = 100_000
"""A machine's second takes so long here, so that weeks need no million idle looks."""


class Violation(BaseException):
    """A promise is broken; the seed replays it. No Exception: some loops would cope with that."""


@dataclass(frozen=True, slots=True)
class SlowClock:
    """The bureau's time of day, and the seconds of a slow machine."""

    business: VirtualClock
    slowness: int = SLOWNESS

    def now(self) -> datetime:
        return self.business.now()

    def monotonic(self) -> float:
        return self.business.monotonic() / self.slowness

    async def sleep(self, seconds: float) -> None:
        # Whole seconds: sums of them are exact, so that who is due together wakes together.
        await self.business.sleep(max(1, round(seconds * self.slowness)) if seconds > 0 else 0)


@dataclass(frozen=True, slots=True)
class SteadyClock(SlowClock):
    """Slow, too, but steady: ticker and timekeeper compare their two ways of telling the time."""

    def monotonic(self) -> float:
        return self.business.monotonic()


AWAY_AGAIN_MAX = 2
HELD_UP_SECONDS_MAX = 6 * DAY
HELD_UP_LOOK_SECONDS = 20 * MINUTE


class Fate(Enum):
    """What may happen to somebody who speaks to a server."""

    KILLED = auto()
    STOPPED = auto()
    AWAY = auto()
    LATE = auto()


@dataclass(frozen=True, slots=True)
class Weather:
    """
    How often what goes wrong.

    The fates each time somebody speaks; repeated and half sent each sending;
    held up until it hurts each transaction; shared anew each look at the group.
    """

    killed: float = 0.006
    stopped: float = 0.003
    away: float = 0.01
    late: float = 0.05
    repeated: float = 0.03
    half_sent: float = 0.03
    held_up: float = 0.05
    shared_anew: float = 0.1

    def fate(self, chance: Chance) -> Fate | None:
        """Draw one fate; mostly there is none."""
        drawn = chance.random.random()
        for fate, probability in self._fates():
            if drawn < probability:
                return fate
            drawn -= probability
        return None

    def _fates(self) -> tuple[tuple[Fate, float], ...]:
        return (
            (Fate.KILLED, self.killed),
            (Fate.STOPPED, self.stopped),
            (Fate.AWAY, self.away),
            (Fate.LATE, self.late),
        )


USUAL = Weather()
CALM = Weather(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass
class World:
    """What all processes share: time, chance, weather."""

    clock: VirtualClock
    chance: Chance
    weather: Weather
    tasks: asyncio.TaskGroup
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def slow(self) -> SlowClock:
        return SlowClock(self.clock)

    def note(self, who: str, what: str, *more: object) -> None:
        self.counts[what] += 1
        self.chance.note(self.clock.monotonic(), who, what, *more)


class Life:
    """One life of one process; when it is over, nothing it still tries has any effect."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name
        self.over = False
        self._away_again = 0
        self._root: asyncio.Task[None] | None = None
        self._going = asyncio.Event()
        self._going.set()

    async def hop(self, fault: type[Exception] | None = StoreUnavailable) -> None:
        """
        Be on the way to a server, or back: whatever may happen there happens.

        Raises:
            Exception: a *fault*, where the server is away.
        """
        await self._stand()
        fate = self._fate(fault)
        if fate is not None:
            await self._suffer(fate, fault)
        else:
            await asyncio.sleep(0)
        await self._stand()

    async def be_held_up(self, until: Callable[[], bool], *, whole: bool = False) -> None:
        """
        Now and then go on at the worst moment only: as soon as *until*, or after days in vain.

        Meanwhile the *whole* process stands still, or nobody but who called.
        """
        world = self.world
        if not world.chance.by(world.weather.held_up):
            return
        if whole:
            self._going.clear()
        last = world.clock.monotonic() + HELD_UP_SECONDS_MAX
        while not until() and world.clock.monotonic() < last:
            await world.clock.sleep(HELD_UP_LOOK_SECONDS)
        if until():
            world.note(self.name, "held_up")
        if whole:
            self._going.set()
        await self._stand()

    def _fate(self, fault: type[Exception] | None) -> Fate | None:
        """Draw one; a server that is away may be away for the next question, too."""
        if self._away_again and fault is not None:
            self._away_again -= 1
            return Fate.AWAY
        fate = self.world.weather.fate(self.world.chance)
        if fate is Fate.AWAY and fault is not None:
            self._away_again = self.world.chance.between(0, AWAY_AGAIN_MAX)
        return fate

    async def _suffer(self, fate: Fate, fault: type[Exception] | None) -> None:
        world, chance = self.world, self.world.chance
        match fate:
            case Fate.KILLED:
                self.die()
            case Fate.STOPPED:
                self.stop(chance.between(HOUR, 3 * DAY))
            case Fate.LATE:
                await world.clock.sleep(chance.between(MINUTE, 12 * HOUR))
            case Fate.AWAY if fault is not None:
                world.note(self.name, "away")
                raise fault("simulated")
            case Fate.AWAY:
                return
            case _:
                assert_never(fate)

    async def ask(self, effect: Callable[[], T]) -> T:
        """Have a store do *effect*; it may be done although the answer never comes."""
        await self.hop()
        answer = effect()
        await self.hop()
        return answer

    def die(self) -> None:
        """End as by `kill -9`: at the next await of each task, and without a last word."""
        if not self.over:
            self.world.note(self.name, "killed")
            self.over = True
            self._going.set()
            if self._root is not None:
                self._root.cancel()

    def stop(self, seconds: int) -> None:
        """Stand still as by SIGSTOP, and go on later as if nothing had been."""
        self.world.note(self.name, "stopped", seconds)
        self._going.clear()
        self.world.tasks.create_task(self._go_on(seconds))

    @property
    def stopped(self) -> bool:
        return not self._going.is_set()

    async def live(self, main: Callable[["Life"], Awaitable[None]]) -> None:
        """Live *main* to whatever end it comes."""
        async with asyncio.TaskGroup() as tasks:
            self._root = tasks.create_task(self._guarded(main))

    async def _guarded(self, main: Callable[["Life"], Awaitable[None]]) -> None:
        try:
            await main(self)
        except asyncio.CancelledError:
            raise
        except BaseException:  # a process that fails by itself is a finding
            if not self.over:
                raise
        self.over = True

    async def _go_on(self, seconds: int) -> None:
        await self.world.clock.sleep(seconds)
        self._going.set()

    async def _stand(self) -> None:
        if not self._going.is_set():
            await self._going.wait()
        if self.over:
            raise asyncio.CancelledError


async def keep(
    world: World,
    name: str,
    main: Callable[[Life], Awaitable[None]],
    died: Callable[[Life], None] | None = None,
) -> None:
    """Live one life after the other, with a pause between."""
    while True:
        life = Life(world, name)
        await life.live(main)
        if died is not None:
            died(life)
        await world.clock.sleep(world.chance.between(MINUTE, 8 * HOUR))
