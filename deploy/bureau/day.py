"""The bureau's day: the weeks before are told through the gateway, then people come in, live."""

import asyncio
from collections.abc import Awaitable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from random import Random

from deploy.bureau import enterprises, hall, helping, lists, places, plan, stories
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
            for work in self._beside_the_cases():
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

    def _beside_the_cases(self) -> Iterator[Awaitable[None]]:
        """Yield what happens besides: once, or once in a year or a day, however often played."""
        today = self.backlog.today
        once, this_year, this_day = (
            partial(self._errand, window=WINDOWS[0], of=of)
            for of in ("ever", f"{today.year}", f"{today}")
        )
        yield places.open_sites(once("sites"))
        yield plan.aim(this_year("plan-targets"), today)
        yield plan.report(this_year("plan-reports"), today)
        yield lists.publish_lists(this_year("item-lists"), today.year)
        yield lists.describe_items(this_year("item-changes"), today.year)
        yield lists.revise_grades(this_year("grading-lists"), today.year)
        yield helping.keep_roster(this_year("agents"))
        yield helping.list_services(this_year("services"), today)
        yield places.build(this_year("built"), today)
        yield places.launch(this_year("scenes"), today)
        yield enterprises.benefit(this_day("policies"), today)
        yield enterprises.engage(this_day("engagements"))
        yield helping.enrol(this_day("projects"), today)
        yield helping.visit(this_day("outreach"))
        yield plan.walk(this_day("walkthroughs"))
        yield hall.keep_appointments(this_day("appointments", window=WINDOWS[1]), today)
        yield hall.receive_visitors(this_day("visits", window=WINDOWS[2]))
        yield hall.ask_tools(this_day("tools"))
        yield hall.complain(this_day("complaints"))

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
