"""The bureau's day: the weeks before are told through the gateway, then people come in, live."""

import asyncio
from collections.abc import Awaitable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from random import Random

from deploy.bureau import enterprises, hall, helping, places, plan, stories
from deploy.bureau.backlog import FORGOTTEN_HOLDS, Past, PastWeeks, forgotten_hold, told
from deploy.bureau.counters import Counters, TurnedDown
from deploy.bureau.errand import Errand, Pace
from deploy.bureau.items import WINDOWS
from deploy.delivery import Delivery
from shared.contracts.envelope import Event
from shared.contracts.registry import encode

DAY_MINUTES = 8 * 60.0
CASES_A_DAY = 80
FINISHED_A_DAY = 12
FORGOTTEN_HOLDS_AT = DAY_MINUTES / 10
BATCH_EVENTS = 200
UNTOUCHED = "ACCEPTED"


@dataclass(slots=True)
class BureauDay:
    """What is played, and how far it is; *tag* tells this play from every other one."""

    counters: Counters
    gateway: Delivery
    pace: Pace
    backlog: PastWeeks
    tag: str
    told: int = 0
    arrived: int = 0
    under_way: int = 0
    done: int = 0

    async def tell_the_past(self) -> None:
        """Publish the weeks before; what was told already is a duplicate there."""
        events = [event for past in self.backlog.cases() for event in told(past)]
        self.told = len(events)
        await self._publish(events)

    async def play(self, days: int) -> None:
        """Play *days* days, one after another, and return when the last errand is done."""
        chance = Random(self.backlog.seed)  # noqa: S311 - a story, no secret
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._remember_holds())
            for work in chain(self._for_the_plan(), self._in_the_hall()):
                tasks.create_task(self._beside(work))
            tasks.create_task(self._take_up(Random(chance.random())))  # noqa: S311 - as above
            for number in range(1, days * CASES_A_DAY + 1):
                errand = self._errand(f"XC{self.tag}{number:03}", chance.choice(WINDOWS))
                tasks.create_task(self._run(stories.apply(errand)))
                await self.pace.wait(chance.expovariate(CASES_A_DAY / DAY_MINUTES))

    async def _take_up(self, chance: Random) -> None:
        """Finish cases that have lain, the latest first: their cards end."""
        lying = sorted(
            (past for past in self.backlog.cases() if past.lies),
            key=lambda past: (not past.late, past.received_at),
        )
        healed = self._healed()
        async with asyncio.TaskGroup() as tasks:
            for past in lying[:FINISHED_A_DAY]:
                await self.pace.wait(chance.expovariate(FINISHED_A_DAY / DAY_MINUTES))
                known = await self.counters.case(past.case_no) or {}
                if past not in healed and known.get("phase") == UNTOUCHED:
                    errand = self._errand(past.case_no, past.window)
                    tasks.create_task(self._run(stories.finish(errand, past.item)))

    async def _remember_holds(self) -> None:
        """Tell of pauses that nobody had told of: red cards are withdrawn."""
        await self.pace.wait(FORGOTTEN_HOLDS_AT)
        today = self.backlog.today
        await self._publish(e for past in self._healed() for e in forgotten_hold(past, today))

    def _healed(self) -> list[Past]:
        late = [past for past in self.backlog.cases() if past.late and past.lies]
        return late[-FORGOTTEN_HOLDS:]

    def _for_the_plan(self) -> Iterator[Awaitable[None]]:
        """Yield what happens for the annual plan: once, or once in a year or a day."""
        today = self.backlog.today
        yield plan.report(self._errand("plan-reports", WINDOWS[0], of=f"{today.year}"), today)
        yield enterprises.benefit(self._errand("policies", WINDOWS[0], of=f"{today}"), today)
        yield enterprises.engage(self._errand("engagements", WINDOWS[0], of=f"{today}"))
        yield plan.walk(self._errand("walkthroughs", WINDOWS[0], of=f"{today}"))
        yield helping.keep_roster(self._errand("agents", WINDOWS[0], of=f"{today.year}"))
        yield helping.list_services(self._errand("services", WINDOWS[0], of=f"{today.year}"), today)
        yield helping.enrol(self._errand("projects", WINDOWS[0], of=f"{today}"), today)
        yield helping.visit(self._errand("outreach", WINDOWS[0], of=f"{today}"))
        yield places.open_sites(self._errand("sites", WINDOWS[0], of="ever"))
        yield places.build(self._errand("built", WINDOWS[0], of=f"{today.year}"), today)
        yield places.launch(self._errand("scenes", WINDOWS[0], of=f"{today.year}"), today)

    def _in_the_hall(self) -> Iterator[Awaitable[None]]:
        """Yield what happens in the hall, once in a day however often played."""
        today = self.backlog.today
        appointments = self._errand("appointments", WINDOWS[1], of=f"{today}")
        yield hall.keep_appointments(appointments, today)
        yield hall.receive_visitors(self._errand("visits", WINDOWS[2], of=f"{today}"))
        yield hall.ask_tools(self._errand("tools", WINDOWS[0], of=f"{today}"))
        yield hall.complain(self._errand("complaints", WINDOWS[0], of=f"{today}"))

    async def _beside(self, work: Awaitable[None]) -> None:
        """Await *work* that is no applicant's."""
        with suppress(TurnedDown):
            await work

    async def _run(self, course: Awaitable[None]) -> None:
        self.arrived += 1
        self.under_way += 1
        try:
            await course
        except TurnedDown:
            return  # the counters have noted it; an applicant goes home
        finally:
            self.under_way -= 1
        self.done += 1

    def _errand(self, name: str, window: str, of: str = "") -> Errand:
        """Return an errand of this play, or *of* what is played once whichever play it is."""
        chance = Random(f"{self.backlog.seed}-{name}")  # noqa: S311 - a story, no secret
        return Errand(name, f"{of or self.tag}-{name}", window, self.counters, self.pace, chance)

    async def _publish(self, events: Iterable[Event]) -> None:
        bodies = [encode(event) for event in events]
        for first in range(0, len(bodies), BATCH_EVENTS):
            await self.gateway.send(bodies[first : first + BATCH_EVENTS])
